package io.github.remotebuild;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.internal.runtime.Engine;
import io.github.remotebuild.machines.MachinesFile;
import io.github.remotebuild.model.Farm;

/**
 * Builds derivations on the machines of a farm.
 *
 * <p>One instance is meant to live as long as the program: it keeps the connections to the machines
 * between builds. Several may exist side by side and share nothing but what they are given. Safe
 * for use by several threads.
 *
 * <p>It needs a hub, by default the Nix store of this computer, which holds the derivations and
 * receives the results; the user it runs as must be allowed to add paths there.
 *
 * @since 0.1
 */
public final class RemoteBuilds implements AutoCloseable {
  private final Engine engine;

  RemoteBuilds(Engine engine) {
    this.engine = engine;
  }

  /** Begins to describe an instance that builds on these machines. */
  public static RemoteBuildsBuilder on(Farm farm) {
    return new RemoteBuildsBuilder(requireNonNull(farm, "farm"));
  }

  /** Begins to describe an instance that builds on the machines of a file. */
  public static RemoteBuildsBuilder on(MachinesFile file) {
    return on(file.farm());
  }

  /**
   * Builds what is asked for and waits for it.
   *
   * <p>What was built is rooted in the hub only until this method returns; {@link #start} gives a
   * handle that holds it longer.
   *
   * @return what came of it; a build that fails is an outcome, not an exception
   * @throws InterruptedException if the calling thread is interrupted; the request is cancelled
   * @throws IllegalStateException if this instance is closed
   */
  public BuildOutcome build(BuildRequest request) throws InterruptedException {
    try (BuildHandle handle = start(request)) {
      return handle.await();
    }
  }

  /**
   * Begins to build what is asked for, and returns at once.
   *
   * @return a handle, which the caller closes
   * @throws IllegalStateException if this instance is closed
   */
  public BuildHandle start(BuildRequest request) {
    return engine.start(requireNonNull(request, "request"));
  }

  /**
   * Cancels what is being built, closes every handle, and ends every thread, process and
   * connection.
   *
   * <p>Takes a few times {@link Limits#closeGrace} at most, however much there is to end. Code of
   * others that takes no interrupt, such as a listener that never returns, keeps its thread. May be
   * called from any thread and by a listener. A second call does nothing, and returns when the
   * first has done its work. An interrupt of the calling thread makes it wait less, and is kept.
   */
  @Override
  public void close() {
    engine.close();
  }
}
