package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.transport.StderrSink;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What a remote store process writes to its standard error, told apart.
 *
 * <p>Before the build it is a remark about the machine, from then on the builder's log: the serve
 * protocol has no other mark. A process serves one attempt only, so no line can be credited to
 * another build. Safe for use by several threads; never waits for a listener.
 */
final class BuildLog implements StderrSink {
  private final StorePath derivation;
  private final String machine;
  private final int attempt;
  private final Consumer<BuildEvent> events;
  private final ReentrantLock lock = new ReentrantLock();
  private final LineSplitter lines;
  private boolean isBuilding;
  private boolean isOver;
  private volatile Runnable onOutput = () -> {};

  BuildLog(
      StorePath derivation,
      String machine,
      int attempt,
      int lineLimitBytes,
      Consumer<BuildEvent> events) {
    this.derivation = derivation;
    this.machine = machine;
    this.attempt = attempt;
    this.events = events;
    this.lines = new LineSplitter(lineLimitBytes, this::emit);
  }

  private void emit(String line) {
    events.accept(
        isBuilding
            ? new BuildEvent.LogLine(derivation, machine, attempt, line)
            : new BuildEvent.MachineNote(machine, line));
  }

  /** From here on, it is the builder who writes. */
  void beginBuild() {
    lock.lock();
    try {
      lines.finish();
      isBuilding = true;
    } finally {
      lock.unlock();
    }
  }

  /** Sets who hears that something was written. */
  void onOutput(Runnable listener) {
    onOutput = listener;
  }

  @Override
  public void accept(byte[] buffer, int offset, int length) {
    onOutput.run();
    lock.lock();
    try {
      if (isOver) {
        return;
      }
      lines.accept(buffer, offset, length);
    } finally {
      lock.unlock();
    }
  }

  /** Passes on a last line without an end. What a process that was hung up still says is lost. */
  void finish() {
    lock.lock();
    try {
      lines.finish();
      isOver = true;
    } finally {
      lock.unlock();
    }
  }
}
