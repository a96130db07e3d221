package io.github.remotebuild.cli;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.model.Farm;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * A block of lines at the bottom of a terminal that is kept up to date, while what is over scrolls
 * away above it. Safe for use by several threads.
 *
 * <p>One thread paints, at most ten times a second; it begins with the view and ends with it.
 */
final class LiveView implements View {
  private static final Duration FRAME = Duration.ofMillis(100);
  private static final Duration END = Duration.ofSeconds(2);

  /** How many lines wait to be painted before the events have to wait. */
  private static final int LINE_LIMIT = 2_000;

  private final LiveTerminal terminal;
  private final FrameRenderer renderer;
  private final Narrator narrator;
  private final Screen screen;
  private final Conclusion conclusion = new Conclusion();
  private final Thread painter = new Thread(this::paint, "remote-build-view");

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Line> above = new ArrayList<>();
  private ViewState state;
  private boolean isChanged = true;
  private boolean isClosed;

  private LiveView(
      LiveTerminal terminal, Farm farm, UnaryOperator<String> label, Narrator narrator) {
    this.terminal = terminal;
    this.renderer = new FrameRenderer(terminal.glyphs(), label);
    this.narrator = narrator;
    this.screen = new Screen(terminal.isColourful(), terminal.isReflowing());
    this.state = ViewState.of(farm, now());
  }

  /**
   * Begins to paint.
   *
   * @param label what to call a machine, by its name
   */
  static LiveView open(
      LiveTerminal terminal, Farm farm, UnaryOperator<String> label, Narrator narrator) {
    LiveView view = new LiveView(terminal, farm, label, narrator);
    view.painter.setDaemon(true);
    view.painter.start();
    return view;
  }

  private Instant now() {
    return terminal.clock().instant();
  }

  @Override
  public void on(BuildEvent event) {
    List<Line> told = narrator.tell(event);
    lock.lock();
    try {
      conclusion.hear(event);
      while (above.size() >= LINE_LIMIT && !isClosed) {
        changed.awaitUninterruptibly();
      }
      state = state.after(event, now());
      above.addAll(told);
      isChanged = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void say(Line line) {
    lock.lock();
    try {
      above.add(line);
      isChanged = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void paint() {
    try {
      while (awaitChange()) {
        ViewState seen;
        List<Line> told;
        lock.lock();
        try {
          seen = state;
          told = takeAbove();
        } finally {
          lock.unlock();
        }
        TerminalSize size = terminal.size().get();
        write(screen.show(told, renderer.render(seen, now(), size), size.columns()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      List<Line> told;
      lock.lock();
      try {
        isClosed = true;
        told = takeAbove();
      } finally {
        lock.unlock();
      }
      write(screen.end(told, terminal.size().get().columns()));
    }
  }

  /** Waits for the next frame; false when the view is closed. */
  private boolean awaitChange() throws InterruptedException {
    lock.lock();
    try {
      long left = FRAME.toNanos();
      while (left > 0 && !isClosed) {
        left = changed.awaitNanos(left);
      }
      // While something runs, its clock does too.
      while (!isChanged && state.running().isEmpty() && !isClosed) {
        changed.await(1, TimeUnit.SECONDS);
        isChanged = true;
      }
      isChanged = false;
      return !isClosed;
    } finally {
      lock.unlock();
    }
  }

  private List<Line> takeAbove() {
    List<Line> taken = List.copyOf(above);
    above.clear();
    changed.signalAll();
    return taken;
  }

  private void write(String text) {
    if (!text.isEmpty()) {
      terminal.out().print(text);
      terminal.out().flush();
    }
  }

  @Override
  public void conclude(BuildOutcome outcome) {
    close();
    Conclusion.Text text;
    ViewState last;
    lock.lock();
    try {
      text = conclusion.of(outcome);
      last = state;
    } finally {
      lock.unlock();
    }
    PrintWriter err = terminal.out();
    text.errors().forEach(err::println);
    text.untried().forEach(err::println);
    if (outcome instanceof BuildOutcome.Built) {
      err.println(summary(last, now()));
    }
    err.flush();
  }

  private static String summary(ViewState state, Instant now) {
    return state.total() == 0
        ? "nothing to build"
        : "built "
            + Amounts.count(state.built(), "derivation")
            + " in "
            + Amounts.elapsed(Duration.between(state.started(), now))
            + "; sent "
            + Amounts.size(state.sentBytes())
            + ", fetched "
            + Amounts.size(state.fetchedBytes());
  }

  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (Thread.currentThread() == painter) {
      return;
    }
    try {
      painter.join(END.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
