package io.github.remotebuild.cli;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildListener;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.testkit.embedded.EmbeddedMachine;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Lets a machine die while it builds one of some derivations, once, and come back later.
 *
 * <p>Listens on one thread at a time; the machine dies and returns on a thread of its own.
 */
final class Misfortune implements BuildListener, AutoCloseable {
  /** How many lines a builder gets to say before its machine dies. */
  private static final int LAST_WORDS = 2;

  private final EmbeddedMachine machine;
  private final Set<StorePath> victims;
  private final Duration absence;
  private final Supplier<Duration> elapsed;
  private final Consumer<Line> tell;
  private final Map<StorePath, Integer> said = new HashMap<>();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "demo-misfortune"));
  private Optional<Future<?>> course = Optional.empty();
  private volatile Optional<Duration> died = Optional.empty();
  private volatile Optional<Duration> back = Optional.empty();

  Misfortune(
      EmbeddedMachine machine,
      Set<StorePath> victims,
      Duration absence,
      Supplier<Duration> elapsed,
      Consumer<Line> tell) {
    this.machine = machine;
    this.victims = Set.copyOf(victims);
    this.absence = absence;
    this.elapsed = elapsed;
    this.tell = tell;
  }

  @Override
  public void on(BuildEvent event) {
    if (course.isEmpty()
        && event instanceof BuildEvent.LogLine line
        && line.machine().equals(machine.name())
        && victims.contains(line.derivation())
        && said.merge(line.derivation(), 1, Integer::sum) == LAST_WORDS) {
      course = Optional.of(thread.submit(this::run));
    }
  }

  private void run() {
    died = Optional.of(elapsed.get());
    tell.accept(Line.of("somebody pulls the plug of ", Style.BAD).plus(machine.name(), Style.NAME));
    machine.die();
    try {
      TimeUnit.MILLISECONDS.sleep(absence.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    machine.revive();
    back = Optional.of(elapsed.get());
    tell.accept(Line.of("somebody plugs ").plus(machine.name(), Style.NAME).plus(" in again"));
  }

  /** What happened, for a sentence that ends later. */
  String describe() {
    return died.map(
            when ->
                machine.name()
                    + " died after "
                    + Amounts.elapsed(when)
                    + back.map(then -> " and was back after " + Amounts.elapsed(then))
                        .orElse(" and is still away"))
        .orElse("Nothing happened to " + machine.name());
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
