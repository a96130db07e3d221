package io.github.remotebuild.cli;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildListener;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.StorePath;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One line for each thing that happens. */
final class PlainView implements BuildListener {
  /** How many log lines of a failed build are shown when they were not shown before. */
  private static final int TAIL_LINES = 10;

  private final PrintWriter err;
  private final boolean isQuiet;
  private final boolean isVerbose;
  private final Map<StorePath, Deque<String>> tails = new HashMap<>();

  /** Failures that are told only if something follows them: the last one is the outcome's. */
  private final Map<StorePath, Failure> untold = new HashMap<>();

  PlainView(PrintWriter err, boolean isQuiet, boolean isVerbose) {
    this.err = err;
    this.isQuiet = isQuiet;
    this.isVerbose = isVerbose;
  }

  @Override
  public void on(BuildEvent event) {
    if (event instanceof BuildEvent.Planned e) {
      progress(
          e.toBuild() == 0 ? "nothing to build" : count(e.toBuild(), "derivation") + " to build");
    } else if (event instanceof BuildEvent.Waiting e) {
      detail(e.derivation().name() + ": waiting. " + e.reason());
    } else if (event instanceof BuildEvent.AttemptStarted e) {
      started(e);
    } else if (event instanceof BuildEvent.UploadStarted e) {
      progress(
          "sending "
              + count(e.paths(), "path")
              + " ("
              + size(e.narBytes())
              + ") to "
              + e.machine());
    } else if (event instanceof BuildEvent.BuildStarted e) {
      progress("building " + e.derivation() + " on " + e.machine());
    } else if (event instanceof BuildEvent.LogLine e) {
      log(e);
    } else if (event instanceof BuildEvent.DownloadStarted e) {
      detail(
          e.derivation().name()
              + ": fetching "
              + count(e.paths(), "path")
              + " ("
              + size(e.narBytes())
              + ") from "
              + e.machine());
    } else if (event instanceof BuildEvent.AttemptFailed e) {
      untold.put(e.derivation(), e.failure());
    } else if (event instanceof BuildEvent.Finished e) {
      finished(e);
    } else if (event instanceof BuildEvent.MachineResting e) {
      detail(e.machine() + " is left alone until " + e.until());
    } else if (event instanceof BuildEvent.MachineNote e) {
      progress(e.machine() + " says: " + e.text());
    } else if (event instanceof BuildEvent.Dropped e) {
      progress("(" + e.events() + " log lines, " + size(e.logBytes()) + ", were not shown)");
    }
    err.flush();
  }

  private void started(BuildEvent.AttemptStarted attempt) {
    Failure before = untold.remove(attempt.derivation());
    String name = attempt.derivation().name();
    if (before == null) {
      detail(name + ": trying " + attempt.machine());
    } else {
      progress(before.message());
      progress(name + ": trying " + attempt.machine() + " (attempt " + attempt.attempt() + ")");
    }
  }

  private void log(BuildEvent.LogLine line) {
    if (isVerbose) {
      err.println(line.derivation().derivationName() + "> " + line.line());
      return;
    }
    Deque<String> tail = tails.computeIfAbsent(line.derivation(), d -> new ArrayDeque<>());
    tail.add(line.line());
    if (tail.size() > TAIL_LINES) {
      tail.remove();
    }
  }

  private void finished(BuildEvent.Finished event) {
    tails.keySet().removeIf(d -> d.equals(event.derivation()) && !isFailed(event.result()));
    if (event.result() instanceof DerivationResult.Built built) {
      progress("built " + built.derivation().name() + " on " + built.machine());
    }
  }

  private static boolean isFailed(DerivationResult result) {
    return result instanceof DerivationResult.Failed;
  }

  /** Says what came of the request, if it is anything but success. */
  void conclude(BuildOutcome outcome) {
    List<String> untried = new ArrayList<>();
    for (DerivationResult result : outcome.results().values()) {
      if (result instanceof DerivationResult.Failed failed) {
        error(failed.failure(), failed.derivation());
      } else if (result instanceof DerivationResult.Declined) {
        err.println("error: " + result.describe());
      } else if (result instanceof DerivationResult.DependencyFailed
          || result instanceof DerivationResult.Cancelled) {
        untried.add(result.describe());
      }
    }
    untried.forEach(this::progress);
    if (outcome instanceof BuildOutcome.Failed failed && failed.results().isEmpty()) {
      err.println("error: " + failed.failure());
    } else if (outcome instanceof BuildOutcome.Cancelled cancelled) {
      err.println("error: the request was not finished: " + cancelled.reason());
    }
    err.flush();
  }

  private void error(Failure failure, StorePath derivation) {
    Deque<String> tail = tails.getOrDefault(derivation, new ArrayDeque<>());
    if (failure.evidence().isEmpty() && !tail.isEmpty()) {
      err.println("error: " + failure.message());
      tail.forEach(line -> err.println("    " + line));
    } else {
      err.println("error: " + failure);
    }
  }

  private void progress(String line) {
    if (!isQuiet) {
      err.println(line);
    }
  }

  private void detail(String line) {
    if (isVerbose && !isQuiet) {
      err.println(line);
    }
  }

  private static String count(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  static String size(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0
        ? bytes + " B"
        : String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
  }
}
