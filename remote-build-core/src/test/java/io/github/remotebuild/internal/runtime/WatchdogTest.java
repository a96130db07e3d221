package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  private static final class Task {
    final long at;
    final Runnable action;

    Task(long at, Runnable action) {
      this.at = at;
      this.action = action;
    }
  }

  private final List<Task> tasks = new ArrayList<>();
  private long now = 1_000;
  private int expiries;
  private final Watchdog watchdog =
      new Watchdog(
          (action, nanos) -> {
            Task task = new Task(now + nanos, action);
            tasks.add(task);
            return () -> tasks.remove(task);
          },
          () -> now);

  private void pass(Duration time) {
    now += time.toNanos();
    for (Task task : List.copyOf(tasks)) {
      if (task.at <= now && tasks.remove(task)) {
        task.action.run();
      }
    }
  }

  private Watchdog.Watch watch(Duration limit) {
    return watchdog.watch(limit, () -> expiries++);
  }

  @Test
  void nothing_happens_in_time() {
    watch(Duration.ofSeconds(10));
    pass(Duration.ofSeconds(9));
    assertThat(expiries).isZero();
  }

  @Test
  void it_calls_once_when_the_time_is_passed() {
    watch(Duration.ofSeconds(10));
    pass(Duration.ofSeconds(10));
    pass(Duration.ofSeconds(100));
    assertThat(expiries).isEqualTo(1);
    assertThat(tasks).isEmpty();
  }

  @Test
  void a_sign_of_life_begins_the_time_anew() {
    Watchdog.Watch watch = watch(Duration.ofSeconds(10));
    pass(Duration.ofSeconds(7));
    watch.touch();
    pass(Duration.ofSeconds(7));
    assertThat(expiries).isZero();
    pass(Duration.ofSeconds(3));
    assertThat(expiries).isEqualTo(1);
  }

  @Test
  void a_watch_that_is_closed_leaves_nothing_behind() {
    Watchdog.Watch watch = watch(Duration.ofSeconds(10));
    watch.close();
    assertThat(tasks).isEmpty();
    pass(Duration.ofSeconds(20));
    assertThat(expiries).isZero();
  }

  @Test
  void a_watch_that_is_closed_while_it_checks_leaves_nothing_behind() {
    List<Watchdog.Watch> closing = new ArrayList<>();
    Watchdog slow =
        new Watchdog(
            (action, nanos) -> {
              closing.forEach(Watchdog.Watch::close);
              Task task = new Task(now + nanos, action);
              tasks.add(task);
              return () -> tasks.remove(task);
            },
            () -> now);
    Watchdog.Watch watch = slow.watch(Duration.ofSeconds(10), () -> expiries++);
    pass(Duration.ofSeconds(5));
    watch.touch();
    closing.add(watch);
    pass(Duration.ofSeconds(5));
    assertThat(tasks).isEmpty();
  }

  @Test
  void the_longest_duration_there_is_can_be_watched() {
    watch(ChronoUnit.FOREVER.getDuration());
    pass(Duration.ofDays(3650));
    assertThat(expiries).isZero();
  }

  @Test
  void a_timer_that_takes_nothing_more_is_no_error() {
    Watchdog closed =
        new Watchdog(
            (action, nanos) -> {
              throw new RejectedExecutionException();
            },
            () -> now);
    closed.watch(Duration.ofSeconds(1), () -> expiries++).close();
    assertThat(expiries).isZero();
  }
}
