package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

/**
 * What a machine can run and a derivation wants to run on, such as {@code x86_64-linux}.
 *
 * <p>The name is compared as it stands; there is no list of known systems. {@link #BUILTIN} is what
 * Nix gives to derivations that run inside Nix itself: every machine has it (Nix 2.8 to 2.34,
 * {@code src/libstore/machines.cc}). Immutable; ordered by name.
 *
 * @param name the name as Nix writes it; not empty, at most {@value #NAME_LIMIT_CHARS} characters,
 *     without blanks and control characters
 * @since 0.1
 */
public record SystemType(String name) implements Comparable<SystemType> {
  /** The longest name that is accepted, in characters; longer text is no system. */
  public static final int NAME_LIMIT_CHARS = 255;

  /** The system of derivations that run inside Nix; every machine has it. */
  public static final SystemType BUILTIN = new SystemType("builtin");

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if it is empty, too long, or has blanks in it
   */
  public SystemType {
    requireNonNull(name, "name");
    if (!Words.isWord(name, NAME_LIMIT_CHARS)) {
      throw new IllegalArgumentException("'" + name + "' is no system type");
    }
  }

  /**
   * The system called {@code name}.
   *
   * @throws IllegalArgumentException if it is empty, too long, or has blanks in it
   */
  public static SystemType of(String name) {
    return new SystemType(name);
  }

  /**
   * Reads a system from outside text, such as the platform of a derivation.
   *
   * @throws FormatException if it is empty, too long, or has blanks in it
   */
  public static SystemType parse(String text) {
    if (!Words.isWord(text, NAME_LIMIT_CHARS)) {
      throw new FormatException("system type", "", "a name such as x86_64-linux", "'" + text + "'");
    }
    return new SystemType(text);
  }

  /** Whether this is {@link #BUILTIN}, which every machine has. */
  public boolean isBuiltin() {
    return equals(BUILTIN);
  }

  @Override
  public int compareTo(SystemType other) {
    return name.compareTo(other.name);
  }

  /** The name. */
  @Override
  public String toString() {
    return name;
  }
}
