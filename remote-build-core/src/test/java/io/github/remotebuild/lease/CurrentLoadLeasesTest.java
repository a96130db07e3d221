package io.github.remotebuild.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurrentLoadLeasesTest extends SlotLeasesContract {
  private static final long PATIENCE_SECONDS = 30;

  @TempDir Path directory;
  private final List<AutoCloseable> opened = new ArrayList<>();

  /** Hears of one slot. */
  private static final class Listener implements SlotAnswer {
    final BlockingQueue<Lease> granted = new LinkedBlockingQueue<>();
    final BlockingQueue<String> lost = new LinkedBlockingQueue<>();

    @Override
    public void granted(Lease lease) {
      granted.add(lease);
    }

    @Override
    public void refused(String reason) {
      throw new AssertionError("refused: " + reason);
    }

    @Override
    public void lost(Lease lease, String reason) {
      lost.add(reason);
    }
  }

  @Override
  CurrentLoadLeases open() {
    CurrentLoadLeases leases =
        CurrentLoadLeases.in(
            directory.resolve("current-load"), task -> new Thread(task, "lease-test"));
    opened.add(leases);
    return leases;
  }

  @Override
  int rounds() {
    return 20;
  }

  @BeforeEach
  void flock_is_on_the_path() {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "flock"))),
        "flock of util-linux is not on the PATH");
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  /** Locks a file as Nix does, until the test ends. */
  private void flock(String file) throws IOException {
    Path path = Files.createDirectories(directory.resolve("current-load")).resolve(file);
    Process process =
        new ProcessBuilder("flock", "-n", path.toString(), "sh", "-c", "echo held; exec cat")
            .start();
    opened.add(
        () -> {
          process.destroyForcibly();
          process.waitFor();
        });
    assertThat(process.inputReader().readLine()).isEqualTo("held");
  }

  private boolean isLocked(String file) throws Exception {
    Path path = directory.resolve("current-load").resolve(file);
    assertThat(path).exists();
    Process process = new ProcessBuilder("flock", "-n", path.toString(), "true").start();
    return process.waitFor() != 0;
  }

  @Test
  void a_slot_is_a_file_that_is_called_as_nix_calls_it_and_only_its_owner_may_open_it()
      throws Exception {
    granted(open(), new SlotRequest("a", List.of("ssh://root@host"), 2));

    Path file = directory.resolve("current-load/ssh:__root@host-0");
    assertThat(isLocked("ssh:__root@host-0")).isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(isLocked("main-lock")).isFalse();
  }

  @Test
  void a_slot_is_held_under_both_spellings_of_the_uri() throws Exception {
    List<String> spellings = List.of("ssh://h?b=1&a=2", "ssh://h?a=2&b=1");
    Lease lease = granted(open(), new SlotRequest("a", spellings, 2));

    assertThat(isLocked("ssh:__h?b=1&a=2-0")).isTrue();
    assertThat(isLocked("ssh:__h?a=2&b=1-0")).isTrue();
    lease.release();
    granted(open(), new SlotRequest("a", spellings, 1));
  }

  @Test
  void a_slot_that_nix_holds_under_either_spelling_is_not_handed_out() throws Exception {
    flock("ssh:__old-0");
    flock("ssh:__new-1");
    CurrentLoadLeases leases = open();
    List<String> spellings = List.of("ssh://old", "ssh://new");

    assertThat(granted(leases, new SlotRequest("a", spellings, 3)).slot()).isEqualTo(2);
    assertThat(ask(leases, new SlotRequest("a", spellings, 3)).refusal().orElseThrow())
        .contains("all 3 slots are held by Nix or another program");
  }

  @Test
  void two_programs_share_the_slots() {
    CurrentLoadLeases ours = open();
    CurrentLoadLeases theirs = open();
    SlotRequest request = new SlotRequest("a", 2);
    Lease first = granted(ours, request);
    granted(theirs, request);
    assertThat(ask(theirs, request).lease()).isEmpty();

    first.release();

    assertThat(ask(ours, request).lease()).as("given back").isPresent();
  }

  @Test
  void two_entries_of_one_store_uri_share_its_slots_as_in_nix() {
    CurrentLoadLeases leases = open();
    granted(leases, new SlotRequest("h linux", List.of("ssh://h"), 1));

    assertThat(ask(leases, new SlotRequest("h bsd", List.of("ssh://h"), 1)).lease()).isEmpty();
  }

  @Test
  void a_slot_whose_process_is_killed_is_lost_and_said_to_be() throws Exception {
    Listener listener = new Listener();
    open().request(new SlotRequest("a", List.of("ssh://killed"), 1), listener);
    assertThat(listener.granted.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();

    ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);

    assertThat(listener.lost.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .contains("the process that held slot 0 ended");
    assertThat(isLocked("ssh:__killed-0")).isFalse();
  }

  @Test
  void a_main_lock_that_somebody_keeps_is_a_refusal_in_the_end() throws Exception {
    flock("main-lock");

    assertThat(ask(open(), new SlotRequest("a", 1)).refusal().orElseThrow())
        .contains("main-lock was held by somebody for 10 s");
  }

  @Test
  void a_directory_that_cannot_be_made_is_a_refusal_with_its_reason() throws Exception {
    Files.writeString(directory.resolve("current-load"), "a file");

    assertThat(ask(open(), new SlotRequest("a", 1)).refusal().orElseThrow())
        .contains("cannot be asked for")
        .contains("current-load");
  }

  @Test
  void a_uri_too_long_for_a_file_name_is_a_refusal_that_says_so() {
    String uri = "ssh://" + "h".repeat(300);

    assertThat(ask(open(), new SlotRequest("a", List.of(uri), 1)).refusal().orElseThrow())
        .contains("too long to name a file after it");
  }

  @Test
  void closing_gives_the_slots_back_tells_their_builds_and_refuses_what_comes_later()
      throws Exception {
    Listener listener = new Listener();
    CurrentLoadLeases leases = open();
    leases.request(new SlotRequest("a", 1), listener);
    assertThat(listener.granted.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();

    leases.close();

    assertThat(listener.lost.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).contains("closed");
    assertThat(ask(leases, new SlotRequest("a", 1)).refusal().orElseThrow()).contains("closed");
    assertThat(ask(open(), new SlotRequest("a", 1)).lease()).isPresent();
  }
}
