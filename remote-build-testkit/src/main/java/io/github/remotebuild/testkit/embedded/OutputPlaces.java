package io.github.remotebuild.testkit.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.DerivationOutput;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarTree;
import io.github.remotebuild.nar.NarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where a builder makes its outputs.
 *
 * <p>An output that is valid already must stay as it is. The builder is told of another place for
 * it, with a name of the same length, and what is made there is thrown away; where the others speak
 * of that place, they are rewritten. Source: {@code LocalDerivationGoal::startBuilder}, Nix 2.8.
 */
final class OutputPlaces {
  private final EmbeddedStore store;
  private final SortedMap<String, DerivationOutput> missing = new TreeMap<>();
  private final Map<StorePath, StorePath> diverted = new TreeMap<>();

  /** Looks what is valid; the paths of the outputs must be locked. */
  OutputPlaces(
      EmbeddedStore store, StorePath derivation, SortedMap<String, DerivationOutput> outputs) {
    this.store = store;
    outputs.forEach(
        (name, output) -> {
          StorePath path = output.path().orElseThrow();
          if (store.isValid(path)) {
            diverted.put(path, substitute(derivation, path));
          } else {
            missing.put(name, output);
          }
        });
  }

  private static StorePath substitute(StorePath derivation, StorePath output) {
    Hash hash =
        Hash.compute(
            HashAlgorithm.SHA256, ("rewrite:" + derivation + ":" + output).getBytes(UTF_8));
    return StorePath.of(output.storeDir(), Arrays.copyOf(hash.toByteArray(), 20), output.name());
  }

  /** The outputs that are not valid, by name. */
  SortedMap<String, DerivationOutput> missing() {
    return missing;
  }

  /** Where the files of a path are that is an output, or something else. */
  Path realPath(StorePath path) {
    return store.realPath(diverted.getOrDefault(path, path));
  }

  /** A text of the derivation as its builder gets it. */
  ByteString forBuilder(ByteString text) {
    ByteString changed = text;
    for (Map.Entry<StorePath, StorePath> way : diverted.entrySet()) {
      changed = replace(changed, way.getKey(), way.getValue());
    }
    return changed;
  }

  /** Deletes what is in every place. */
  void clear() throws IOException {
    for (DerivationOutput output : missing.values()) {
      StoreFiles.delete(store.realPath(output.path().orElseThrow()));
    }
    clearDiverted();
  }

  /** Deletes what was made for nothing. */
  void clearDiverted() throws IOException {
    for (StorePath place : diverted.values()) {
      StoreFiles.delete(store.realPath(place));
    }
  }

  /** Lets what the builder has made speak of the real outputs. */
  void rewrite() throws IOException {
    if (diverted.isEmpty()) {
      return;
    }
    Set<Path> made = new TreeSet<>();
    missing.values().forEach(output -> made.add(store.realPath(output.path().orElseThrow())));
    made.removeIf(path -> !StoreFiles.exists(path));
    for (Path path : made) {
      ByteArrayOutputStream nar = new ByteArrayOutputStream();
      StoreFiles.read(path, new NarWriter(nar));
      ByteString before = ByteString.of(nar.toByteArray());
      ByteString after = before;
      for (Map.Entry<StorePath, StorePath> way : diverted.entrySet()) {
        after = replace(after, way.getValue(), way.getKey());
      }
      if (!after.equals(before)) {
        StoreFiles.delete(path);
        try (NarUnpacker unpacker = new NarUnpacker(path)) {
          NarTree.parse(path.toString(), after).writeTo(unpacker);
        }
      }
    }
  }

  private static ByteString replace(ByteString text, StorePath from, StorePath to) {
    byte[] bytes = text.toByteArray();
    byte[] old = from.hashPart().getBytes(UTF_8);
    byte[] fresh = requireNonNull(to.hashPart().getBytes(UTF_8));
    for (int i = 0; i + old.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + old.length, old, 0, old.length)) {
        System.arraycopy(fresh, 0, bytes, i, fresh.length);
      }
    }
    return ByteString.of(bytes);
  }
}
