package io.github.remotebuild.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarTree;
import io.github.remotebuild.transport.StderrSink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ServeSessionTest {
  private final FakePeer peer = new FakePeer();
  private final Conversations conversations = new Conversations("test");
  private ServeSession session;

  @BeforeEach
  void open() throws InterruptedException {
    session = open(SessionSettings.defaults());
  }

  private ServeSession open(SessionSettings settings) throws InterruptedException {
    return ServeSession.open(
        "builder", peer, ServeCommand.nixStore(), StderrSink.discarding(), settings);
  }

  @AfterEach
  void hangUp() {
    session.abort();
  }

  private StoreException failure(Runnable question) {
    return catchThrowableOfType(StoreException.class, question::run);
  }

  private StoreException buildFailure() {
    BasicDerivation derivation = conversations.derivation(conversations.path("out"), "sleep");
    return failure(
        () ->
            session.buildDerivation(
                conversations.path("x.drv"), derivation, BuildOptions.unbounded()));
  }

  @Test
  void finishing_waits_for_the_process_to_end() {
    assertThat(session.end()).isEmpty();

    SessionEnd end = session.finish();

    assertThat(end.isConfirmed()).isTrue();
    assertThat(end.exitStatus()).hasValue(0);
    assertThat(session.finish()).isSameAs(end);
    assertThat(session.end()).contains(end);
    assertThat(session.isUsable()).isFalse();
    assertThat(failure(() -> session.queryValidPaths(List.of(), Set.of())).problem())
        .isEqualTo(StoreProblem.UNUSABLE);
  }

  @Test
  void finishing_hangs_up_on_a_process_that_does_not_end() throws InterruptedException {
    session.abort();
    peer.beDeaf();
    session = open(SessionSettings.defaults().withCloseGrace(Duration.ofMillis(20)));

    SessionEnd end = session.finish();

    assertThat(end.isConfirmed()).isFalse();
    assertThat(end.exitStatus()).isEmpty();
  }

  @Test
  void finishing_from_another_thread_cancels_a_build_and_confirms_it() throws Exception {
    CompletableFuture<StoreException> build = CompletableFuture.supplyAsync(this::buildFailure);
    peer.isStuck.await();

    SessionEnd end = session.finish();

    assertThat(build.get().problem()).isEqualTo(StoreProblem.ABORTED);
    assertThat(build.get())
        .hasMessage(
            "Could not build "
                + conversations.path("x.drv")
                + " on builder: the session was ended");
    assertThat(end.isConfirmed()).isTrue();
    assertThat(end.exitStatus()).hasValue(1);
  }

  @Test
  void aborting_from_another_thread_ends_a_question_at_once() throws Exception {
    CompletableFuture<StoreException> build = CompletableFuture.supplyAsync(this::buildFailure);
    peer.isStuck.await();

    session.abort();

    assertThat(build.get().problem()).isEqualTo(StoreProblem.ABORTED);
    assertThat(session.end()).hasValueSatisfying(e -> assertThat(e.isConfirmed()).isFalse());
    session.abort();
    session.close();
  }

  @Test
  void an_interrupted_question_keeps_the_interruption() {
    Thread.currentThread().interrupt();

    StoreException e = buildFailure();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(e.problem()).isEqualTo(StoreProblem.ABORTED);
    assertThat(session.isUsable()).isFalse();
  }

  @Test
  void paths_of_another_store_directory_are_refused_and_the_session_goes_on() {
    StorePath foreign = StorePath.of(StoreDir.of("/other/store"), new byte[20], "a");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.queryValidPaths(List.of(foreign), Set.of()))
        .withMessageContaining("does not lie in /nix/store, the store directory of builder");
    assertThatIllegalArgumentException().isThrownBy(() -> session.readFiles(List.of(foreign), 10));
    assertThat(session.queryValidPaths(List.of(), Set.of())).isEmpty();
  }

  @Test
  void what_is_not_a_derivation_is_not_built() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                session.buildDerivation(
                    conversations.path("x"),
                    conversations.derivation(conversations.path("out"), ""),
                    BuildOptions.unbounded()))
        .withMessageEndingWith("is not the path of a derivation");
    assertThat(session.isUsable()).isTrue();
  }

  @Test
  void nothing_can_be_asked_during_an_upload() {
    NarUpload upload = session.addNars(path -> {});

    assertThatIllegalStateException()
        .isThrownBy(() -> session.queryValidPaths(List.of(), Set.of()))
        .withMessage("builder is still busy with another question");
    assertThatIllegalStateException().isThrownBy(() -> session.addNars(path -> {}));
    upload.finish();
    assertThat(session.queryValidPaths(List.of(), Set.of())).isEmpty();
  }

  @Test
  void an_upload_takes_exactly_the_promised_bytes() {
    NarUpload upload = session.addNars(path -> {});
    byte[] nar = conversations.helloTree.toNar().toByteArray();
    upload.begin(conversations.hello);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> upload.write(new byte[121], 0, 121))
        .withMessageContaining("room for 120 bytes more");
    upload.write(nar, 0, 100);
    assertThatIllegalStateException()
        .isThrownBy(upload::finish)
        .withMessageContaining("lacks 20 bytes");
    assertThatIllegalStateException().isThrownBy(() -> upload.begin(conversations.dir));
    upload.write(nar, 100, 20);
    upload.finish();

    assertThat(peer.infos).containsOnlyKeys(conversations.hello.path());
  }

  @Test
  void giving_up_between_two_paths_leaves_the_session_usable() {
    NarUpload upload = session.addNars(path -> {});
    Conversations.write(upload, conversations.hello, conversations.helloTree);

    upload.giveUp();

    assertThat(upload.unconfirmed()).isEmpty();
    assertThat(session.queryValidPaths(List.of(conversations.hello.path()), Set.of())).hasSize(1);
  }

  @Test
  void giving_up_in_the_middle_of_a_path_ends_the_process() {
    NarUpload upload = session.addNars(path -> {});
    Conversations.write(upload, conversations.hello, conversations.helloTree);
    upload.begin(conversations.dir);

    upload.giveUp();

    assertThat(upload.unconfirmed()).containsExactly(conversations.dir.path());
    assertThat(session.isUsable()).isFalse();
    assertThat(session.finish().exitStatus()).hasValue(1);
    assertThat(peer.infos).containsOnlyKeys(conversations.hello.path());
  }

  @Test
  void files_are_read_up_to_their_limit() {
    PathInfo a = peer.put("a", NarTree.file("12345"));
    PathInfo b = peer.put("b", NarTree.executable(""));

    assertThat(session.readFiles(List.of(a.path(), b.path(), a.path()), 5))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(a.path(), ByteString.of("12345"), b.path(), ByteString.empty()));
    assertThat(failure(() -> session.readFiles(List.of(a.path()), 4)))
        .hasMessage(
            "Could not read " + a.path() + " on builder: it has 5 bytes, and at most 4 are read")
        .extracting(StoreException::problem)
        .isEqualTo(StoreProblem.TOO_LARGE);
    assertThat(session.isUsable()).isFalse();
  }

  @Test
  void only_regular_files_are_files() throws InterruptedException {
    PathInfo directory = peer.put("d", NarTree.directory(Map.of()));
    PathInfo link = peer.put("l", NarTree.symlink("x"));

    assertThat(failure(() -> session.readFiles(List.of(directory.path()), 100)))
        .hasMessageEndingWith("on builder: it is a directory, not a file");
    session.finish();
    session = open(SessionSettings.defaults());
    assertThat(failure(() -> session.readFiles(List.of(link.path()), 100)))
        .hasMessageEndingWith("on builder: it is a symbolic link, not a file");
  }

  @Test
  void thousands_of_files_are_read() {
    for (int i = 0; i < 2000; i++) {
      peer.put("f" + i, NarTree.file("file " + i));
    }

    assertThat(session.readFiles(peer.infos.keySet(), 100)).hasSize(2000);
  }

  @Test
  void what_a_receiver_throws_is_passed_on() {
    PathInfo info = peer.put("a", NarTree.file("12345"));
    RuntimeException thrown = new RuntimeException("from the receiver");

    assertThatThrownBy(
            () ->
                session.readNars(
                    List.of(info.path()),
                    new Conversations.NarCollector() {
                      @Override
                      public void begin(StorePath next) {
                        throw thrown;
                      }
                    }))
        .isSameAs(thrown);
    assertThat(session.isUsable()).isFalse();
  }

  @Test
  void a_listener_that_throws_ends_the_upload() {
    RuntimeException thrown = new RuntimeException("from the listener");
    NarUpload upload =
        session.addNars(
            path -> {
              throw thrown;
            });
    Conversations.write(upload, conversations.hello, conversations.helloTree);

    assertThatThrownBy(upload::finish).isSameAs(thrown);
    assertThat(session.isUsable()).isFalse();
    assertThat(failure(upload::flush).problem()).isEqualTo(StoreProblem.UNUSABLE);
  }
}
