package io.github.remotebuild;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.internal.runtime.Engine;
import io.github.remotebuild.internal.runtime.WatchedFile;
import io.github.remotebuild.machines.MachinesFile;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.SystemType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

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
  private static final Duration LONGEST_REST = Duration.ofDays(365);

  private final Engine engine;

  RemoteBuilds(Engine engine) {
    this.engine = engine;
  }

  /** Begins to describe an instance that builds on these machines. */
  public static RemoteBuildsBuilder on(Farm farm) {
    return new RemoteBuildsBuilder(requireNonNull(farm, "farm"), Optional.empty());
  }

  /** Begins to describe an instance that builds on the machines of a file. */
  public static RemoteBuildsBuilder on(MachinesFile file) {
    return on(file.farm());
  }

  /**
   * Begins to describe an instance that builds on the machines of a file, and on those that it
   * lists later.
   *
   * <p>The file is read now, and again and again while the instance is open: see {@link
   * Limits#machinesFileInterval}. What it says is compared, with everything that it includes, and
   * not when it was written. Another list is taken when two looks in a row have found it, as by
   * {@link #changeFarm}. A file that is gone or wrong changes nothing. {@link FarmEvent} tells of
   * both.
   *
   * @param machinesFile the file; a relative path is looked for where the program runs now
   * @param localSystem the system of an entry that names none
   * @throws IOException if the file itself cannot be read now
   * @throws io.github.remotebuild.machines.MachinesFileException if something is wrong with what is
   *     in it now
   */
  public static RemoteBuildsBuilder watching(Path machinesFile, SystemType localSystem)
      throws IOException {
    Path file = machinesFile.toAbsolutePath();
    return new RemoteBuildsBuilder(
        MachinesFile.read(file, localSystem).farm(),
        Optional.of(new WatchedFile(file, localSystem)));
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
   * The machines, in the order of the list that was given last.
   *
   * @throws IllegalStateException if this instance is closed
   */
  public Farm farm() {
    return engine.farm().current();
  }

  /**
   * Builds on these machines from now on. Returns at once.
   *
   * <p>A line that is on both lists, or names the same store there, is the same machine: what runs
   * on it runs on and counts, and it gets new builds as the new line says. What runs on a machine
   * that is gone runs to its end. Builds that wait are decided anew; one whose machine is gone
   * waits as long as its request's patience says. {@link FarmEvent} tells of each machine.
   *
   * @param farm the machines; take {@link #farm()} and change it
   * @throws IllegalStateException if this instance is closed
   */
  public void changeFarm(Farm farm) {
    engine.farm().change(requireNonNull(farm, "farm"));
  }

  /**
   * Gives a machine nothing new until {@link #resume}; what runs there runs to its end. Returns at
   * once; {@link FarmEvent.MachineEmptied} tells when nothing is left there. Ends with the removal
   * of the machine.
   *
   * @param machine its {@linkplain io.github.remotebuild.model.Machine#name() name}, which several
   *     lines may have, or the store URI of a line
   * @param reason why, for whoever asks why a build waits
   * @throws IllegalArgumentException if no machine is called that
   * @throws IllegalStateException if this instance is closed
   */
  public void drain(String machine, String reason) {
    engine.farm().drain(machine, requireNonNull(reason, "reason"));
  }

  /**
   * Treats a machine as if it were not listed until {@link #resume}; what runs there runs to its
   * end. Whoever starts machines on demand lists and disables them: builds that need one then wait,
   * as long as their patience says, and are not declined.
   *
   * @param machine as for {@link #drain}
   * @param reason why, for whoever asks why a build waits
   * @throws IllegalArgumentException if no machine is called that
   * @throws IllegalStateException if this instance is closed
   */
  public void disable(String machine, String reason) {
    engine.farm().disable(machine, requireNonNull(reason, "reason"));
  }

  /**
   * Uses a machine again that was drained or disabled.
   *
   * @param machine as for {@link #drain}
   * @throws IllegalArgumentException if no machine is called that
   * @throws IllegalStateException if this instance is closed
   */
  public void resume(String machine) {
    engine.farm().resume(machine);
  }

  /**
   * Leaves a machine alone for a while, with every line of its store. What runs there runs on.
   *
   * @param machine as for {@link #drain}
   * @param length how long, from now; at most 365 days. A later call takes the place of an earlier
   *     one.
   * @param reason why, for whoever asks why a build waits
   * @throws IllegalArgumentException if no machine is called that, or the length is not positive or
   *     too large
   * @throws IllegalStateException if this instance is closed
   */
  public void rest(String machine, Duration length, String reason) {
    if (length.isNegative() || length.isZero() || length.compareTo(LONGEST_REST) > 0) {
      throw new IllegalArgumentException("length must be positive and at most 365 days: " + length);
    }
    engine.farm().rest(machine, length, requireNonNull(reason, "reason"));
  }

  /**
   * Forgets that a machine failed, and ends its rest, with every line of its store.
   *
   * @param machine as for {@link #drain}
   * @throws IllegalArgumentException if no machine is called that
   * @throws IllegalStateException if this instance is closed
   */
  public void endRest(String machine) {
    engine.farm().endRest(machine);
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
