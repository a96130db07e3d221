package io.github.remotebuild.model;

import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Which outputs of a derivation are wanted: all of them, or some by name.
 *
 * <p>Written {@code *} or {@code out,dev}. All cases are immutable. Source of the spelling: {@code
 * src/libstore/outputs-spec.cc}, Nix 2.13 and later.
 *
 * @since 0.1
 */
public sealed interface OutputsSpec {
  /** Whether the output {@code name} is wanted. */
  boolean includes(String name);

  /** What the function for this case gives. */
  <R> R match(Supplier<? extends R> all, Function<? super Names, ? extends R> names);

  /** Every output the derivation has. */
  static OutputsSpec all() {
    return new All();
  }

  /** The outputs of these names; at least one. */
  static OutputsSpec names(String... names) {
    return new Names(new TreeSet<>(Arrays.asList(names)));
  }

  /**
   * Reads {@code *} or names with commas between them, in any order.
   *
   * @throws FormatException if the text is neither
   */
  static OutputsSpec parse(String text) {
    if (text.equals("*")) {
      return all();
    }
    TreeSet<String> names = new TreeSet<>();
    int start = 0;
    for (String name : text.split(",", -1)) {
      if (!OutputNames.isValid(name)) {
        throw new FormatException(
            "output names",
            "character " + (start + 1),
            "'*', or output names with commas between them",
            "'" + text + "'");
      }
      names.add(name);
      start += name.length() + 1;
    }
    return new Names(names);
  }

  /** Every output the derivation has. */
  record All() implements OutputsSpec {
    @Override
    public boolean includes(String name) {
      return true;
    }

    @Override
    public <R> R match(Supplier<? extends R> all, Function<? super Names, ? extends R> names) {
      return all.get();
    }

    @Override
    public String toString() {
      return "*";
    }
  }

  /**
   * Some outputs.
   *
   * @param names their names, at least one; ascending
   */
  record Names(SortedSet<String> names) implements OutputsSpec {
    /** Copies the names and checks their spelling. */
    public Names {
      names = SortedCopies.of(names);
      if (names.isEmpty()) {
        throw new IllegalArgumentException("At least one output is wanted");
      }
      names.forEach(OutputNames::require);
    }

    @Override
    public boolean includes(String name) {
      return names.contains(name);
    }

    @Override
    public <R> R match(Supplier<? extends R> all, Function<? super Names, ? extends R> chosen) {
      return chosen.apply(this);
    }

    @Override
    public String toString() {
      return String.join(",", names);
    }
  }
}
