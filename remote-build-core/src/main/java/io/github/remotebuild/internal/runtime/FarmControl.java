package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.dispatch.MachineOrder;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The list of machines as callers see and change it. What is done here takes effect on the loop, in
 * the order in which it was done. Safe for use by several threads.
 */
public final class FarmControl implements AutoCloseable {
  /** How many machines a message names. */
  private static final int NAMED = 10;

  private final DispatchLoop dispatching;
  private final Optional<FarmWatcher> watcher;
  private final ReentrantLock lock = new ReentrantLock();
  private Farm current;

  FarmControl(Farm farm, DispatchLoop dispatching, Optional<FarmWatcher> watcher) {
    this.current = farm;
    this.dispatching = dispatching;
    this.watcher = watcher;
  }

  void start() {
    watcher.ifPresent(each -> each.start(this::change));
  }

  /** The list as it was last given. */
  public Farm current() {
    lock.lock();
    try {
      return current;
    } finally {
      lock.unlock();
    }
  }

  /** Builds on these machines from now on. */
  public void change(Farm farm) {
    lock.lock();
    try {
      current = farm;
      dispatching.changeFarm(farm);
    } finally {
      lock.unlock();
    }
  }

  /** Takes nothing new on the machine. */
  public void drain(String machine, String reason) {
    order(machine, now -> new MachineOrder.Drain(reason));
  }

  /** Treats the machine as if it were not listed. */
  public void disable(String machine, String reason) {
    order(machine, now -> new MachineOrder.Disable(reason));
  }

  /** Ends the two above. */
  public void resume(String machine) {
    order(machine, now -> new MachineOrder.Resume());
  }

  /** Leaves the machine's store alone for that long. */
  public void rest(String machine, Duration length, String reason) {
    order(machine, now -> new MachineOrder.Rest(now.plus(length), reason));
  }

  /** Forgets the failures of the machine's store, and ends its rests. */
  public void endRest(String machine) {
    order(machine, now -> new MachineOrder.EndRest());
  }

  private void order(String machine, Function<Instant, MachineOrder> order) {
    lock.lock();
    try {
      dispatching.order(named(machine), order);
    } finally {
      lock.unlock();
    }
  }

  private Set<Machine> named(String name) {
    Set<Machine> named = new LinkedHashSet<>();
    for (Machine machine : current.machines()) {
      if (machine.name().equals(name) || machine.storeUri().toString().equals(name)) {
        named.add(machine);
      }
    }
    if (named.isEmpty()) {
      throw new IllegalArgumentException("No machine is called '" + name + "'; " + listed());
    }
    return named;
  }

  private String listed() {
    if (current.isEmpty()) {
      return "none is listed";
    }
    String some =
        current.machines().stream()
            .map(Machine::name)
            .distinct()
            .limit(NAMED)
            .collect(Collectors.joining(", "));
    return "listed are "
        + some
        + (current.size() > NAMED ? " and others, " + current.size() + " lines in all" : "");
  }

  /** Watches no file any longer. */
  @Override
  public void close() {
    watcher.ifPresent(FarmWatcher::close);
  }
}
