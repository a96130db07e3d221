package io.github.remotebuild.cli;

import io.github.remotebuild.Attempt;
import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.StorePath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What stays on the screen while a live view runs below it: what is over, and what went wrong. */
final class Milestones implements Narrator {
  private final Glyphs glyphs;
  private final UnaryOperator<String> label;

  /** Failures that are told only if another attempt follows: the last one is the outcome's. */
  private final Map<StorePath, Failure> untold = new HashMap<>();

  /**
   * @param label what to call a machine, by its name
   */
  Milestones(Glyphs glyphs, UnaryOperator<String> label) {
    this.glyphs = glyphs;
    this.label = label;
  }

  @Override
  public List<Line> tell(BuildEvent event) {
    if (event instanceof BuildEvent.AttemptFailed e) {
      untold.put(e.derivation(), e.failure());
    } else if (event instanceof BuildEvent.AttemptStarted e) {
      return again(e);
    } else if (event instanceof BuildEvent.Finished e) {
      untold.remove(e.derivation());
      return finished(e.result());
    } else if (event instanceof BuildEvent.MachineNote e) {
      return lines(
          Line.of(glyphs.note, Style.BUSY), label.apply(e.machine()) + " says: " + e.text());
    } else if (event instanceof BuildEvent.Dropped e) {
      String lost = Amounts.size(e.logBytes());
      return lines(
          Line.of(glyphs.note, Style.BUSY),
          "(" + e.events() + " log lines, " + lost + ", were not shown)");
    }
    return List.of();
  }

  private List<Line> again(BuildEvent.AttemptStarted attempt) {
    Failure before = untold.remove(attempt.derivation());
    if (before == null) {
      return List.of();
    }
    List<Line> all = new ArrayList<>(lines(Line.of(glyphs.again, Style.BUSY), before.message()));
    all.add(
        Line.of(" ".repeat(11))
            .plus(attempt.derivation().derivationName(), Style.BOLD)
            .plus(" goes to ")
            .plus(label.apply(attempt.machine()), Style.NAME)
            .plus(" (attempt " + attempt.attempt() + ")", Style.DIM));
    return all;
  }

  private List<Line> finished(DerivationResult result) {
    String name = result.derivation().derivationName();
    if (result instanceof DerivationResult.Built built) {
      Attempt last = built.attempts().get(built.attempts().size() - 1);
      return List.of(
          Line.of(glyphs.good, Style.GOOD)
              .plus(String.format(Locale.ROOT, "%8s  ", Amounts.elapsed(last.took())), Style.DIM)
              .plus(name, Style.BOLD)
              .plus(" on ")
              .plus(label.apply(built.machine()), Style.NAME));
    }
    if (result instanceof DerivationResult.Failed failed) {
      Line line =
          Line.of(glyphs.bad, Style.BAD)
              .plus(" ".repeat(10))
              .plus(name, Style.BOLD)
              .plus(" failed while " + failed.failure().phase().doing(), Style.BAD);
      return List.of(
          failed
              .failure()
              .machine()
              .map(machine -> line.plus(" on ").plus(label.apply(machine), Style.NAME))
              .orElse(line));
    }
    return List.of();
  }

  private static List<Line> lines(Line mark, String text) {
    List<Line> all = new ArrayList<>();
    text.lines()
        .forEach(
            line ->
                all.add(
                    (all.isEmpty() ? mark.plus(" ".repeat(10)) : Line.of(" ".repeat(11)))
                        .plus(line)));
    return all;
  }
}
