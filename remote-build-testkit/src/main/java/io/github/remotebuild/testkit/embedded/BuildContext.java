package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.DerivationOutput;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a {@link BuilderFunction} knows and can do. For the thread that builds.
 *
 * @since 0.1
 */
public final class BuildContext {
  private final String machine;
  private final StorePath derivationPath;
  private final BasicDerivation derivation;
  private final EmbeddedStore store;
  private final OutputPlaces places;
  private final Path directory;
  private final BuildLogSink log;

  BuildContext(
      String machine,
      StorePath derivationPath,
      BasicDerivation derivation,
      EmbeddedStore store,
      OutputPlaces places,
      Path directory,
      BuildLogSink log) {
    this.machine = machine;
    this.derivationPath = derivationPath;
    this.derivation = derivation;
    this.store = store;
    this.places = places;
    this.directory = directory;
    this.log = log;
  }

  /** The name of the machine that builds. */
  public String machine() {
    return machine;
  }

  /** The path of the derivation. */
  public StorePath derivationPath() {
    return derivationPath;
  }

  /** What is built. */
  public BasicDerivation derivation() {
    return derivation;
  }

  /** A variable of the derivation's environment, read as UTF-8. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(derivation.environment().get(ByteString.of(name)))
        .map(ByteString::utf8);
  }

  /** A directory for this build alone, which is deleted afterwards. */
  public Path directory() {
    return directory;
  }

  /** Where the files of an input are on this computer, or those of an output are to be made. */
  public Path realPath(StorePath path) {
    return places.realPath(path);
  }

  /** The text of an input that is a file. */
  public String text(StorePath path) {
    return store.text(path);
  }

  /** The texts of all direct inputs that are files, by path. */
  public SortedMap<StorePath, String> inputTexts() {
    SortedMap<StorePath, String> texts = new TreeMap<>();
    for (StorePath input : derivation.inputSources()) {
      if (java.nio.file.Files.isRegularFile(store.realPath(input))) {
        texts.put(input, store.text(input));
      }
    }
    return texts;
  }

  /**
   * The path of an output.
   *
   * @throws IllegalArgumentException if there is no such output
   */
  public StorePath output(String name) {
    DerivationOutput output = derivation.outputs().get(name);
    if (output == null) {
      throw new IllegalArgumentException(derivationPath + " has no output '" + name + "'");
    }
    return output.path().orElseThrow();
  }

  /** Makes an output; it must not exist yet. Its references are found by looking at its bytes. */
  public void write(String output, NarTree tree) throws IOException {
    try (NarUnpacker unpacker = new NarUnpacker(realPath(output(output)))) {
      tree.writeTo(unpacker);
    }
  }

  /** Makes an output that is a file with this text. */
  public void write(String output, String text) throws IOException {
    write(output, NarTree.file(text));
  }

  /** Writes a line to the build's log. */
  public void log(String line) {
    print(line + "\n");
  }

  /** Writes to the build's log, and does not end the line. */
  public void print(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    log.write(bytes, 0, bytes.length);
  }
}
