package io.github.remotebuild.policy;

/** The one instance of each built-in policy. */
final class BuiltInPolicies {
  static final SelectionPolicy NIX = new FormulaPolicy("nix", Formula.NIX);
  static final SelectionPolicy CLASSIC = new FormulaPolicy("classic", Formula.CLASSIC);
  static final SelectionPolicy HYDRA = new FormulaPolicy("hydra", Formula.HYDRA);

  private BuiltInPolicies() {}
}
