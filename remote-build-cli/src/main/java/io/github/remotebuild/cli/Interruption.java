package io.github.remotebuild.cli;

import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;

/** A request that is cancelled in good order when the process is told to end. */
final class Interruption implements AutoCloseable {
  private final BuildHandle handle;
  private final Thread hook;

  /**
   * Starts the request.
   *
   * @param last what else is to be done when the process is told to end
   */
  Interruption(RemoteBuilds builds, BuildRequest request, Runnable last) {
    handle = builds.start(request);
    hook =
        new Thread(
            () -> {
              handle.cancel();
              builds.close();
              last.run();
            },
            "remote-build-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  BuildOutcome await() throws InterruptedException {
    return handle.await();
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already, and the hook does what is left to do.
      return;
    }
    handle.close();
  }
}
