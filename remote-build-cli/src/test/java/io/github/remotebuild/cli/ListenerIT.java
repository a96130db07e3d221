package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildListener;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.testkit.NeedsRealPeers;
import io.github.remotebuild.testkit.RealHub;
import io.github.remotebuild.testkit.RealMachine;
import io.github.remotebuild.testkit.RealPeers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Listeners that do not behave, while a build prints 50 MB. */
@NeedsRealPeers
@Timeout(120)
class ListenerIT {
  private static final int LINES = 1_000_000;
  private static final String LOUD =
      "yes 'a line of fifty bytes, to the very end of it ------' | head -n "
          + LINES
          + "; echo 1 > $out";

  private final RealHub hub;
  private final RealMachine alpha;

  ListenerIT(RealPeers peers) {
    hub = peers.hub();
    alpha = peers.machine("alpha");
  }

  private BuildOutcome build(Watched watched, BuildListener listener) throws InterruptedException {
    StorePath drv = StorePath.parse(Recipe.one(hub, "loud", LOUD));
    try (RemoteBuilds builds = watched.on(alpha.entry()).open()) {
      return builds.build(BuildRequest.of(drv).listening(listener));
    }
  }

  @Test
  void a_listener_that_never_returns_stops_nothing() throws Exception {
    Watched watched = new Watched();
    CountDownLatch never = new CountDownLatch(1);
    long begun = System.nanoTime();

    BuildOutcome outcome =
        build(
            watched,
            event -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(60));
    watched.assertNothingIsLeft(List.of());
  }

  @Test
  void a_listener_that_throws_stops_nothing_and_hears_the_rest() throws Exception {
    Watched watched = new Watched();
    AtomicInteger events = new AtomicInteger();

    BuildOutcome outcome =
        build(
            watched,
            event -> {
              events.incrementAndGet();
              if (!(event instanceof BuildEvent.LogLine) || events.get() % 100_000 == 0) {
                throw new IllegalStateException("thrown by a test");
              }
            });

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(events).hasValueGreaterThan(100);
    watched.assertNothingIsLeft(List.of());
  }

  @Test
  void every_line_is_heard_or_counted() throws Exception {
    Watched watched = new Watched();
    AtomicLong heard = new AtomicLong();
    AtomicLong dropped = new AtomicLong();

    BuildOutcome outcome =
        build(
            watched,
            event -> {
              if (event instanceof BuildEvent.LogLine) {
                heard.incrementAndGet();
              } else if (event instanceof BuildEvent.Dropped some) {
                dropped.addAndGet(some.events());
              }
            });

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(heard.get() + dropped.get()).isEqualTo(LINES);
    watched.assertNothingIsLeft(List.of());
  }
}
