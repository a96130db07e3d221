package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;

/**
 * Something that can be had from a store: a path as it is, or outputs of a derivation.
 *
 * <pre>
 * /nix/store/…-hello            Opaque: this path
 * /nix/store/…-hello.drv^out    Built: the output "out"
 * /nix/store/…-hello.drv^*      Built: all outputs
 * /nix/store/…-hello.drv!out    the spelling of older Nix, and of the wire
 * /nix/store/…-hello.drv        the same as …^*
 * </pre>
 *
 * <p>A bare {@code .drv} means its outputs, as for {@code nix-store --realise}; newer commands of
 * Nix mean the file itself, which is nothing to build. Outputs of outputs ({@code …^out^out}) are
 * not supported. All cases are immutable. Source: {@code src/libstore/derived-path.cc}.
 *
 * @since 0.1
 */
public sealed interface DerivedPath {
  /** The path, or the path of the derivation. */
  StorePath path();

  /** What the function for this case gives. */
  <R> R match(
      Function<? super Opaque, ? extends R> opaque, Function<? super Built, ? extends R> built);

  /**
   * The spelling of the serve protocol, and of the daemon protocol below 1.30: with {@code !} and
   * names, and for all outputs the bare path. From 1.30 on a daemon takes a bare {@code .drv} for
   * the file itself and wants {@code !*}.
   */
  String legacyText();

  /** All outputs of the derivation at {@code path} if it is one, and else the path itself. */
  static DerivedPath of(StorePath path) {
    return path.isDerivation() ? new Built(path, OutputsSpec.all()) : new Opaque(path);
  }

  /** Outputs of the derivation at {@code derivation}. */
  static DerivedPath of(StorePath derivation, OutputsSpec outputs) {
    return new Built(derivation, outputs);
  }

  /**
   * Reads any of the spellings above.
   *
   * @param storeDir where the path has to be
   * @throws FormatException if the text is none of them
   */
  static DerivedPath parse(StoreDir storeDir, String text) {
    int mark = 0;
    while (mark < text.length() && text.charAt(mark) != '^' && text.charAt(mark) != '!') {
      mark++;
    }
    StorePath path = storeDir.parse(text.substring(0, mark));
    if (mark == text.length()) {
      return of(path);
    }
    if (!path.isDerivation()) {
      throw new FormatException(
          "derived path", "character " + (mark + 1), "no outputs, as the path is no .drv", text);
    }
    try {
      return new Built(path, OutputsSpec.parse(text.substring(mark + 1)));
    } catch (FormatException e) {
      throw new FormatException("derived path", "after " + path, e.expected(), text);
    }
  }

  /**
   * A path as it is.
   *
   * @param path the path; not that of a derivation
   */
  record Opaque(StorePath path) implements DerivedPath {
    /** Refuses the path of a derivation. */
    public Opaque {
      if (requireNonNull(path, "path").isDerivation()) {
        throw new IllegalArgumentException("Of a derivation its outputs are built: " + path);
      }
    }

    @Override
    public <R> R match(
        Function<? super Opaque, ? extends R> opaque, Function<? super Built, ? extends R> built) {
      return opaque.apply(this);
    }

    @Override
    public String legacyText() {
      return path.toString();
    }

    /** The path. */
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /**
   * Outputs of a derivation.
   *
   * @param path the path of the derivation
   * @param outputs which outputs
   */
  record Built(StorePath path, OutputsSpec outputs) implements DerivedPath {
    /** Checks that the path is that of a derivation. */
    public Built {
      requireNonNull(outputs, "outputs");
      if (!requireNonNull(path, "path").isDerivation()) {
        throw new IllegalArgumentException(path + " is not the path of a derivation");
      }
    }

    @Override
    public <R> R match(
        Function<? super Opaque, ? extends R> opaque, Function<? super Built, ? extends R> built) {
      return built.apply(this);
    }

    /** With {@code !} and names; the bare path for all outputs. */
    @Override
    public String legacyText() {
      return outputs.match(path::toString, names -> path + "!" + names);
    }

    /** With {@code ^}, as Nix 2.13 and later print it. */
    @Override
    public String toString() {
      return path + "^" + outputs;
    }
  }
}
