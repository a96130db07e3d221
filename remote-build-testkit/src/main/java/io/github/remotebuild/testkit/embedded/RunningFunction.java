package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.BuildStatus;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A builder that is a function, on a thread of its own. */
final class RunningFunction implements RunningBuilder {
  /** How long a function may go on after it was interrupted. */
  private static final long PATIENCE_SECONDS = 5;

  private final BuilderFunction function;
  private final BuildContext context;
  private final BuildWatch watch;
  private final Thread thread;
  private volatile @Nullable Throwable failure;

  RunningFunction(
      BuilderFunction function, BuildContext context, BuildWatch watch, ThreadFactory threads) {
    this.function = function;
    this.context = context;
    this.watch = watch;
    this.thread = threads.newThread(this::run);
  }

  RunningFunction start() {
    thread.start();
    return this;
  }

  private void run() {
    try {
      function.build(context);
    } catch (Throwable e) {
      failure = e;
    } finally {
      watch.finished();
    }
  }

  @Override
  public void stop() {
    boolean isInterrupted = false;
    if (thread.isAlive()) {
      thread.interrupt();
    }
    try {
      thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    } catch (InterruptedException e) {
      isInterrupted = true;
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void checkSuccess() throws BuildFailedException {
    Throwable thrown = failure;
    if (thrown instanceof BuildFailedException failed) {
      throw failed;
    }
    if (thrown != null) {
      throw new BuildFailedException(
          BuildStatus.PERMANENT_FAILURE,
          "builder for '" + context.derivationPath() + "' failed: " + thrown);
    }
  }
}
