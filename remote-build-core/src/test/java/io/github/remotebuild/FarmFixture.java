package io.github.remotebuild;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.dispatch.RestRule;
import io.github.remotebuild.fake.CountingThreads;
import io.github.remotebuild.fake.FakeFarm;
import io.github.remotebuild.fake.FakeMachine;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A farm in memory, and after each test the proof that nothing of it is left open. */
@Timeout(60)
abstract class FarmFixture {
  static final Duration LONG = Duration.ofSeconds(20);

  /** Bounds that make tests short, and none so short that a slow computer meets it by chance. */
  static final Limits LIMITS = Limits.defaults().withCloseGrace(Duration.ofMillis(500));

  final FakeFarm farm = new FakeFarm();
  final FakeMachine hub = farm.hub();
  final CountingThreads threads = new CountingThreads();

  RemoteBuildsBuilder builder() {
    return RemoteBuilds.on(farm.farm())
        .connectingWith(farm)
        .hub(farm.hubStore())
        .threads(threads)
        .resting(new RestRule(Duration.ofMillis(20), 1, Duration.ofMillis(20), 0));
  }

  RemoteBuilds open() {
    return builder().limits(LIMITS).open();
  }

  @AfterEach
  void nothing_is_left_open() throws Exception {
    farm.openGates();
    assertThat(threads.leftAfter(LONG)).as("threads").isEmpty();
    assertThat(farm.leftOpen()).as("connections and processes").isEmpty();
  }

  /** Waits for something that comes about soon. */
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time: " + what).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  static BuildOutcome outcome(BuildHandle handle) throws InterruptedException {
    return handle.await(LONG).orElseThrow(() -> new AssertionError("no outcome in time"));
  }

  <T> FutureTask<T> inBackground(Callable<T> task) {
    FutureTask<T> future = new FutureTask<>(task);
    Thread thread = new Thread(future, "background of a test");
    thread.setDaemon(true);
    thread.start();
    return future;
  }

  static <T> T get(FutureTask<T> task) throws Exception {
    return task.get(LONG.toSeconds(), TimeUnit.SECONDS);
  }
}
