package io.github.remotebuild.cli;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.StorePath;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;

/** One line for each thing that happens. */
final class PlainView implements View {
  private final PrintWriter err;
  private final boolean isQuiet;
  private final boolean isVerbose;
  private final Conclusion conclusion = new Conclusion();

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
          e.toBuild() == 0
              ? "nothing to build"
              : Amounts.count(e.toBuild(), "derivation") + " to build");
    } else if (event instanceof BuildEvent.Waiting e) {
      detail(Amounts.names(e.derivations(), e.count()) + ": waiting. " + e.reason());
    } else if (event instanceof BuildEvent.AttemptStarted e) {
      started(e);
    } else if (event instanceof BuildEvent.UploadStarted e) {
      progress(
          "sending "
              + Amounts.count(e.paths(), "path")
              + " ("
              + Amounts.size(e.narBytes())
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
              + Amounts.count(e.paths(), "path")
              + " ("
              + Amounts.size(e.narBytes())
              + ") from "
              + e.machine());
    } else if (event instanceof BuildEvent.AttemptFailed e) {
      untold.put(e.derivation(), e.failure());
    } else if (event instanceof BuildEvent.Finished e) {
      conclusion.hear(e);
      finished(e);
    } else if (event instanceof BuildEvent.MachineResting e) {
      detail(e.machine() + " is left alone until " + e.until());
    } else if (event instanceof BuildEvent.MachineNote e) {
      progress(e.machine() + " says: " + e.text());
    } else if (event instanceof BuildEvent.Dropped e) {
      progress(
          "(" + e.events() + " log lines, " + Amounts.size(e.logBytes()) + ", were not shown)");
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
    } else {
      conclusion.hear(line);
    }
  }

  private void finished(BuildEvent.Finished event) {
    if (event.result() instanceof DerivationResult.Built built) {
      progress("built " + built.derivation().name() + " on " + built.machine());
    }
  }

  @Override
  public void say(Line line) {
    progress(line.text());
    err.flush();
  }

  @Override
  public void conclude(BuildOutcome outcome) {
    Conclusion.Text text = conclusion.of(outcome);
    text.errors().forEach(err::println);
    text.untried().forEach(this::progress);
    err.flush();
  }

  @Override
  public void close() {
    err.flush();
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
}
