package io.github.remotebuild.cli;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.StorePath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What a request has come to, as its events tell it. Immutable; its size follows the number of
 * builds that run, not of those that wait or are done.
 *
 * @param started when the request began
 * @param machines the machines, in the order of the farm
 * @param running what runs, oldest first
 * @param waiting the wait that was reported last, if one of its builds still waits
 * @param total how many derivations are to be built
 * @param failedAttempts how many attempts came to nothing
 * @param sentBytes how many bytes of NARs were, or are being, sent to machines
 * @param fetchedBytes the same from machines
 */
record ViewState(
    Instant started,
    List<MachineLine> machines,
    List<RunningBuild> running,
    Optional<Wait> waiting,
    int total,
    int built,
    int failed,
    int failedAttempts,
    long sentBytes,
    long fetchedBytes) {

  /** One machine: all lines of a machines file that have the same name. */
  record MachineLine(String name, int slots, Optional<Instant> restingUntil) {
    boolean isResting(Instant now) {
      return restingUntil.filter(now::isBefore).isPresent();
    }
  }

  /**
   * Builds that wait, and the first line of why.
   *
   * @param last the few whose turn comes last
   */
  record Wait(List<StorePath> last, String reason) {
    private static final int KEPT = 10;

    static Wait of(List<StorePath> derivations, String reason) {
      int from = Math.max(0, derivations.size() - KEPT);
      return new Wait(List.copyOf(derivations.subList(from, derivations.size())), reason);
    }

    Wait without(StorePath derivation) {
      return new Wait(last.stream().filter(each -> !each.equals(derivation)).toList(), reason);
    }
  }

  ViewState {
    machines = List.copyOf(machines);
    running = List.copyOf(running);
  }

  static ViewState of(Farm farm, Instant now) {
    Map<String, MachineLine> machines = new LinkedHashMap<>();
    for (Machine machine : farm.machines()) {
      machines.merge(
          machine.name(),
          new MachineLine(machine.name(), machine.maxJobs(), Optional.empty()),
          (a, b) -> new MachineLine(a.name(), a.slots() + b.slots(), Optional.empty()));
    }
    return new ViewState(
        now, List.copyOf(machines.values()), List.of(), Optional.empty(), 0, 0, 0, 0, 0, 0);
  }

  /** How many are neither running nor over. */
  int left() {
    return Math.max(0, total - built - failed - running.size());
  }

  /** How many slots of the machine are in use. */
  int busySlots(String machine) {
    return (int)
        running.stream().filter(b -> b.isHoldingSlot() && b.machine().equals(machine)).count();
  }

  /** The state after one more event, which came at {@code now}. */
  ViewState after(BuildEvent event, Instant now) {
    if (event instanceof BuildEvent.Planned e) {
      return edit(edit -> edit.total += e.toBuild());
    } else if (event instanceof BuildEvent.Waiting e) {
      String reason = e.reason().lines().findFirst().orElse("");
      return edit(edit -> edit.waiting = Optional.of(Wait.of(e.derivations(), reason)));
    } else if (event instanceof BuildEvent.AttemptStarted e) {
      RunningBuild begun =
          new RunningBuild(e.derivation(), e.machine(), e.attempt(), now, BuildStep.CONNECTING, "");
      return edit(
          edit -> {
            edit.forget(e.derivation());
            edit.running.add(begun);
            edit.machine(e.machine(), m -> new MachineLine(m.name(), m.slots(), Optional.empty()));
          });
    } else if (event instanceof BuildEvent.UploadStarted e) {
      return edit(
          edit -> {
            edit.step(e.derivation(), BuildStep.SENDING, Amounts.paths(e.paths(), e.narBytes()));
            edit.sentBytes += e.narBytes();
          });
    } else if (event instanceof BuildEvent.BuildStarted e) {
      return edit(edit -> edit.step(e.derivation(), BuildStep.BUILDING, ""));
    } else if (event instanceof BuildEvent.LogLine e) {
      String line = Columns.sanitized(e.line()).strip();
      return line.isEmpty() ? this : edit(edit -> edit.says(e.derivation(), line));
    } else if (event instanceof BuildEvent.DownloadStarted e) {
      return edit(
          edit -> {
            edit.step(e.derivation(), BuildStep.FETCHING, Amounts.paths(e.paths(), e.narBytes()));
            edit.fetchedBytes += e.narBytes();
          });
    } else if (event instanceof BuildEvent.AttemptFailed e) {
      return edit(
          edit -> {
            edit.forget(e.derivation());
            edit.failedAttempts++;
          });
    } else if (event instanceof BuildEvent.Finished e) {
      return finished(e);
    } else if (event instanceof BuildEvent.MachineResting e) {
      Optional<Instant> until = Optional.of(e.until());
      return edit(
          edit -> edit.machine(e.machine(), m -> new MachineLine(m.name(), m.slots(), until)));
    }
    return this;
  }

  private ViewState finished(BuildEvent.Finished event) {
    boolean isBuilt = event.result() instanceof DerivationResult.Built;
    boolean isFailed = !isBuilt && !(event.result() instanceof DerivationResult.AlreadyValid);
    return edit(
        edit -> {
          edit.forget(event.derivation());
          edit.built += isBuilt ? 1 : 0;
          edit.failed += isFailed ? 1 : 0;
        });
  }

  private ViewState edit(Consumer<Edit> change) {
    Edit edit = new Edit(this);
    change.accept(edit);
    return new ViewState(
        started,
        edit.machines,
        edit.running,
        edit.waiting,
        edit.total,
        edit.built,
        edit.failed,
        edit.failedAttempts,
        edit.sentBytes,
        edit.fetchedBytes);
  }

  /** The parts that an event can change. */
  private static final class Edit {
    private final List<MachineLine> machines;
    private final List<RunningBuild> running;
    private Optional<Wait> waiting;
    private int total;
    private int built;
    private int failed;
    private int failedAttempts;
    private long sentBytes;
    private long fetchedBytes;

    Edit(ViewState from) {
      machines = new ArrayList<>(from.machines);
      running = new ArrayList<>(from.running);
      waiting = from.waiting;
      total = from.total;
      built = from.built;
      failed = from.failed;
      failedAttempts = from.failedAttempts;
      sentBytes = from.sentBytes;
      fetchedBytes = from.fetchedBytes;
    }

    void forget(StorePath derivation) {
      running.removeIf(build -> build.derivation().equals(derivation));
      waiting =
          waiting.map(wait -> wait.without(derivation)).filter(wait -> !wait.last().isEmpty());
    }

    void step(StorePath derivation, BuildStep step, String detail) {
      running.replaceAll(
          build -> build.derivation().equals(derivation) ? build.at(step, detail) : build);
    }

    /** A line that arrives after the build is over, as the last ones may, changes nothing. */
    void says(StorePath derivation, String line) {
      running.replaceAll(
          build ->
              build.derivation().equals(derivation) && build.step() == BuildStep.BUILDING
                  ? build.at(BuildStep.BUILDING, line)
                  : build);
    }

    void machine(String name, UnaryOperator<MachineLine> change) {
      machines.replaceAll(line -> line.name().equals(name) ? change.apply(line) : line);
    }
  }
}
