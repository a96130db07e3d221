package io.github.remotebuild.machines;

import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.SystemType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The machines that a machines file lists, and what is odd in it.
 *
 * <pre>
 * file    = { line newline }
 * line    = [ entry { ";" entry } ] [ "#" comment ]
 * entry   = blank | "@" path | columns
 * columns = store-uri [ systems [ ssh-key [ max-jobs [ speed-factor
 *           [ supported-features [ mandatory-features [ public-host-key ] ] ] ] ] ] ]
 * </pre>
 *
 * <p>Columns are separated by blanks and tabs. {@code -} stands for the default: the local system,
 * no key, 1 job, speed 1, no features, no host key. Systems and features are lists with commas. The
 * speed factor is a decimal number, and 0 means 1. The host key is base64 of a line such as {@code
 * ssh-ed25519 AAAA…}. The store URI is described at {@link io.github.remotebuild.model.StoreUri}.
 * This is the grammar of Nix 2.28.2 and later ({@code src/libstore/machines.cc}); where Nix 2.8
 * would read the same text otherwise there is a warning.
 *
 * <p>Stricter than Nix: commas only where systems are wanted, a blank host key, a speed factor that
 * is infinite, more than 2147483647 jobs, an {@code @} without a path, and a cycle of includes are
 * refused. A relative {@code @path} is looked for beside the file that has it; Nix looks in its
 * working directory, so there is a warning. Immutable.
 *
 * @param machines the machines in order; includes take the place of their entry
 * @param warnings what is odd, in order
 * @since 0.1
 */
public record MachinesFile(List<Machine> machines, List<MachinesWarning> warnings) {
  /** The longest text that is read from one file, in bytes; 1 MiB is some 10,000 machines. */
  public static final int FILE_LIMIT_BYTES = 4 << 20;

  /** How deep includes may be nested; Nix has no limit and recurses until it crashes. */
  public static final int INCLUDE_DEPTH_LIMIT = 16;

  /** How many files may be included in all. */
  public static final int INCLUDE_COUNT_LIMIT = 256;

  /** How many machines may be listed in all. */
  public static final int ENTRY_LIMIT = 50_000;

  /** How many problems, and how many warnings, are kept; more are counted or dropped. */
  public static final int PROBLEM_LIMIT = 200;

  /** Copies the lists. */
  public MachinesFile {
    machines = List.copyOf(machines);
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads a file and what it includes.
   *
   * @param file the file
   * @param localSystem the system of an entry that names none
   * @throws IOException if the file itself cannot be read
   * @throws MachinesFileException if something is wrong with what is in it, or an included file is
   *     there and cannot be read
   */
  public static MachinesFile read(Path file, SystemType localSystem) throws IOException {
    IncludeReader.Included top = IncludedFiles.readTop(file);
    return parse(top.name(), top.text(), localSystem, new IncludedFiles());
  }

  /**
   * Reads text that includes nothing; an include in it counts as missing.
   *
   * @param sourceName what messages call the text
   * @param text the text
   * @param localSystem the system of an entry that names none
   * @throws MachinesFileException if something is wrong in it
   */
  public static MachinesFile parse(String sourceName, String text, SystemType localSystem) {
    return parse(sourceName, text, localSystem, IncludeReader.none());
  }

  /**
   * Reads text.
   *
   * @param sourceName what messages call the text
   * @param text the text
   * @param localSystem the system of an entry that names none
   * @param includes finds what the text includes
   * @throws MachinesFileException if something is wrong in it
   */
  public static MachinesFile parse(
      String sourceName, String text, SystemType localSystem, IncludeReader includes) {
    return new MachinesParser(localSystem, includes).parse(sourceName, text);
  }

  /**
   * The line that reads back as {@code machine}, with all eight columns and without a newline.
   *
   * @throws IllegalArgumentException if no line can say it, because a name has one of {@code , ; #}
   *     in it, the key file has a blank, or the host key has several lines
   */
  public static String print(Machine machine) {
    return MachineLine.print(machine);
  }

  /** The machines as a farm. */
  public Farm farm() {
    return new Farm(machines);
  }
}
