package io.github.remotebuild.cli;

import io.github.remotebuild.Attempt;
import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.policy.Decision;
import io.github.remotebuild.policy.MachineVerdict;
import io.github.remotebuild.policy.Rejection;
import io.github.remotebuild.policy.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Tells what happens in the demo: where each build goes and why, and what is copied. */
final class DemoNarrator implements Narrator {
  private static final int NAME_COLUMNS = 9;
  private static final String INDENT = " ".repeat(22);

  private final Glyphs glyphs;
  private final DecisionNotes decisions;
  private final Supplier<Duration> elapsed;
  private final LogLines logLines;
  private final Map<StorePath, String> copied = new HashMap<>();

  /** Whether the builders' log is told line by line. */
  enum LogLines {
    TOLD,
    SHOWN_ELSEWHERE
  }

  DemoNarrator(
      Glyphs glyphs, DecisionNotes decisions, Supplier<Duration> elapsed, LogLines logLines) {
    this.glyphs = glyphs;
    this.decisions = decisions;
    this.elapsed = elapsed;
    this.logLines = logLines;
  }

  /** A line with the time before it. */
  Line stamped(String mark, Style style, Line line) {
    String time = Amounts.elapsed(elapsed.get());
    return Line.of(" ".repeat(Math.max(1, 7 - time.length())) + time + "  ", Style.DIM)
        .plus(Columns.fit(mark, glyphs == Glyphs.ASCII ? 3 : 2, ""), style)
        .plus(line);
  }

  @Override
  public List<Line> tell(BuildEvent event) {
    if (event instanceof BuildEvent.AttemptStarted e) {
      return attempt(e);
    } else if (event instanceof BuildEvent.UploadStarted e) {
      copied.merge(
          e.derivation(), "sent " + Amounts.paths(e.paths(), e.narBytes()), (a, b) -> a + "; " + b);
    } else if (event instanceof BuildEvent.DownloadStarted e) {
      copied.merge(
          e.derivation(),
          "fetched " + Amounts.paths(e.paths(), e.narBytes()),
          (a, b) -> a + "; " + b);
    } else if (event instanceof BuildEvent.LogLine e && logLines == LogLines.TOLD) {
      return List.of(
          Line.of(INDENT + e.derivation().derivationName() + "> " + e.line(), Style.DIM));
    } else if (event instanceof BuildEvent.AttemptFailed e) {
      copied.remove(e.derivation());
      return List.of(stamped(glyphs.bad, Style.BAD, Line.of(e.failure().message())));
    } else if (event instanceof BuildEvent.MachineResting e) {
      return List.of(
          stamped(
              glyphs.note,
              Style.BUSY,
              Line.of(e.machine(), Style.NAME).plus(" is left alone for a while")));
    } else if (event instanceof BuildEvent.MachineNote e) {
      return List.of(stamped(glyphs.note, Style.BUSY, Line.of(e.machine() + " says: " + e.text())));
    } else if (event instanceof BuildEvent.Finished e) {
      return finished(e.result());
    }
    return List.of();
  }

  private List<Line> attempt(BuildEvent.AttemptStarted event) {
    boolean isAgain = event.attempt() > 1;
    Line head =
        name(event.derivation())
            .plus(isAgain ? " goes to " : " to ")
            .plus(event.machine(), Style.NAME);
    Optional<Decision.Accept> why = decisions.take(event.machine());
    String mark = isAgain ? glyphs.again : glyphs.arrow;
    List<Line> lines = new ArrayList<>();
    lines.add(
        stamped(
            mark,
            isAgain ? Style.BUSY : Style.PLAIN,
            why.map(accept -> head.plus(", " + chosen(accept), Style.DIM)).orElse(head)));
    why.ifPresent(accept -> lines.add(Line.of(INDENT + others(accept), Style.DIM)));
    return lines;
  }

  private static Line name(StorePath derivation) {
    return Line.of(Columns.fit(derivation.derivationName(), NAME_COLUMNS, ""), Style.BOLD);
  }

  private static String chosen(Decision.Accept accept) {
    return accept.verdicts().get(accept.position()).verdict().text().replace("is chosen; ", "");
  }

  private String others(Decision.Accept accept) {
    List<String> texts = new ArrayList<>();
    for (MachineVerdict verdict : accept.verdicts()) {
      if (verdict.position() != accept.position()) {
        texts.add(verdict.machine().name() + " " + shortened(verdict.verdict()));
      }
    }
    return String.join(" " + glyphs.dot + " ", texts);
  }

  /** The same as the verdict's own text, in fewer words. */
  private static String shortened(Verdict verdict) {
    return verdict.match(
        chosen -> chosen.text(),
        outranked ->
            "could too, " + outranked.running() + " of " + outranked.maxJobs() + " slots taken",
        eligible -> eligible.text(),
        rejected -> {
          boolean isResting =
              rejected.reasons().stream().anyMatch(Rejection.Resting.class::isInstance);
          return isResting ? "is resting" : rejected.text();
        });
  }

  private List<Line> finished(DerivationResult result) {
    if (!(result instanceof DerivationResult.Built built)) {
      return List.of(stamped(glyphs.bad, Style.BAD, Line.of(result.describe(), Style.BAD)));
    }
    Attempt last = built.attempts().get(built.attempts().size() - 1);
    String how =
        Amounts.elapsed(last.took())
            + Optional.ofNullable(copied.remove(built.derivation()))
                .map(text -> "; " + text)
                .orElse("");
    return List.of(
        stamped(
            glyphs.good,
            Style.GOOD,
            name(built.derivation())
                .plus(" on ")
                .plus(built.machine(), Style.NAME)
                .plus(", " + how, Style.DIM)));
  }
}
