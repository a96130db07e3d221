package io.github.remotebuild.cli;

import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.model.DerivedPath;
import io.github.remotebuild.model.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;

/**
 * Makes the links that {@code nix-build} makes: {@code LINK} for the output {@code out} of the
 * first derivation, {@code LINK-dev} for its output {@code dev}, {@code LINK-2} for the second
 * derivation.
 */
final class OutLinks {
  private static final long TIMEOUT_SECONDS = 60;

  private OutLinks() {}

  static void make(
      BuildOutcome.Built built, List<DerivedPath.Built> targets, Path link, Optional<String> store)
      throws InterruptedException {
    List<StorePath> derivations = targets.stream().map(DerivedPath.Built::path).distinct().toList();
    for (int i = 0; i < derivations.size(); i++) {
      SortedMap<String, StorePath> outputs = built.outputs(derivations.get(i));
      for (Map.Entry<String, StorePath> output : outputs.entrySet()) {
        Path absolute = link.toAbsolutePath();
        String name = absolute.getFileName() + suffix(i, output.getKey());
        root(absolute.resolveSibling(name), output.getValue(), store);
      }
    }
  }

  static String suffix(int index, String output) {
    return (index == 0 ? "" : "-" + (index + 1)) + (output.equals("out") ? "" : "-" + output);
  }

  private static void root(Path link, StorePath path, Optional<String> store)
      throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("nix-store"));
    store.ifPresent(uri -> command.addAll(List.of("--store", uri)));
    command.addAll(List.of("--realise", path.toString(), "--add-root", link.toString()));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      byte[] said = process.getInputStream().readNBytes(64 * 1024);
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new LinkProblem(link, "nix-store took more than " + TIMEOUT_SECONDS + " s");
      }
      if (process.exitValue() != 0) {
        throw new LinkProblem(link, new String(said, StandardCharsets.UTF_8).strip());
      }
    } catch (IOException e) {
      throw new LinkProblem(link, String.valueOf(e.getMessage()));
    }
  }

  /** A link could not be made. */
  static final class LinkProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LinkProblem(Path link, String reason) {
      super(
          "Could not make the link "
              + link
              + ": "
              + reason.replaceFirst("^error: ", "")
              + "; what was built is in the store all the same");
    }
  }
}
