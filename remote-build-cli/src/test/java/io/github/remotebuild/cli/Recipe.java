package io.github.remotebuild.cli;

import io.github.remotebuild.testkit.RealHub;
import io.github.remotebuild.testkit.RealPeers;
import java.util.List;

/** Derivations whose builder is {@code /bin/sh}, and which no earlier run has built. */
final class Recipe {
  /** Defines {@code sh name script more}, a derivation. */
  static final String SH =
      """
      let
        sh = name: script: more:
          derivation ({
            inherit name;
            system = "x86_64-linux";
            builder = "/bin/sh";
            args = [ "-c" script ];
            salt = "%s";
            PATH = "/usr/bin:/bin";
          } // more);
      in
      """;

  private Recipe() {}

  /** A function of a set of texts, in Nix, whose body is an expression as in {@link #of}. */
  static String function(String parameters, String body) {
    return "{ " + parameters + " }:\n" + of(body);
  }

  /** A Nix expression in which {@code sh} is defined, with a salt of its own. */
  static String of(String expression) {
    return SH.formatted(RealPeers.salt()) + expression;
  }

  /** Instantiates one derivation. */
  static String one(RealHub hub, String name, String script) {
    return hub.instantiate(of("sh \"" + name + "\" ''" + script + "'' { }")).get(0);
  }

  /** Instantiates some derivations that differ in nothing but their number, {@code $number}. */
  static List<String> many(RealHub hub, int count, String name, String script) {
    return hub.instantiate(
        of(
            "builtins.genList (number: sh \""
                + name
                + "-${toString number}\" ''"
                + script
                + "'' { inherit number; }) "
                + count));
  }
}
