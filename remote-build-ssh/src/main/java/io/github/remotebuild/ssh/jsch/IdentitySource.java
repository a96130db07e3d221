package io.github.remotebuild.ssh.jsch;

import java.nio.file.Path;

/**
 * A private key file.
 *
 * @param file where it is
 * @param isRequired whether a connection fails if it cannot be used
 */
public record IdentitySource(Path file, boolean isRequired) {}
