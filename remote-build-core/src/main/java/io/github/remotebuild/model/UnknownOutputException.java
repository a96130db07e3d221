package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

/**
 * A derivation cannot be built yet, as the path of an output that it needs is not known.
 *
 * @since 0.1
 */
public final class UnknownOutputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient StorePath derivation;
  private final String output;

  UnknownOutputException(String wanted, StorePath derivation, String output) {
    super(
        "Could not resolve derivation "
            + wanted
            + ": the path of output '"
            + output
            + "' of "
            + derivation
            + " is not known; build it first");
    this.derivation = requireNonNull(derivation, "derivation");
    this.output = requireNonNull(output, "output");
  }

  /** The derivation whose output is not known. */
  public StorePath derivation() {
    return derivation;
  }

  /** The name of the output. */
  public String output() {
    return output;
  }
}
