package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.DerivationOutput;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.StoreDir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The variables that a builder gets, and the files in its directory that some of them name. Source:
 * {@code LocalDerivationGoal::initEnv} and {@code writeStructuredAttrs}, Nix 2.8.
 */
final class BuilderEnvironment {
  private static final ByteString JSON = ByteString.of("__json");
  private static final ByteString PASS_AS_FILE = ByteString.of("passAsFile");

  private BuilderEnvironment() {}

  /**
   * Makes the files, and returns the variables.
   *
   * @param directory the builder's own
   */
  static SortedMap<ByteString, ByteString> make(
      BasicDerivation derivation, StoreDir storeDir, Path directory, OutputPlaces places)
      throws IOException, BuildFailedException {
    SortedMap<ByteString, ByteString> all = new TreeMap<>();
    set(all, "PATH", "/path-not-set");
    set(all, "HOME", "/homeless-shelter");
    set(all, "NIX_STORE", storeDir.path());
    set(all, "NIX_BUILD_CORES", "1");
    ByteString json = derivation.environment().get(JSON);
    if (json != null) {
      putStructured(all, json, derivation, directory, places);
    } else {
      putPlain(all, derivation, directory, places);
    }
    for (String name : new String[] {"NIX_BUILD_TOP", "TMPDIR", "TEMPDIR", "TMP", "TEMP", "PWD"}) {
      set(all, name, directory.toString());
    }
    set(all, "NIX_LOG_FD", "2");
    set(all, "TERM", "xterm-256color");
    return all;
  }

  private static void putPlain(
      Map<ByteString, ByteString> all,
      BasicDerivation derivation,
      Path directory,
      OutputPlaces places)
      throws IOException {
    ByteString named = derivation.environment().getOrDefault(PASS_AS_FILE, ByteString.empty());
    Set<String> asFile = Set.of(named.utf8().strip().split("\\s+"));
    for (Map.Entry<ByteString, ByteString> variable : derivation.environment().entrySet()) {
      String name = variable.getKey().utf8();
      ByteString value = places.forBuilder(variable.getValue());
      if (asFile.contains(name)) {
        Hash hash = Hash.compute(HashAlgorithm.SHA256, variable.getKey().toByteArray());
        Path file = directory.resolve(".attr-" + hash.base32());
        Files.write(file, value.toByteArray());
        set(all, name + "Path", file.toString());
      } else {
        all.put(variable.getKey(), value);
      }
    }
  }

  private static void putStructured(
      Map<ByteString, ByteString> all,
      ByteString json,
      BasicDerivation derivation,
      Path directory,
      OutputPlaces places)
      throws IOException, BuildFailedException {
    SortedMap<String, String> outputs = new TreeMap<>();
    for (Map.Entry<String, DerivationOutput> output : derivation.outputs().entrySet()) {
      ByteString path = ByteString.of(output.getValue().path().orElseThrow().toString());
      outputs.put(output.getKey(), places.forBuilder(path).utf8());
    }
    StructuredAttributes attributes =
        StructuredAttributes.parse(places.forBuilder(json)).withOutputs(outputs);
    Path jsonFile = directory.resolve(".attrs.json");
    Path shellFile = directory.resolve(".attrs.sh");
    Files.writeString(jsonFile, attributes.json());
    Files.writeString(shellFile, attributes.shell());
    set(all, "NIX_ATTRS_JSON_FILE", jsonFile.toString());
    set(all, "NIX_ATTRS_SH_FILE", shellFile.toString());
  }

  private static void set(Map<ByteString, ByteString> all, String name, String value) {
    all.put(ByteString.of(name), ByteString.of(value));
  }
}
