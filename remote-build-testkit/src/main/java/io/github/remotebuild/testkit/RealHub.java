package io.github.remotebuild.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The Nix store of this computer, through Nix's own programs. Safe for use by several threads.
 *
 * @since 0.1
 */
public final class RealHub {
  RealHub() {}

  /** The paths of the derivations that a Nix expression comes to, in its order. */
  public List<String> instantiate(String expression) {
    return instantiate(expression, Map.of());
  }

  /**
   * The same with arguments.
   *
   * @param expression a function of a set
   * @param arguments its arguments, all texts
   */
  public List<String> instantiate(String expression, Map<String, String> arguments) {
    List<String> command = new ArrayList<>(List.of("nix-instantiate", "-"));
    arguments.forEach((name, value) -> command.addAll(List.of("--argstr", name, value)));
    return Tool.of(command)
        .input(expression)
        .run()
        .orThrow()
        .out()
        .lines()
        // Nix writes the outputs that are asked for behind the path.
        .map(line -> line.replaceFirst("!.*", ""))
        .toList();
  }

  /** Runs {@code nix-store} with these words. */
  public Tool.Result nixStore(String... words) {
    List<String> command = new ArrayList<>(List.of("nix-store"));
    command.addAll(List.of(words));
    return Tool.of(command).run();
  }

  /** Whether the path is valid, and its files hash to what the database says. */
  public boolean verifies(String path) {
    return nixStore("--verify-path", path).status() == 0;
  }

  /** Whether the path is valid. */
  public boolean isValid(String path) {
    return nixStore("--check-validity", path).status() == 0;
  }

  /** The paths of all outputs of a derivation. */
  public List<String> outputs(String derivation) {
    return nixStore("--query", "--outputs", derivation).orThrow().out().lines().toList();
  }

  /** The path of one output of a derivation. */
  public String output(String derivation, String name) {
    return nixStore("--query", "--binding", name, derivation).orThrow().out().strip();
  }

  /** Makes paths garbage at once; says no if one is rooted or referred to. */
  public Tool.Result delete(List<String> paths) {
    List<String> command = new ArrayList<>(List.of("nix-store", "--delete"));
    command.addAll(paths);
    return Tool.of(command).run();
  }
}
