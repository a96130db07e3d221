/**
 * The grammar of Nix's machines file: from text to {@link io.github.remotebuild.model.Machine}s and
 * back.
 *
 * <p>Start with {@link io.github.remotebuild.machines.MachinesFile}. {@code MachinesFile.read(path,
 * system)} reads {@code /etc/nix/machines} or a file like it; {@code MachinesFile.parse} reads text
 * that came from elsewhere, such as the value of the {@code builders} setting. Both read the text
 * as the newest Nix does, and warn where Nix 2.8 would read the same text otherwise. If anything is
 * wrong, everything that is wrong is reported at once in a {@link
 * io.github.remotebuild.machines.MachinesFileException}, each problem with its file, line, column
 * and field. {@code MachinesFile.print} writes a machine as a line that reads back as the same
 * machine.
 *
 * <p>The package touches the disk only in {@code read}; everywhere else includes come through an
 * {@link io.github.remotebuild.machines.IncludeReader} that the caller gives.
 */
@NullMarked
package io.github.remotebuild.machines;

import org.jspecify.annotations.NullMarked;
