package io.github.remotebuild.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarTree;
import io.github.remotebuild.store.CopyException.Side;
import io.github.remotebuild.transport.StderrSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ClosureCopyTest {
  private static final SessionSettings SETTINGS =
      SessionSettings.defaults().withCloseGrace(Duration.ofSeconds(5));

  private final List<StoreSession> sessions = new ArrayList<>();
  private FakePeer source = new FakePeer();
  private FakePeer destination = new FakePeer();

  @AfterEach
  void hangUp() {
    sessions.forEach(StoreSession::abort);
  }

  private StoreSession open(String name, FakePeer peer, SessionSettings settings) {
    try {
      StoreSession session =
          ServeSession.open(name, peer, ServeCommand.nixStore(), StderrSink.discarding(), settings);
      sessions.add(session);
      return session;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private List<PathInfo> chain(int length) {
    List<PathInfo> infos = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      NarTree tree =
          i % 2 == 0
              ? NarTree.file("content " + i + "x".repeat(i % 50))
              : NarTree.directory(Map.of("f", NarTree.executable("run " + i)));
      infos.add(
          i == 0 ? source.put("p0", tree) : source.put("p" + i, tree, infos.get(i - 1).path()));
    }
    return infos;
  }

  private static List<StorePath> paths(List<PathInfo> infos) {
    return infos.stream().map(PathInfo::path).toList();
  }

  /** What the listener hears, as text. */
  private static final class Heard implements CopyListener {
    final List<StorePath> started = new ArrayList<>();
    final List<StorePath> confirmed = new ArrayList<>();
    long bytes;

    @Override
    public void started(PathInfo info) {
      started.add(info.path());
    }

    @Override
    public void copied(StorePath path, long count) {
      bytes += count;
    }

    @Override
    public void confirmed(StorePath path) {
      confirmed.add(path);
    }
  }

  private CopyException failure(List<PathInfo> infos, Heard heard) {
    return catchThrowableOfType(
        CopyException.class,
        () ->
            ClosureCopy.copy(
                infos, open("one", source, SETTINGS), open("other", destination, SETTINGS), heard));
  }

  @Test
  void every_path_arrives_in_order() {
    List<PathInfo> infos = chain(100);
    Heard heard = new Heard();

    ClosureCopy.copy(
        infos, open("one", source, SETTINGS), open("other", destination, SETTINGS), heard);

    assertThat(heard.started).isEqualTo(paths(infos));
    assertThat(heard.confirmed).isEqualTo(paths(infos));
    assertThat(heard.bytes).isEqualTo(infos.stream().mapToLong(PathInfo::narSizeBytes).sum());
    assertThat(destination.infos).isEqualTo(source.infos);
    for (PathInfo info : infos) {
      assertThat(destination.nars.get(info.path())).isEqualTo(source.nars.get(info.path()));
    }
  }

  @Test
  void both_sessions_can_be_used_after_a_copy() {
    List<PathInfo> infos = chain(3);
    StoreSession from = open("one", source, SETTINGS);
    StoreSession to = open("other", destination, SETTINGS);

    ClosureCopy.copy(infos.subList(0, 2), from, to, CopyListener.none());
    ClosureCopy.copy(infos.subList(2, 3), from, to, CopyListener.none());
    ClosureCopy.copy(List.of(), from, to, CopyListener.none());

    assertThat(to.queryValidPaths(paths(infos), Set.of())).containsAll(paths(infos));
    assertThat(from.finish().exitStatus()).hasValue(0);
    assertThat(to.finish().exitStatus()).hasValue(0);
  }

  @Test
  void the_smallest_pipes_cannot_lock_up() {
    SettingsOfPipes pipes = new SettingsOfPipes();
    source = new FakePeer(pipes.requests, 16);
    destination = new FakePeer(16, pipes.confirmations);
    List<PathInfo> infos = chain(1000);
    Heard heard = new Heard();

    ClosureCopy.copy(
        infos, open("one", source, SETTINGS), open("other", destination, SETTINGS), heard);

    assertThat(heard.confirmed).isEqualTo(paths(infos));
  }

  /** The sizes that the defaults promise to be enough. */
  private static final class SettingsOfPipes {
    final int requests = SessionSettings.defaults().requestAheadBytes();
    final int confirmations = SessionSettings.defaults().unconfirmedPaths() * 8;
  }

  @Test
  void confirmations_may_come_late_within_the_bound() {
    SessionSettings four =
        new SessionSettings(
            SETTINGS.storeDir(),
            SETTINGS.limits(),
            SETTINGS.closeGrace(),
            SETTINGS.evidenceGrace(),
            1,
            4);
    destination.confirmEvery(4);
    List<PathInfo> infos = chain(40);
    Heard heard = new Heard();

    ClosureCopy.copy(infos, open("one", source, four), open("other", destination, four), heard);

    assertThat(heard.confirmed).isEqualTo(paths(infos));
  }

  @Test
  void a_path_that_the_source_has_lost_ends_the_copy_and_spares_the_destination() {
    List<PathInfo> infos = chain(10);
    source.lose(infos.get(6));
    Heard heard = new Heard();
    StoreSession to = open("other", destination, SETTINGS);

    CopyException failure =
        catchThrowableOfType(
            CopyException.class,
            () -> ClosureCopy.copy(infos, open("one", source, SETTINGS), to, heard));

    assertThat(failure.side()).isEqualTo(Side.SOURCE);
    assertThat(failure.problem()).isEqualTo(StoreProblem.REJECTED);
    assertThat(failure.sessionName()).isEqualTo("one");
    assertThat(failure.failedPath()).contains(infos.get(6).path());
    assertThat(failure.evidence())
        .containsExactly("error: path '" + infos.get(6).path() + "' is not valid");
    assertThat(failure.confirmed()).containsExactlyInAnyOrderElementsOf(paths(infos.subList(0, 6)));
    assertThat(failure)
        .hasMessageStartingWith(
            "Could not copy "
                + infos.get(6).path()
                + " from one to other, after 6 of 10 paths: Could not read "
                + infos.get(6).path()
                + " on one: the store process ended with status 1: error: path ");
    assertThat(to.isUsable()).isTrue();
    assertThat(to.queryValidPaths(paths(infos), Set.of())).hasSize(6);
  }

  private void assertMismatch(List<PathInfo> infos, int damaged, String found) {
    Heard heard = new Heard();

    CopyException failure = failure(infos, heard);

    PathInfo info = infos.get(damaged);
    assertThat(failure.side()).isEqualTo(Side.SOURCE);
    assertThat(failure.problem()).isEqualTo(StoreProblem.HASH_MISMATCH);
    assertThat(failure.failedPath()).contains(info.path());
    assertThat(failure)
        .hasMessageContaining("should have " + info.narSizeBytes() + " bytes")
        .hasMessageContaining(found);
    assertThat(failure.confirmed())
        .containsExactlyInAnyOrderElementsOf(paths(infos.subList(0, damaged)));
    sessions.forEach(StoreSession::finish);
    assertThat(destination.infos).doesNotContainKey(info.path());
    for (int received : destination.partial) {
      assertThat((long) received).isLessThan(info.narSizeBytes());
    }
  }

  @Test
  void a_nar_with_another_hash_never_becomes_complete_at_the_destination() {
    List<PathInfo> infos = chain(10);
    source.nars.put(infos.get(4).path(), NarTree.file("CONTENT 4xxxx").toNar().toByteArray());

    assertMismatch(infos, 4, "has 128 bytes with hash sha256:");
  }

  @Test
  void a_large_nar_with_another_hash_never_becomes_complete_at_the_destination() {
    List<PathInfo> infos = new ArrayList<>(chain(2));
    infos.add(source.put("large", NarTree.file("a".repeat(1_000_000))));
    source.nars.put(
        infos.get(2).path(),
        NarTree.file("a".repeat(500_000) + "b" + "a".repeat(499_999)).toNar().toByteArray());

    assertMismatch(infos, 2, "has 1000112 bytes with hash");
    assertThat(destination.partial).hasSize(1);
  }

  @Test
  void a_nar_that_is_too_long_is_cut_off() {
    List<PathInfo> infos = new ArrayList<>(chain(2));
    infos.add(source.put("large", NarTree.file("a".repeat(100_000))));
    source.nars.put(infos.get(2).path(), NarTree.file("a".repeat(1_000_000)).toNar().toByteArray());

    assertMismatch(infos, 2, "has more than that");
  }

  @Test
  void a_nar_that_is_too_short_is_noticed() {
    List<PathInfo> infos = new ArrayList<>(chain(2));
    infos.add(source.put("large", NarTree.file("a".repeat(100_000))));
    source.nars.put(infos.get(2).path(), NarTree.file("a").toNar().toByteArray());

    assertMismatch(infos, 2, "has 120 bytes with hash");
  }

  @Test
  void what_is_no_nar_is_a_fault_of_the_source() {
    List<PathInfo> infos = chain(3);
    byte[] nar = source.nars.get(infos.get(2).path()).clone();
    nar[30] = '!';
    source.nars.put(infos.get(2).path(), nar);

    CopyException failure = failure(infos, new Heard());

    assertThat(failure.side()).isEqualTo(Side.SOURCE);
    assertThat(failure.problem()).isEqualTo(StoreProblem.PROTOCOL);
    assertThat(failure).hasMessageContaining("the NAR of " + infos.get(2).path() + " at byte 24");
    assertThat(failure.confirmed()).hasSize(2);
  }

  @Test
  void a_path_that_the_destination_rejects_ends_the_copy() {
    List<PathInfo> infos = chain(500);
    destination.reject(infos.get(123));
    Heard heard = new Heard();

    CopyException failure = failure(infos, heard);

    assertThat(failure.side()).isEqualTo(Side.DESTINATION);
    assertThat(failure.problem()).isEqualTo(StoreProblem.REJECTED);
    assertThat(failure.sessionName()).isEqualTo("other");
    assertThat(failure.failedPath()).contains(infos.get(123).path());
    assertThat(failure.confirmed())
        .containsExactlyInAnyOrderElementsOf(paths(infos.subList(0, 123)));
    assertThat(heard.confirmed).isEqualTo(paths(infos.subList(0, 123)));
    assertThat(failure.evidence())
        .containsExactly("error: hash mismatch importing path '" + infos.get(123).path() + "'");
  }

  @Test
  void a_missing_reference_is_reported_by_the_destination() {
    List<PathInfo> infos = chain(3);

    CopyException failure = failure(infos.subList(1, 3), new Heard());

    assertThat(failure.side()).isEqualTo(Side.DESTINATION);
    assertThat(failure)
        .hasMessageContaining("error: path '" + infos.get(0).path() + "' is not valid");
  }

  @Test
  void aborting_both_sessions_ends_a_copy_that_is_stuck_at_the_source() throws Exception {
    List<PathInfo> infos = chain(10);
    source.getStuckAt(infos.get(5));
    Heard heard = new Heard();
    CompletableFuture<CopyException> copy =
        CompletableFuture.supplyAsync(() -> failure(infos, heard));

    source.isStuck.await();
    List.copyOf(sessions).forEach(StoreSession::abort);

    assertThat(copy.get().problem()).isEqualTo(StoreProblem.ABORTED);
    assertThat(sessions).noneMatch(StoreSession::isUsable);
  }

  @Test
  void aborting_both_sessions_ends_a_copy_that_is_stuck_at_the_destination() throws Exception {
    List<PathInfo> infos = new ArrayList<>(chain(3));
    infos.add(source.put("large", NarTree.file("a".repeat(1_000_000))));
    destination.getStuckAt(infos.get(3));
    CompletableFuture<CopyException> copy =
        CompletableFuture.supplyAsync(() -> failure(infos, new Heard()));

    destination.isStuck.await();
    List.copyOf(sessions).forEach(StoreSession::abort);

    assertThat(copy.get().problem()).isEqualTo(StoreProblem.ABORTED);
  }

  @Test
  void a_path_that_comes_twice_or_too_early_is_refused_before_anything_is_sent() {
    List<PathInfo> infos = chain(2);
    StoreSession from = open("one", source, SETTINGS);
    StoreSession to = open("other", destination, SETTINGS);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                ClosureCopy.copy(
                    List.of(infos.get(1), infos.get(0)), from, to, CopyListener.none()))
        .withMessageContaining("comes before");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                ClosureCopy.copy(
                    List.of(infos.get(0), infos.get(0)), from, to, CopyListener.none()))
        .withMessageContaining("comes twice");
    assertThat(from.isUsable()).isTrue();
    assertThat(to.isUsable()).isTrue();
  }

  @Test
  void a_listener_that_throws_ends_the_copy() {
    List<PathInfo> infos = chain(3);
    RuntimeException thrown = new RuntimeException("from the listener");

    RuntimeException caught =
        catchThrowableOfType(
            RuntimeException.class,
            () ->
                ClosureCopy.copy(
                    infos,
                    open("one", source, SETTINGS),
                    open("other", destination, SETTINGS),
                    new CopyListener() {
                      @Override
                      public void started(PathInfo info) {
                        throw thrown;
                      }
                    }));

    assertThat(caught).isSameAs(thrown);
    assertThat(destination.infos).isEmpty();
  }
}
