package io.github.remotebuild.fake;

import io.github.remotebuild.transport.TransportException;

/** What a test does at a place where it can step in: waits, or throws. */
@FunctionalInterface
public interface Hook {
  void run() throws InterruptedException, TransportException;

  /** Does nothing. */
  static Hook nothing() {
    return () -> {};
  }
}
