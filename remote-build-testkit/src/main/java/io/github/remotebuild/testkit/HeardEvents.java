package io.github.remotebuild.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildListener;
import io.github.remotebuild.model.StorePath;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what a listener is told. Safe for use by several threads. */
final class HeardEvents implements BuildListener {
  private final List<BuildEvent> events = new CopyOnWriteArrayList<>();

  @Override
  public void on(BuildEvent event) {
    events.add(event);
  }

  /** All events, in the order in which they came. */
  List<BuildEvent> all() {
    return events;
  }

  /** Forgets everything so far. */
  void forget() {
    events.clear();
  }

  /** The events of one kind. */
  <E extends BuildEvent> List<E> of(Class<E> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** The events of one kind that are about one derivation. */
  <E extends BuildEvent.OfDerivation> List<E> of(Class<E> kind, StorePath derivation) {
    return of(kind).stream().filter(event -> event.derivation().equals(derivation)).toList();
  }

  /** What the builder of a derivation has printed. */
  List<String> log(StorePath derivation) {
    return of(BuildEvent.LogLine.class, derivation).stream().map(BuildEvent.LogLine::line).toList();
  }

  /** Waits until the builder of a derivation has printed a line. */
  void awaitLine(StorePath derivation, String line, Duration patience) {
    Eventually.within(
        patience,
        () -> log(derivation),
        lines -> assertThat(lines).as("the log of %s", derivation.name()).contains(line));
  }
}
