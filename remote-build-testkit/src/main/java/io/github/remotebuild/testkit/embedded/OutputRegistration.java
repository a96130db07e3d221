package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.ContentAddress;
import io.github.remotebuild.model.ContentAddressMethod;
import io.github.remotebuild.model.DerivationOutput;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarHasher;
import io.github.remotebuild.nar.NarSummary;
import io.github.remotebuild.nar.NarWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** Makes valid paths of what a builder has left. */
final class OutputRegistration {
  private final EmbeddedStore store;
  private final StorePath derivation;
  private final SortedMap<String, DerivationOutput> outputs;
  private final Set<StorePath> candidates;

  /**
   * Prepares to register.
   *
   * @param outputs those that are not valid yet
   * @param candidates what they may refer to: the closure of the inputs, and all outputs
   */
  OutputRegistration(
      EmbeddedStore store,
      StorePath derivation,
      SortedMap<String, DerivationOutput> outputs,
      Set<StorePath> candidates) {
    this.store = store;
    this.derivation = derivation;
    this.outputs = outputs;
    this.candidates = Set.copyOf(candidates);
  }

  void register() throws BuildFailedException {
    try {
      List<PathInfo> infos = new ArrayList<>();
      for (Map.Entry<String, DerivationOutput> output : outputs.entrySet()) {
        infos.add(inspect(output.getKey(), output.getValue()));
      }
      refuseCircles(infos);
      store.register(infos);
    } catch (IOException e) {
      throw rejected("output of '" + derivation + "' cannot be registered: " + e.getMessage());
    }
  }

  private PathInfo inspect(String name, DerivationOutput output)
      throws IOException, BuildFailedException {
    StorePath path = output.path().orElseThrow();
    Path real = store.realPath(path);
    if (!StoreFiles.exists(real)) {
      throw rejected(
          "builder for '"
              + derivation
              + "' failed to produce output path for output '"
              + name
              + "' at '"
              + path
              + "'");
    }
    StoreFiles.canonicalise(real);
    ReferenceScanner scanner = new ReferenceScanner(candidates);
    NarHasher hasher = new NarHasher();
    StoreFiles.read(
        real,
        new NarWriter(
            new OutputStream() {
              @Override
              public void write(int value) {
                write(new byte[] {(byte) value}, 0, 1);
              }

              @Override
              public void write(byte[] buffer, int offset, int length) {
                hasher.update(buffer, offset, length);
                scanner.write(buffer, offset, length);
              }
            }));
    NarSummary nar = hasher.finish();
    SortedSet<StorePath> references = scanner.found();
    Optional<ContentAddress> address = Optional.empty();
    if (output instanceof DerivationOutput.Fixed fixed) {
      checkFixed(fixed.contentAddress(), real, references);
      address = Optional.of(fixed.contentAddress());
    }
    return new PathInfo(
        path,
        nar.hash(),
        nar.sizeBytes(),
        references,
        Optional.of(derivation),
        Collections.emptySortedSet(),
        address);
  }

  private void checkFixed(ContentAddress wanted, Path real, SortedSet<StorePath> references)
      throws IOException, BuildFailedException {
    MessageDigest digest = wanted.hash().algorithm().newDigest();
    if (wanted.method() == ContentAddressMethod.NAR) {
      StoreFiles.read(
          real,
          new NarWriter(
              new OutputStream() {
                @Override
                public void write(int value) {
                  digest.update((byte) value);
                }

                @Override
                public void write(byte[] buffer, int offset, int length) {
                  digest.update(buffer, offset, length);
                }
              }));
    } else if (wanted.method() == ContentAddressMethod.FLAT) {
      if (!StoreFiles.attributes(real).isRegularFile() || StoreFiles.isExecutable(real)) {
        throw rejected(
            "output path '"
                + store.storeDir()
                + "/"
                + real.getFileName()
                + "' should be a regular file that is not executable");
      }
      byte[] buffer = new byte[64 * 1024];
      try (InputStream in = Files.newInputStream(real)) {
        for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
          digest.update(buffer, 0, got);
        }
      }
    } else {
      throw rejected("an embedded machine does not make outputs of kind " + wanted.method());
    }
    Hash got = Hash.of(wanted.hash().algorithm(), digest.digest());
    if (!got.equals(wanted.hash())) {
      throw rejected(
          "hash mismatch in fixed-output derivation '"
              + derivation
              + "':\n         specified: "
              + wanted.hash().sri()
              + "\n            got:    "
              + got.sri());
    }
    if (!references.isEmpty()) {
      throw rejected(
          "illegal path references in fixed-output derivation '" + derivation + "': " + references);
    }
  }

  private void refuseCircles(List<PathInfo> infos) throws BuildFailedException {
    Set<StorePath> left = new TreeSet<>();
    infos.forEach(info -> left.add(info.path()));
    boolean isMoving = true;
    while (isMoving) {
      isMoving = false;
      for (PathInfo info : infos) {
        boolean isFree = Collections.disjoint(info.otherReferences(), left);
        isMoving |= isFree && left.remove(info.path());
      }
    }
    if (!left.isEmpty()) {
      throw rejected("cycle detected in the references of the outputs of '" + derivation + "'");
    }
  }

  private static BuildFailedException rejected(String message) {
    return new BuildFailedException(BuildStatus.OUTPUT_REJECTED, message);
  }
}
