package io.github.remotebuild.cli;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildOutcome;
import java.io.PrintWriter;
import java.util.concurrent.locks.ReentrantLock;

/** The lines of a narrator, one after the other. Safe for use by several threads. */
final class StoryView implements View {
  private final PrintWriter out;
  private final Narrator narrator;
  private final Conclusion conclusion = new Conclusion();
  private final ReentrantLock lock = new ReentrantLock();

  StoryView(PrintWriter out, Narrator narrator) {
    this.out = out;
    this.narrator = narrator;
  }

  @Override
  public void on(BuildEvent event) {
    lock.lock();
    try {
      conclusion.hear(event);
      narrator.tell(event).forEach(line -> out.println(line.text()));
      out.flush();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void say(Line line) {
    lock.lock();
    try {
      out.println(line.text());
      out.flush();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void conclude(BuildOutcome outcome) {
    lock.lock();
    try {
      conclusion.of(outcome).errors().forEach(out::println);
      out.flush();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    out.flush();
  }
}
