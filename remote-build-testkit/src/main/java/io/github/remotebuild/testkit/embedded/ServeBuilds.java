package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.Derivation;
import io.github.remotebuild.model.DerivationHashes;
import io.github.remotebuild.model.DerivationOutput;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.StorePath;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The builds of one store process: one at a time, each ended when the client goes away. */
final class ServeBuilds {
  private final EmbeddedStore store;
  private final EmbeddedBuilder builder;
  private final ServeServer.Host host;
  private final OutputStream stderr;
  private final Clock clock = Clock.systemUTC();
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable BuildWatch watch;
  private boolean isInputOver;

  ServeBuilds(
      EmbeddedStore store, EmbeddedBuilder builder, ServeServer.Host host, OutputStream stderr) {
    this.store = store;
    this.builder = builder;
    this.host = host;
    this.stderr = stderr;
  }

  /** The client has closed its side. */
  void inputEnded() {
    lock.lock();
    try {
      isInputOver = true;
      if (watch != null) {
        watch.cancel();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Builds, and writes the answer to command 8. */
  void build(StorePath path, BasicDerivation derivation, BuildOptions options, ServeWriter answers)
      throws IOException, InterruptedException {
    Instant start = clock.instant();
    BuildStatus status;
    String message = "";
    BuildWatch current = beginBuild(options);
    try {
      host.reach(Step.BUILD_DERIVATION);
      BuildLogSink log = new BuildLogSink(this::log, current);
      boolean isBuilt = builder.build(path, derivation, options, current, log);
      status = isBuilt ? BuildStatus.BUILT : BuildStatus.ALREADY_VALID;
    } catch (BuildFailedException e) {
      status = e.status();
      message = String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      host.tell(new MachineEvent.BuildCancelled(path));
      throw e;
    } finally {
      endBuild();
    }
    host.tell(new MachineEvent.BuildEnded(path, status, message));
    SortedMap<String, StorePath> outputs = new TreeMap<>();
    if (status.isSuccess()) {
      outputs = identities(path, derivation);
    }
    answers.buildResult(status.number(), message, start, clock.instant(), outputs);
  }

  private BuildWatch beginBuild(BuildOptions options) {
    BuildWatch current = new BuildWatch(options);
    lock.lock();
    try {
      watch = current;
      if (isInputOver) {
        current.cancel();
      }
    } finally {
      lock.unlock();
    }
    return current;
  }

  private void endBuild() {
    lock.lock();
    try {
      watch = null;
    } finally {
      lock.unlock();
    }
  }

  private void log(byte[] buffer, int offset, int length) {
    try {
      stderr.write(buffer, offset, length);
      stderr.flush();
    } catch (IOException e) {
      // The client has gone; the end of its input tells, too.
      inputEnded();
    }
  }

  private SortedMap<String, StorePath> identities(StorePath path, BasicDerivation derivation) {
    DerivationHashes none =
        DerivationHashes.over(
            input -> {
              throw new IllegalStateException("a basic derivation has no input derivations");
            });
    Hash hash =
        none.outputHash(Derivation.of(store.storeDir(), path.derivationName(), derivation))
            .orElseThrow();
    SortedMap<String, StorePath> identities = new TreeMap<>();
    for (Map.Entry<String, DerivationOutput> output : derivation.outputs().entrySet()) {
      identities.put(
          "sha256:" + hash.base16() + "!" + output.getKey(),
          output.getValue().path().orElseThrow());
    }
    return identities;
  }
}
