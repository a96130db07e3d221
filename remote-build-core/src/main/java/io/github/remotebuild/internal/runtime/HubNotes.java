package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.transport.StderrSink;
import java.util.function.Consumer;

/** Passes on what the hub's store process says while a request is planned. */
final class HubNotes implements StderrSink {
  private final LineSplitter lines;

  HubNotes(Consumer<BuildEvent> events, int lineLimitBytes) {
    lines =
        new LineSplitter(
            lineLimitBytes, line -> events.accept(new BuildEvent.MachineNote("hub", line)));
  }

  @Override
  public void accept(byte[] buffer, int offset, int length) {
    lines.accept(buffer, offset, length);
  }

  @Override
  public void end() {
    lines.finish();
  }
}
