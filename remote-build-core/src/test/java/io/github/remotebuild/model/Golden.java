package io.github.remotebuild.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files that real Nix wrote. */
final class Golden {
  private Golden() {}

  /** The texts of the {@code .drv} files in {@code golden/<directory>}, by path. */
  static SortedMap<StorePath, byte[]> texts(String... directories) {
    TreeMap<StorePath, byte[]> texts = new TreeMap<>();
    for (String directory : directories) {
      addTexts(directory, texts);
    }
    return Collections.unmodifiableSortedMap(texts);
  }

  private static void addTexts(String directory, SortedMap<StorePath, byte[]> texts) {
    try (Stream<Path> files = Files.list(path(directory))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = file.getFileName().toString();
        if (name.endsWith(".drv")) {
          texts.put(StoreDir.NIX.parseBaseName(name), Files.readAllBytes(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SortedMap<StorePath, Derivation> derivations(String... directories) {
    TreeMap<StorePath, Derivation> derivations = new TreeMap<>();
    texts(directories).forEach((path, text) -> derivations.put(path, Derivation.parse(path, text)));
    return Collections.unmodifiableSortedMap(derivations);
  }

  /** The only derivation of this name. */
  static Derivation named(String name) {
    return derivations("derivations", "dynamic").entrySet().stream()
        .filter(entry -> entry.getKey().derivationName().equals(name))
        .reduce(
            (one, other) -> {
              throw new IllegalStateException("Two derivations are named " + name);
            })
        .orElseThrow()
        .getValue();
  }

  static String read(String file) {
    try {
      return Files.readString(path(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path path(String name) {
    try {
      return Path.of(Golden.class.getResource("/golden/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
