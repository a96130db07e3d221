package io.github.remotebuild.testkit;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.ContentAddress;
import io.github.remotebuild.model.ContentAddressMethod;
import io.github.remotebuild.model.Derivation;
import io.github.remotebuild.model.DerivationBuilder;
import io.github.remotebuild.model.DerivationHashes;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.FileKind;
import io.github.remotebuild.nar.NarTree;
import io.github.remotebuild.store.NarReceiver;
import io.github.remotebuild.store.NarUpload;
import io.github.remotebuild.store.StoreSession;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes paths and derivations that no store has seen before, and moves NARs. */
final class StoreFixture {
  private final StoreDir storeDir;
  private final String salt;

  StoreFixture(StoreDir storeDir, String salt) {
    this.storeDir = storeDir;
    this.salt = salt;
  }

  /** A source path, its info and its NAR. */
  record Source(PathInfo info, ByteString archive) {
    byte[] nar() {
      return archive.toByteArray();
    }

    StorePath path() {
      return info.path();
    }
  }

  String salted(String text) {
    return text + "\n" + salt + "\n";
  }

  Source source(String name, NarTree tree, StorePath... references) {
    byte[] nar = tree.toNar().toByteArray();
    Hash hash = Hash.compute(HashAlgorithm.SHA256, nar);
    StorePath path = storeDir.sourcePath(name, hash, Arrays.asList(references));
    return new Source(
        new PathInfo(
            path,
            hash,
            nar.length,
            new TreeSet<>(Arrays.asList(references)),
            Optional.empty(),
            new TreeSet<>(),
            Optional.of(new ContentAddress(ContentAddressMethod.NAR, hash))),
        ByteString.of(nar));
  }

  /** A file whose text names the paths it refers to. */
  Source file(String name, StorePath... references) {
    return source(
        name, NarTree.file(salted(name + " refers to " + Arrays.toString(references))), references);
  }

  /** The file of a derivation. */
  Source derivation(Derivation derivation) {
    ByteString text = derivation.text();
    byte[] nar = new NarTree.File(text, FileKind.PLAIN).toNar().toByteArray();
    SortedSet<StorePath> references = new TreeSet<>(derivation.inputSources());
    references.addAll(derivation.inputDerivations().keySet());
    Hash hash = Hash.compute(HashAlgorithm.SHA256, text.toByteArray());
    return new Source(
        new PathInfo(
            derivation.path(),
            Hash.compute(HashAlgorithm.SHA256, nar),
            nar.length,
            references,
            Optional.empty(),
            new TreeSet<>(),
            Optional.of(new ContentAddress(ContentAddressMethod.TEXT, hash))),
        ByteString.of(nar));
  }

  /** A derivation that runs a script. */
  DerivationBuilder script(String name, String system, String script, StorePath... inputs) {
    return DerivationBuilder.named(name, storeDir)
        .system(system)
        .builder("/bin/sh")
        .arguments("-e", "-c", script)
        .environment("salt", salt)
        .environment("PATH", "/usr/bin:/bin")
        .sources(Arrays.asList(inputs));
  }

  static BasicDerivation basic(Derivation derivation) {
    return derivation.resolve((drv, output) -> Optional.empty());
  }

  Derivation build(DerivationBuilder derivation) {
    return derivation.build(
        DerivationHashes.over(
            path -> {
              throw new IllegalStateException("nothing here has input derivations");
            }));
  }

  static List<StorePath> add(StoreSession session, Source... sources) {
    List<StorePath> confirmed = new ArrayList<>();
    NarUpload upload = session.addNars(confirmed::add);
    for (Source source : sources) {
      upload.begin(source.info());
      byte[] nar = source.nar();
      upload.write(nar, 0, nar.length);
    }
    upload.finish();
    return confirmed;
  }

  static Map<StorePath, ByteString> nars(StoreSession session, List<StorePath> paths) {
    Map<StorePath, ByteString> nars = new TreeMap<>();
    session.readNars(
        paths,
        new NarReceiver() {
          private StorePath current = paths.get(0);
          private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

          @Override
          public void begin(StorePath path) {
            current = path;
            bytes.reset();
          }

          @Override
          public void chunk(byte[] buffer, int offset, int length) {
            bytes.write(buffer, offset, length);
          }

          @Override
          public void lastChunk(byte[] buffer, int offset, int length) {
            bytes.write(buffer, offset, length);
            nars.put(current, ByteString.of(bytes.toByteArray()));
          }
        });
    return nars;
  }
}
