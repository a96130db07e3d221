package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.FarmEvent;
import io.github.remotebuild.internal.runtime.MachinesFileWatch.Finding;
import io.github.remotebuild.machines.IncludeReader;
import io.github.remotebuild.machines.MachinesFile;
import io.github.remotebuild.machines.MachinesWarning;
import io.github.remotebuild.model.Farm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a machines file again and again, on a helper's thread, and passes on what is new. The
 * next look begins some time after the last has ended, so a slow file system is not asked twice at
 * once.
 */
final class FarmWatcher {
  /** How long what is new must stay as it is before it is taken, unless looks are more frequent. */
  static final Duration SETTLING = Duration.ofMillis(200);

  private static final Logger LOG = LoggerFactory.getLogger(FarmWatcher.class);

  private final Path file;
  private final MachinesFileWatch watch;
  private final Duration interval;
  private final ScheduledExecutorService loop;
  private final Executor helpers;
  private final Consumer<FarmEvent> events;
  private volatile boolean isClosed;
  private volatile @Nullable ScheduledFuture<?> nextLook;

  /**
   * A watcher that has not begun.
   *
   * @param interval how long after a look the next begins
   * @param loop keeps the time
   * @param helpers reads the file
   * @param events hears of each new list and of each problem
   */
  FarmWatcher(
      WatchedFile watched,
      Duration interval,
      ScheduledExecutorService loop,
      Executor helpers,
      Consumer<FarmEvent> events) {
    this.file = watched.file();
    this.watch = new MachinesFileWatch(file, watched.localSystem(), IncludeReader.files());
    this.interval = interval;
    this.loop = loop;
    this.helpers = helpers;
    this.events = events;
  }

  /** Begins to look; {@code farms} takes each list. */
  void start(Consumer<Farm> farms) {
    lookAfter(Duration.ZERO, farms);
  }

  private void lookAfter(Duration delay, Consumer<Farm> farms) {
    if (isClosed) {
      return;
    }
    try {
      nextLook =
          loop.schedule(
              () -> helpers.execute(() -> look(farms)), Nanos.of(delay), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("{} is watched no longer, because everything is closed", file);
    }
  }

  private void look(Consumer<Farm> farms) {
    Duration next = interval;
    try {
      Finding finding = watch.look();
      if (isClosed) {
        return;
      }
      if (finding instanceof Finding.Unsettled) {
        next = interval.compareTo(SETTLING) < 0 ? interval : SETTLING;
      } else if (finding instanceof Finding.Read read) {
        told(read.file());
        farms.accept(read.file().farm());
      } else if (finding instanceof Finding.Refused refused) {
        LOG.warn("{}; going on with the machines of before", refused.problem());
        events.accept(new FarmEvent.MachinesFileRefused(file, refused.problem()));
      }
    } catch (RuntimeException | Error e) {
      LOG.warn("Could not look at {}", file, e);
    }
    lookAfter(next, farms);
  }

  private void told(MachinesFile read) {
    events.accept(
        new FarmEvent.MachinesFileRead(
            file,
            read.machines().size(),
            read.warnings().stream().map(MachinesWarning::toString).toList()));
  }

  /** Takes nothing any more; a look that has begun comes to nothing. */
  void close() {
    isClosed = true;
    ScheduledFuture<?> next = nextLook;
    if (next != null) {
      next.cancel(false);
    }
  }
}
