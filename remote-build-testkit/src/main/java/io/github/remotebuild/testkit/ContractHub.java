package io.github.remotebuild.testkit;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.Derivation;
import io.github.remotebuild.model.DerivationBuilder;
import io.github.remotebuild.model.DerivationHashes;
import io.github.remotebuild.model.DerivationOutput;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarTree;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.StderrSink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;

/** Puts into a hub what no store has seen before, and looks at what is there. */
final class ContractHub {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Store store;
  private final String system;
  private final ThreadFactory threads;
  private final StoreFixture make;
  private final Map<StorePath, Derivation> derivations = new ConcurrentHashMap<>();
  private final DerivationHashes hashes =
      DerivationHashes.over(path -> requireKnown(derivations.get(path), path));

  ContractHub(Store store, String system, String salt, ThreadFactory threads) {
    this.store = store;
    this.system = system;
    this.threads = threads;
    this.make = new StoreFixture(store.storeDir(), salt);
  }

  private static <T> T requireKnown(@org.jspecify.annotations.Nullable T value, Object what) {
    if (value == null) {
      throw new IllegalArgumentException(what + " was not added here");
    }
    return value;
  }

  /** Holds no roots longer than one question takes. */
  private StoreSession open() throws Exception {
    ConnectOptions options =
        new ConnectOptions(PATIENCE, PATIENCE, Duration.ofSeconds(10), 3, threads);
    return store.open(StderrSink.discarding(), options, SessionSettings.defaults());
  }

  /** Adds a file whose text names the paths it refers to. */
  StorePath addFile(String name, StorePath... references) throws Exception {
    StoreFixture.Source file = make.file(name, references);
    try (StoreSession session = open()) {
      StoreFixture.add(session, file);
    }
    return file.path();
  }

  /** A derivation that runs a script and needs these inputs, to which more may be said. */
  DerivationBuilder script(String name, String script, StorePath... inputs) {
    DerivationBuilder derivation = make.script(name, system, script);
    for (StorePath input : inputs) {
      derivation =
          input.isDerivation() ? derivation.input(input) : derivation.sources(List.of(input));
    }
    return derivation;
  }

  /** Adds a derivation that runs a script and needs these inputs. */
  StorePath addScript(String name, String script, StorePath... inputs) throws Exception {
    return add(script(name, script, inputs));
  }

  /** Adds a derivation. */
  StorePath add(DerivationBuilder described) throws Exception {
    return addAll(List.of(described)).get(0);
  }

  /** Adds derivations, none of which needs another one of them. */
  List<StorePath> addAll(List<DerivationBuilder> described) throws Exception {
    List<Derivation> made = described.stream().map(d -> d.build(hashes)).toList();
    try (StoreSession session = open()) {
      StoreFixture.add(
          session, made.stream().map(make::derivation).toArray(StoreFixture.Source[]::new));
    }
    made.forEach(derivation -> derivations.put(derivation.path(), derivation));
    return made.stream().map(Derivation::path).toList();
  }

  StorePath output(StorePath derivation) {
    return output(derivation, "out");
  }

  StorePath output(StorePath derivation, String name) {
    DerivationOutput output =
        requireKnown(derivations.get(derivation), derivation).outputs().get(name);
    return requireKnown(output, name).path().orElseThrow();
  }

  /** The names of those outputs of a derivation that are valid. */
  SortedSet<String> validOutputs(StorePath derivation) throws Exception {
    SortedSet<String> valid =
        new TreeSet<>(requireKnown(derivations.get(derivation), derivation).outputs().keySet());
    List<StorePath> paths = valid.stream().map(name -> output(derivation, name)).toList();
    try (StoreSession session = open()) {
      Set<StorePath> there = session.queryValidPaths(paths, Set.of());
      valid.removeIf(name -> !there.contains(output(derivation, name)));
    }
    return valid;
  }

  boolean isValid(StorePath path) throws Exception {
    return info(path).isPresent();
  }

  Optional<PathInfo> info(StorePath path) throws Exception {
    try (StoreSession session = open()) {
      return Optional.ofNullable(session.queryPathInfos(List.of(path)).get(path));
    }
  }

  /** The text of a path that is a file. */
  String text(StorePath path) throws Exception {
    return tree(path) instanceof NarTree.File file ? file.contents().utf8() : "not a file: " + path;
  }

  NarTree tree(StorePath path) throws Exception {
    try (StoreSession session = open()) {
      ByteString nar = requireKnown(StoreFixture.nars(session, List.of(path)).get(path), path);
      return NarTree.parse(path.toString(), nar);
    }
  }
}
