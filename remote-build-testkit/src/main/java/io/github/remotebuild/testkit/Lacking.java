package io.github.remotebuild.testkit;

import java.util.List;

/**
 * Why some tests cannot run on this computer.
 *
 * @param wanted what they need, as in "tests that need …"
 * @param missing what of it is not there, a line each
 * @param remedies what a person can do about it, a line each
 */
record Lacking(String wanted, List<String> missing, List<String> remedies) {
  Lacking {
    missing = List.copyOf(missing);
    remedies = List.copyOf(remedies);
    if (missing.isEmpty() || remedies.isEmpty()) {
      throw new IllegalArgumentException("something must be missing, and can be helped");
    }
  }

  /** All of it in one line. */
  @Override
  public String toString() {
    return "this needs "
        + wanted
        + "; missing: "
        + String.join("; ", missing)
        + ". What to do: "
        + String.join("; ", remedies);
  }
}
