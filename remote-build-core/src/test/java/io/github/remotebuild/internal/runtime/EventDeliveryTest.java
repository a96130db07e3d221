package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildListener;
import io.github.remotebuild.fake.CountingThreads;
import io.github.remotebuild.fake.Gate;
import io.github.remotebuild.model.StorePath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventDeliveryTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final StorePath DRV =
      StorePath.parse("/nix/store/00000000000000000000000000000000-a.drv");

  private final CountingThreads threads = new CountingThreads();
  private final List<BuildEvent> heard = Collections.synchronizedList(new ArrayList<>());
  private final Gate gate = new Gate();

  @AfterEach
  void no_thread_is_left() throws Exception {
    gate.open();
    assertThat(threads.leftAfter(LONG)).isEmpty();
  }

  private EventDelivery delivery(BuildListener listener, long logBytes) {
    EventDelivery delivery = new EventDelivery(listener, logBytes, threads);
    delivery.start();
    return delivery;
  }

  private static BuildEvent event(int number) {
    return new BuildEvent.Planned(number, 0);
  }

  private static BuildEvent line(String text) {
    return new BuildEvent.LogLine(DRV, "m", 1, text);
  }

  private void stuck(BuildEvent event) {
    gate.passStubbornly();
    heard.add(event);
  }

  @Test
  void events_arrive_in_the_order_in_which_they_were_posted() throws Exception {
    EventDelivery delivery = delivery(heard::add, 1000);
    List<BuildEvent> events = IntStream.range(0, 1000).mapToObj(EventDeliveryTest::event).toList();
    events.forEach(delivery::post);
    delivery.flush(LONG);
    assertThat(heard).isEqualTo(events);
    delivery.close(LONG);
  }

  @Test
  void a_listener_that_throws_hears_the_next_event() throws Exception {
    EventDelivery delivery =
        delivery(
            event -> {
              heard.add(event);
              if (heard.size() == 1) {
                throw new IllegalStateException("the listener's defect");
              }
              if (heard.size() == 2) {
                throw new StackOverflowError();
              }
            },
            1000);
    IntStream.range(0, 3).forEach(i -> delivery.post(event(i)));
    delivery.flush(LONG);
    assertThat(heard).hasSize(3);
    delivery.close(LONG);
  }

  @Test
  void log_lines_beyond_the_bound_are_dropped_and_counted() throws Exception {
    EventDelivery delivery = delivery(this::stuck, 200);
    delivery.post(event(0));
    gate.awaitReached();
    for (int i = 0; i < 10; i++) {
      delivery.post(line("0123456789"));
    }
    delivery.post(event(1));
    gate.open();
    delivery.flush(LONG);
    // Each line counts with 64 bytes for what is around it.
    assertThat(heard)
        .containsExactly(
            event(0),
            line("0123456789"),
            line("0123456789"),
            new BuildEvent.Dropped(8, 8 * 74),
            event(1));
    delivery.close(LONG);
  }

  @Test
  void what_was_dropped_last_is_told_without_another_event() throws Exception {
    EventDelivery delivery = delivery(this::stuck, 100);
    delivery.post(event(0));
    gate.awaitReached();
    delivery.post(line("first"));
    delivery.post(line("second"));
    gate.open();
    delivery.flush(LONG);
    assertThat(heard).containsExactly(event(0), line("first"), new BuildEvent.Dropped(1, 70));
    delivery.close(LONG);
  }

  @Test
  void there_are_never_more_events_than_the_bound() throws Exception {
    EventDelivery delivery = delivery(this::stuck, 100);
    delivery.post(event(0));
    gate.awaitReached();
    for (int i = 0; i < EventDelivery.EVENT_LIMIT + 5; i++) {
      delivery.post(event(1));
    }
    gate.open();
    delivery.flush(LONG);
    assertThat(heard).hasSize(EventDelivery.EVENT_LIMIT + 2).endsWith(new BuildEvent.Dropped(5, 0));
    delivery.close(LONG);
  }

  @Test
  void flush_gives_up_when_its_time_is_over() throws Exception {
    EventDelivery delivery = delivery(this::stuck, 100);
    delivery.post(event(0));
    delivery.flush(SHORT);
    assertThat(heard).isEmpty();
    gate.open();
    delivery.close(LONG);
  }

  @Test
  void flush_can_be_interrupted() {
    EventDelivery delivery = delivery(this::stuck, 100);
    delivery.post(event(0));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> delivery.flush(LONG)).isInstanceOf(InterruptedException.class);
    gate.open();
    delivery.close(LONG);
  }

  @Test
  void the_listener_may_flush_and_close_and_is_not_interrupted_by_that() throws Exception {
    AtomicReference<EventDelivery> self = new AtomicReference<>();
    AtomicBoolean wasInterrupted = new AtomicBoolean(true);
    EventDelivery delivery =
        delivery(
            event -> {
              try {
                self.get().flush(LONG);
                self.get().close(LONG);
                wasInterrupted.set(Thread.currentThread().isInterrupted());
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            100);
    self.set(delivery);
    delivery.post(event(0));
    assertThat(threads.leftAfter(LONG)).isEmpty();
    assertThat(wasInterrupted).isFalse();
  }

  @Test
  void closing_interrupts_a_listener_that_does_not_return() throws Exception {
    AtomicBoolean wasInterrupted = new AtomicBoolean();
    EventDelivery delivery =
        delivery(
            event -> {
              try {
                gate.pass();
              } catch (InterruptedException e) {
                wasInterrupted.set(true);
              }
            },
            100);
    delivery.post(event(0));
    gate.awaitReached();
    delivery.close(SHORT);
    assertThat(threads.leftAfter(LONG)).isEmpty();
    assertThat(wasInterrupted).isTrue();
  }

  @Test
  void an_interrupt_left_behind_by_one_call_is_not_seen_by_the_next() throws Exception {
    List<Boolean> flags = Collections.synchronizedList(new ArrayList<>());
    EventDelivery delivery =
        delivery(
            event -> {
              flags.add(Thread.currentThread().isInterrupted());
              Thread.currentThread().interrupt();
            },
            100);
    delivery.post(event(0));
    delivery.post(event(1));
    delivery.flush(LONG);
    assertThat(flags).containsExactly(false, false);
    delivery.close(LONG);
  }

  @Test
  void nothing_is_delivered_after_closing() {
    EventDelivery delivery = delivery(heard::add, 100);
    delivery.close(LONG);
    delivery.post(event(0));
    assertThat(heard).isEmpty();
  }

  @Test
  void the_silent_listener_needs_no_thread() throws Exception {
    EventDelivery delivery = delivery(BuildListener.silent(), 100);
    delivery.post(event(0));
    delivery.flush(LONG);
    delivery.close(LONG);
    assertThat(threads.made()).isZero();
  }
}
