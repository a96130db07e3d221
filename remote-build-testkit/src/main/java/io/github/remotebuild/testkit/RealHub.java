package io.github.remotebuild.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Nix store of this computer, through Nix's own programs. Immutable; safe for use by several
 * threads.
 *
 * @since 0.1
 */
public final class RealHub {
  private final Optional<Path> root;

  private RealHub(Optional<Path> root) {
    this.root = root;
  }

  /** The store in {@code /nix}. */
  public static RealHub ofThisComputer() {
    return new RealHub(Optional.empty());
  }

  /**
   * A store below a directory, which is made if it is not there; its paths say {@code /nix/store}
   * all the same.
   */
  public static RealHub at(Path root) {
    RealHub hub = new RealHub(Optional.of(root));
    hub.nixStore("--init").orThrow();
    return hub;
  }

  /** What programs call the store, if it is not that in {@code /nix}. */
  public Optional<String> store() {
    return root.map(directory -> "local?root=" + directory);
  }

  /** Where the files of a store path are. */
  public Path file(String path) {
    return root.map(directory -> directory.resolve(path.substring(1))).orElse(Path.of(path));
  }

  /** A program of Nix on this store. */
  public Tool tool(String program, List<String> words) {
    List<String> command = new ArrayList<>(List.of(program));
    store().ifPresent(uri -> command.addAll(List.of("--store", uri)));
    command.addAll(words);
    return Tool.of(command);
  }

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
    List<String> words = new ArrayList<>(List.of("-"));
    arguments.forEach((name, value) -> words.addAll(List.of("--argstr", name, value)));
    return tool("nix-instantiate", words)
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
    return tool("nix-store", List.of(words)).run();
  }

  /** Whether the path is valid, and its files hash to what the database says. */
  public boolean verifies(String path) {
    return isValid(path) && nixStore("--verify-path", path).status() == 0;
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

  /** Makes a path garbage at once; says no if it is rooted or referred to. */
  public Tool.Result delete(String path) {
    return nixStore("--delete", path);
  }
}
