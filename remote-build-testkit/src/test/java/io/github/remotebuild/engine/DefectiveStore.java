package io.github.remotebuild.engine;

import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.StderrSink;

/** A store that breaks its contract. */
final class DefectiveStore implements Store {
  private final StoreDir storeDir;

  DefectiveStore(StoreDir storeDir) {
    this.storeDir = storeDir;
  }

  @Override
  public String name() {
    return "the defective store";
  }

  @Override
  public StoreDir storeDir() {
    return storeDir;
  }

  @Override
  public StoreSession open(StderrSink stderr, ConnectOptions options, SessionSettings settings) {
    throw new StackOverflowError("no end");
  }
}
