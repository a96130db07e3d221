package io.github.remotebuild.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.transport.StderrSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the conversations again that were recorded with real stores. */
final class TranscriptTest {
  private static final List<String> VERSIONS = List.of("2.8.0", "2.26.3");

  private static final int GREETING_BYTES = 16;

  private static ServeSession open(Transcript.Player player) throws InterruptedException {
    return ServeSession.open(
        "machine",
        player,
        ServeCommand.nixStore(),
        StderrSink.discarding(),
        SessionSettings.defaults());
  }

  @TestFactory
  Stream<DynamicTest> a_recorded_conversation_goes_as_it_went() {
    List<DynamicTest> tests = new ArrayList<>();
    for (String version : VERSIONS) {
      for (Map.Entry<String, Consumer<StoreSession>> each :
          RecordTranscripts.conversations().entrySet()) {
        tests.add(
            DynamicTest.dynamicTest(
                each.getKey() + " with " + version,
                () -> {
                  Transcript transcript = Transcript.load(version, each.getKey());
                  Transcript.Player player = new Transcript.Player(transcript);
                  ServeSession session = open(player);
                  assertThat(session.serverVersion()).isEqualTo("2.7");
                  assertThat(session.noise()).isEmpty();
                  each.getValue().accept(session);
                  assertThat(player.asked.toByteArray()).isEqualTo(transcript.request());
                  assertThat(session.finish().exitStatus()).hasValue(transcript.exitStatus());
                }));
      }
    }
    return tests.stream();
  }

  @Test
  void a_greeting_cut_at_any_byte_opens_no_session() {
    Transcript whole = Transcript.load("2.8.0", "build");
    for (int cut = 0; cut < GREETING_BYTES; cut++) {
      Transcript.Player player = new Transcript.Player(whole.cutAt(cut));
      assertThatThrownBy(() -> open(player))
          .as("cut at %s", cut)
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("Could not open a store session on machine: ");
    }
  }

  @Test
  void a_conversation_cut_at_any_byte_ends_with_an_explanation() {
    for (String name : List.of("add-and-query", "build", "build-fails")) {
      Transcript whole = Transcript.load("2.8.0", name);
      Consumer<StoreSession> conversation = RecordTranscripts.conversations().get(name);
      for (int cut = GREETING_BYTES; cut < whole.response().length; cut++) {
        Transcript.Player player = new Transcript.Player(whole.cutAt(cut));
        assertThatThrownBy(() -> conversation.accept(open(player)))
            .as("%s cut at %s", name, cut)
            .isInstanceOf(StoreException.class)
            .hasMessageStartingWith("Could not ")
            .hasMessageContaining(" on machine: the store process ended with status 0")
            .extracting(e -> ((StoreException) e).problem())
            .isEqualTo(StoreProblem.ENDED);
      }
    }
  }
}
