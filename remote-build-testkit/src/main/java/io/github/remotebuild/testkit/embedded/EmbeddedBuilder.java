package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.DerivationOptions;
import io.github.remotebuild.model.DerivationOutput;
import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.model.SystemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Builds derivations into an embedded store, by programs or by functions, without Nix and without
 * root.
 *
 * <p>A function is used if the derivation's builder is its name; else the builder is started as a
 * program, which works on Linux if the logical store directory is {@link
 * EmbeddedStore#DEFAULT_STORE_DIR}. There is no sandbox. Not done: {@code exportReferencesGraph},
 * checks on allowed references, and outputs whose path is not known beforehand. Safe for use by
 * several threads.
 */
final class EmbeddedBuilder {
  /** Exists where a descriptor can be used as a path. */
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private final String machine;
  private final EmbeddedStore store;
  private final Path directory;
  private final Set<SystemType> systems;
  private final Supplier<Features> features;
  private final Map<String, BuilderFunction> functions;
  private final ThreadFactory threads;
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostRunning = new AtomicInteger();
  private final Set<BuildWatch> watches = ConcurrentHashMap.newKeySet();

  EmbeddedBuilder(
      String machine,
      EmbeddedStore store,
      Path directory,
      Set<SystemType> systems,
      Supplier<Features> features,
      Map<String, BuilderFunction> functions,
      ThreadFactory threads) {
    this.machine = machine;
    this.store = store;
    this.directory = directory;
    this.systems = Set.copyOf(systems);
    this.features = features;
    this.functions = Map.copyOf(functions);
    this.threads = threads;
  }

  /** The most builds that have run at once. */
  int mostRunning() {
    return mostRunning.get();
  }

  /** How many builds run just now. */
  int running() {
    return running.get();
  }

  /** Ends every build, as if its client had gone. */
  void cancelAll() {
    watches.forEach(BuildWatch::cancel);
  }

  /**
   * Builds one derivation, whose input sources must be valid.
   *
   * @return whether anything was built; if not, all outputs were there
   * @throws BuildFailedException if it failed
   * @throws InterruptedException if the watch was told to cancel it
   */
  boolean build(
      StorePath path,
      BasicDerivation derivation,
      BuildOptions options,
      BuildWatch watch,
      BuildLogSink log)
      throws BuildFailedException, InterruptedException {
    check(path, derivation);
    SortedSet<StorePath> outputs = new TreeSet<>();
    derivation.outputs().values().forEach(o -> outputs.add(o.path().orElseThrow()));
    watches.add(watch);
    try (PathLocks.Held held = store.lock(outputs)) {
      if (outputs.stream().allMatch(store::isValid)) {
        return false;
      }
      mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
      try {
        buildLocked(path, derivation, options, watch, log, outputs);
      } finally {
        running.decrementAndGet();
      }
      return true;
    } finally {
      watches.remove(watch);
    }
  }

  private void check(StorePath path, BasicDerivation derivation) throws BuildFailedException {
    Set<String> needed = DerivationOptions.of(derivation).requiredSystemFeatures();
    boolean isRightSystem =
        derivation.platform().equals(SystemType.BUILTIN.name())
            || systems.stream().anyMatch(s -> s.name().equals(derivation.platform()));
    if (!isRightSystem || !features.get().names().containsAll(needed)) {
      throw new BuildFailedException(
          BuildStatus.INPUT_REJECTED,
          "a '"
              + derivation.platform()
              + "' with features {"
              + String.join(", ", needed)
              + "} is required to build '"
              + path
              + "', but I am a "
              + new TreeSet<>(systems)
              + " with features {"
              + String.join(", ", features.get())
              + "}");
    }
    for (DerivationOutput output : derivation.outputs().values()) {
      if (output.path().isEmpty()) {
        throw new BuildFailedException(
            BuildStatus.INPUT_REJECTED,
            "an embedded machine cannot build '" + path + "', whose output paths are not known");
      }
    }
  }

  private void buildLocked(
      StorePath path,
      BasicDerivation derivation,
      BuildOptions options,
      BuildWatch watch,
      BuildLogSink log,
      Set<StorePath> outputs)
      throws BuildFailedException, InterruptedException {
    long number = numbers.incrementAndGet();
    Path top = directory.resolve("nix-build-" + path.derivationName() + "-" + number);
    Path script = directory.resolve("start-" + number);
    OutputPlaces places = new OutputPlaces(store, path, derivation.outputs());
    boolean isRegistered = false;
    boolean isKept = false;
    try {
      places.clear();
      Files.createDirectories(top);
      RunningBuilder builder = start(path, derivation, places, watch, log, top, script);
      BuildWatch.End end;
      try {
        end = watch.await();
      } finally {
        builder.stop();
      }
      checkEnd(end, path, options);
      isKept = options.isFailureKept();
      builder.checkSuccess();
      isKept = false;
      places.rewrite();
      Set<StorePath> candidates = store.closure(derivation.inputSources());
      candidates.addAll(outputs);
      new OutputRegistration(store, path, places.missing(), candidates).register();
      isRegistered = true;
    } catch (IOException e) {
      throw new BuildFailedException(BuildStatus.MISC_FAILURE, "trouble on the machine: " + e);
    } finally {
      cleanUp(places, isRegistered, isKept ? List.of(script) : List.of(script, top));
    }
  }

  private RunningBuilder start(
      StorePath path,
      BasicDerivation derivation,
      OutputPlaces places,
      BuildWatch watch,
      BuildLogSink log,
      Path top,
      Path script)
      throws IOException, BuildFailedException {
    BuilderFunction function = functions.get(derivation.builder().utf8());
    if (function != null) {
      BuildContext context = new BuildContext(machine, path, derivation, store, places, top, log);
      return new RunningFunction(function, context, watch, threads).start();
    }
    if (!store.storeDir().equals(EmbeddedStore.DEFAULT_STORE_DIR)
        || !Files.isDirectory(DESCRIPTORS)) {
      throw new BuildFailedException(
          BuildStatus.INPUT_REJECTED,
          "there is no function called '"
              + derivation.builder()
              + "', and programs can be started only on Linux with a store in "
              + EmbeddedStore.DEFAULT_STORE_DIR);
    }
    boolean isFixed =
        derivation.outputs().values().stream().allMatch(DerivationOutput.Fixed.class::isInstance);
    SortedMap<ByteString, ByteString> environment =
        BuilderEnvironment.make(derivation, store.storeDir(), top, places);
    BuilderScript.write(script, derivation, environment, places, store.directory(), top);
    return RunningProgram.start(
        path.toString(),
        script,
        top,
        isFixed ? BuildStatus.TRANSIENT_FAILURE : BuildStatus.PERMANENT_FAILURE,
        log,
        watch,
        threads);
  }

  private static void checkEnd(BuildWatch.End end, StorePath path, BuildOptions options)
      throws BuildFailedException, InterruptedException {
    switch (end) {
      case FINISHED -> {}
      case CANCELLED -> throw new InterruptedException();
      case RAN_FOR_TOO_LONG ->
          throw new BuildFailedException(
              BuildStatus.TIMED_OUT,
              "building of '"
                  + path
                  + "' timed out after "
                  + options.timeout().toSeconds()
                  + " seconds");
      case SILENT_FOR_TOO_LONG ->
          throw new BuildFailedException(
              BuildStatus.TIMED_OUT,
              "building of '"
                  + path
                  + "' timed out after "
                  + options.maxSilentTime().toSeconds()
                  + " seconds of silence");
      case LOGGED_TOO_MUCH ->
          throw new BuildFailedException(
              BuildStatus.LOG_LIMIT_EXCEEDED,
              "'"
                  + path
                  + "' killed after writing more than "
                  + options.maxLogSizeBytes()
                  + " bytes of log output");
    }
  }

  private static void cleanUp(OutputPlaces places, boolean isRegistered, List<Path> temporary)
      throws BuildFailedException {
    try {
      if (isRegistered) {
        places.clearDiverted();
      } else {
        places.clear();
      }
      for (Path path : temporary) {
        StoreFiles.delete(path);
      }
    } catch (IOException e) {
      throw new BuildFailedException(BuildStatus.MISC_FAILURE, "could not clean up: " + e);
    }
  }
}
