package io.github.remotebuild.cli;

import io.github.remotebuild.Attempt;
import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildListener;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.model.Machine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Counts what each machine did. Not safe for use by several threads. */
final class DemoTally implements BuildListener {
  /** What was copied in one direction. */
  private record Copied(int paths, long bytes) {
    static final Copied NOTHING = new Copied(0, 0);

    Copied plus(Copied other) {
      return new Copied(paths + other.paths, bytes + other.bytes);
    }

    @Override
    public String toString() {
      return paths == 0 ? "nothing" : Amounts.paths(paths, bytes);
    }
  }

  private final Map<String, Copied> sent = new HashMap<>();
  private final Map<String, Copied> fetched = new HashMap<>();

  @Override
  public void on(BuildEvent event) {
    if (event instanceof BuildEvent.UploadStarted e) {
      sent.merge(e.machine(), new Copied(e.paths(), e.narBytes()), Copied::plus);
    } else if (event instanceof BuildEvent.DownloadStarted e) {
      fetched.merge(e.machine(), new Copied(e.paths(), e.narBytes()), Copied::plus);
    }
  }

  /** A line for each machine, under a heading. */
  List<String> table(List<Machine> machines, BuildOutcome outcome) {
    List<String> lines = new ArrayList<>();
    lines.add(row("machine", "built", "lost", "sent there", "fetched from there"));
    for (Machine machine : machines) {
      String name = machine.name();
      lines.add(
          row(
              name,
              String.valueOf(attempts(outcome, name, true)),
              String.valueOf(attempts(outcome, name, false)),
              sent.getOrDefault(name, Copied.NOTHING).toString(),
              fetched.getOrDefault(name, Copied.NOTHING).toString()));
    }
    return lines;
  }

  private static String row(
      String machine, String built, String lost, String sent, String fetched) {
    return String.format(
            Locale.ROOT, "  %-8s %6s %5s   %-20s %s", machine, built, lost, sent, fetched)
        .stripTrailing();
  }

  private static long attempts(BuildOutcome outcome, String machine, boolean isSuccess) {
    return outcome.results().values().stream()
        .flatMap(result -> result.attempts().stream())
        .filter(attempt -> attempt.machine().equals(machine))
        .filter(attempt -> attempt.failure().isEmpty() == isSuccess)
        .count();
  }

  /** The builds that needed more than one attempt, with where they were tried. */
  static List<String> moved(BuildOutcome outcome, Glyphs glyphs) {
    return outcome.results().values().stream()
        .filter(result -> result.attempts().size() > 1)
        .map(result -> journey(result, glyphs))
        .sorted()
        .toList();
  }

  private static String journey(DerivationResult result, Glyphs glyphs) {
    return result.derivation().derivationName()
        + " ("
        + String.join(
            " " + glyphs.arrow + " ", result.attempts().stream().map(Attempt::machine).toList())
        + ")";
  }

  /** How many attempts there were in all. */
  static int attempts(BuildOutcome outcome) {
    return outcome.results().values().stream().mapToInt(result -> result.attempts().size()).sum();
  }
}
