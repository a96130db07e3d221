package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.SystemType;
import java.nio.file.Path;

/**
 * A machines file to be watched.
 *
 * @param file the file
 * @param localSystem the system of an entry that names none
 */
public record WatchedFile(Path file, SystemType localSystem) {}
