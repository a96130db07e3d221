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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Tells what happens in the demo: where each build goes and why, and what is copied. */
final class DemoNarrator implements Narrator {
  /** What fits on any terminal. */
  private static final int COLUMNS = 79;

  private static final int NAME_COLUMNS = 9;
  private static final String INDENT = " ".repeat(22);

  private final Glyphs glyphs;
  private final DecisionNotes decisions;
  private final Supplier<Duration> elapsed;
  private final LogLines logLines;
  private final Map<StorePath, String> copied = new HashMap<>();
  private final Set<StorePath> lost = new HashSet<>();

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

  /** What is said, with the time before it. */
  List<Line> stamped(String mark, Style style, Line line) {
    String time = Amounts.elapsed(elapsed.get());
    Line before =
        Line.of(" ".repeat(Math.max(1, 7 - time.length())) + time + "  ", Style.DIM)
            .plus(Columns.fit(mark, glyphs == Glyphs.ASCII ? 3 : 2, ""), style);
    return before.plus(line).wrapped(COLUMNS, before.width());
  }

  private List<Line> waiting(StorePath derivation, String reason) {
    return stamped(
        glyphs.note,
        Style.BUSY,
        name(derivation).plus(" waits: " + reason.lines().findFirst().orElse(""), Style.DIM));
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
          e.derivation(), "got " + Amounts.paths(e.paths(), e.narBytes()), (a, b) -> a + "; " + b);
    } else if (event instanceof BuildEvent.LogLine e && logLines == LogLines.TOLD) {
      return List.of(
          Line.of(INDENT + e.derivation().derivationName() + "> " + e.line(), Style.DIM));
    } else if (event instanceof BuildEvent.AttemptFailed e) {
      copied.remove(e.derivation());
      lost.add(e.derivation());
      String name = e.derivation().name();
      String message = e.failure().message().replace(e.derivation().toString(), name);
      return stamped(glyphs.bad, Style.BAD, Line.of(message));
    } else if (event instanceof BuildEvent.Waiting e) {
      return e.derivations().stream()
          .filter(lost::contains)
          .flatMap(derivation -> waiting(derivation, e.reason()).stream())
          .toList();
    } else if (event instanceof BuildEvent.MachineResting e) {
      return stamped(
          glyphs.note,
          Style.BUSY,
          Line.of(e.machine(), Style.NAME).plus(" is left alone for a while"));
    } else if (event instanceof BuildEvent.MachineNote e) {
      return stamped(glyphs.note, Style.BUSY, Line.of(e.machine() + " says: " + e.text()));
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
    lines.addAll(
        stamped(
            mark,
            isAgain ? Style.BUSY : Style.PLAIN,
            why.map(accept -> head.plus(", " + chosen(accept), Style.DIM)).orElse(head)));
    why.ifPresent(
        accept ->
            lines.addAll(
                Line.of(INDENT + others(accept), Style.DIM).wrapped(COLUMNS, INDENT.length())));
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
        texts.add(verdict.machine().name() + ": " + shortened(verdict.verdict()));
      }
    }
    return String.join(" " + glyphs.dot + " ", texts);
  }

  /** The same as the verdict's own text, in fewer words. */
  private static String shortened(Verdict verdict) {
    return verdict.match(
        chosen -> chosen.text(),
        outranked -> outranked.running() + " of " + outranked.maxJobs() + " slots taken",
        eligible -> eligible.text(),
        rejected ->
            rejected.reasons().stream()
                .map(DemoNarrator::shortened)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseGet(rejected::text));
  }

  private static Optional<String> shortened(Rejection rejection) {
    if (rejection instanceof Rejection.WrongSystem wrong) {
      return Optional.of("is " + wrong.offered().first().name());
    }
    return rejection instanceof Rejection.Resting ? Optional.of("is resting") : Optional.empty();
  }

  private List<Line> finished(DerivationResult result) {
    if (result instanceof DerivationResult.Cancelled) {
      return List.of();
    }
    if (!(result instanceof DerivationResult.Built built)) {
      return stamped(glyphs.bad, Style.BAD, Line.of(result.describe(), Style.BAD));
    }
    Attempt last = built.attempts().get(built.attempts().size() - 1);
    String how =
        Amounts.elapsed(last.took())
            + Optional.ofNullable(copied.remove(built.derivation()))
                .map(text -> "; " + text)
                .orElse("");
    return stamped(
        glyphs.good,
        Style.GOOD,
        name(built.derivation())
            .plus(" on ")
            .plus(built.machine(), Style.NAME)
            .plus(", " + how, Style.DIM));
  }
}
