package io.github.remotebuild.store;

import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StorePath;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Adds paths by AddToStoreNar.
 *
 * <p>One thread both writes archives and reads confirmations. That cannot lock up: the store
 * process answers each archive with 8 bytes, and so few of them are outstanding that they fit into
 * any pipe, so it is never kept from reading.
 */
final class ServeUpload implements NarUpload {
  private static final int ANSWER_BYTES = 8;

  private final ServeSession session;
  private final Listener listener;
  private final Deque<StorePath> unconfirmed = new ArrayDeque<>();
  private long missingBytes;
  private boolean isOver;

  ServeUpload(ServeSession session, Listener listener) {
    this.session = session;
    this.listener = listener;
  }

  @Override
  public void begin(PathInfo info) {
    checkComplete();
    session.check(info.path());
    info.references().forEach(session::check);
    run(
        () -> {
          takeConfirmations(session.settings().unconfirmedPaths() - 1);
          unconfirmed.add(info.path());
          missingBytes = info.narSizeBytes();
          session.requests().addToStoreNar(info);
        });
  }

  @Override
  public void write(byte[] buffer, int offset, int length) {
    if (length > missingBytes) {
      throw new IllegalArgumentException(
          "The NAR has room for " + missingBytes + " bytes more, not for " + length);
    }
    run(
        () -> {
          session.output().writeRaw(buffer, offset, length);
          missingBytes -= length;
        });
  }

  @Override
  public void flush() {
    run(
        () -> {
          session.output().flush();
          while (completeCount() > 0 && session.input().available() >= ANSWER_BYTES) {
            takeConfirmation();
          }
        });
  }

  @Override
  public void finish() {
    checkComplete();
    if (!isOver) {
      run(() -> takeConfirmations(0));
      isOver = true;
      session.uploadDone();
    }
  }

  @Override
  public void giveUp() {
    if (isOver) {
      return;
    }
    if (missingBytes == 0) {
      finish();
      return;
    }
    try {
      session.output().flush();
      while (completeCount() > 0) {
        takeConfirmation();
      }
    } catch (IOException | FormatException e) {
      // What came is taken; the caller knows already that something went wrong.
    } finally {
      isOver = true;
      session.uploadFailed();
    }
  }

  @Override
  public List<StorePath> unconfirmed() {
    return List.copyOf(unconfirmed);
  }

  private int completeCount() {
    return missingBytes > 0 ? unconfirmed.size() - 1 : unconfirmed.size();
  }

  private void checkComplete() {
    if (missingBytes > 0) {
      throw new IllegalStateException(
          "The NAR of " + unconfirmed.peekLast() + " lacks " + missingBytes + " bytes");
    }
  }

  private void takeConfirmations(int atMostLeft) throws IOException {
    while (unconfirmed.size() > atMostLeft) {
      takeConfirmation();
    }
  }

  private void takeConfirmation() throws IOException {
    session.responses().added();
    listener.confirmed(unconfirmed.remove());
  }

  /** A step that fails ends the upload. */
  private interface Step {
    void run() throws IOException;
  }

  private void run(Step step) {
    if (isOver) {
      throw new StoreException(
          StoreProblem.UNUSABLE,
          session.name(),
          "Could not add paths on " + session.name() + ": the upload is over",
          List.of());
    }
    boolean isDone = false;
    try {
      step.run();
      isDone = true;
    } catch (IOException | FormatException e) {
      takeLastConfirmations();
      StorePath first = unconfirmed.peek();
      throw session.explain(first == null ? "add paths" : "add " + first, e);
    } finally {
      if (!isDone) {
        isOver = true;
        session.uploadFailed();
      }
    }
  }

  /** A store process that has ended may have confirmed more than was read so far. */
  private void takeLastConfirmations() {
    try {
      session.input().beforeWaiting(() -> {});
      while (completeCount() > 0) {
        takeConfirmation();
      }
    } catch (IOException | FormatException e) {
      // That was all.
    }
  }
}
