package io.github.remotebuild.transport;

import static java.util.Objects.requireNonNull;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shields a transport from a sink that throws. */
final class GuardedSink implements StderrSink {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedSink.class);

  private final StderrSink sink;
  private volatile boolean broken;

  GuardedSink(StderrSink sink) {
    this.sink = requireNonNull(sink, "sink");
  }

  @Override
  public void accept(byte[] buffer, int offset, int length) {
    guard(() -> sink.accept(buffer, offset, length));
  }

  @Override
  public void end() {
    guard(sink::end);
  }

  private void guard(Runnable call) {
    if (broken) {
      return;
    }
    try {
      call.run();
    } catch (RuntimeException e) {
      broken = true;
      LOG.warn("The sink for standard error failed; what else a program writes there is lost", e);
    }
  }
}
