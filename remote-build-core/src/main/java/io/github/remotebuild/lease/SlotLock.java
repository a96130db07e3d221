package io.github.remotebuild.lease;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A slot of {@code current-load} that is locked by a process of ours. */
final class SlotLock {
  /** What is read of the process's answer and of what it complains about, in bytes. */
  private static final int ANSWER_LIMIT = 4096;

  /** The longest name of a file on the systems that Nix runs on. */
  private static final int NAME_LIMIT = 255;

  /**
   * Answers {@code held SLOT} and keeps the locks until its input ends, or answers {@code none} or
   * {@code busy} and ends. Everything it waits for has a bound. Arguments: the main lock, how many
   * seconds to wait for it, how many slots there are, and the files' names without the number.
   * Descriptor 9 is the main lock, 7 and 8 are the slot.
   */
  private static final String SCRIPT =
      """
      umask 077
      exec 9>>"$1" || exit 3
      flock -w "$2" 9
      case $? in 0) ;; 1) echo busy; exit 0 ;; *) exit 3 ;; esac
      slot=0
      while [ "$slot" -lt "$3" ]; do
        exec 7>>"$4-$slot" || exit 3
        flock -n 7
        taken=$?
        if [ "$taken" = 0 ] && [ "$4" != "$5" ]; then
          exec 8>>"$5-$slot" || exit 3
          flock -n 8
          taken=$?
        fi
        case $taken in
          0)
            touch -c "$4-$slot" "$5-$slot"
            exec 9>&-
            echo "held $slot"
            exec cat >/dev/null ;;
          1) ;;
          *) exit 3 ;;
        esac
        slot=$((slot + 1))
      done
      echo none
      """;

  private final Process process;
  private final int slot;

  private SlotLock(Process process, int slot) {
    this.process = process;
    this.slot = slot;
  }

  /** There is no slot, or nobody can tell. */
  static final class NotTakenException extends Exception {
    private static final long serialVersionUID = 1L;

    NotTakenException(String reason) {
      super(reason);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  /** Locks the lowest slot that is free. Waits for the main lock, and not for a slot. */
  static SlotLock take(Path directory, SlotRequest request, Duration mainLockTimeout)
      throws NotTakenException, InterruptedException {
    Process process;
    String answer;
    try {
      Files.createDirectories(directory);
      process = start(directory, request, mainLockTimeout);
      // The script bounds its own waits, so this read ends.
      answer = readLine(process);
    } catch (IOException e) {
      throw new NotTakenException(
          "the slots in " + directory + " cannot be asked for: " + e.getMessage());
    }
    if (answer.startsWith("held ")) {
      return new SlotLock(process, Integer.parseInt(answer.substring("held ".length())));
    }
    String complaint = complaint(process);
    process.destroyForcibly();
    throw new NotTakenException(
        switch (answer) {
          case "none" ->
              "all "
                  + request.maxJobs()
                  + " slots are held by Nix or another program, says "
                  + directory;
          case "busy" ->
              directory.resolve("main-lock")
                  + " was held by somebody for "
                  + mainLockTimeout.toSeconds()
                  + " s";
          default -> "the slots in " + directory + " cannot be locked: " + complaint;
        });
  }

  private static Process start(Path directory, SlotRequest request, Duration mainLockTimeout)
      throws IOException, NotTakenException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "sh",
                "-c",
                SCRIPT,
                "sh",
                directory.resolve("main-lock").toString(),
                Long.toString(mainLockTimeout.toSeconds()),
                Integer.toString(request.maxJobs())));
    List<String> names = fileNames(request);
    command.add(directory.resolve(names.get(0)).toString());
    command.add(directory.resolve(names.get(names.size() - 1)).toString());
    return new ProcessBuilder(command).start();
  }

  /** One name or two, without the number. */
  private static List<String> fileNames(SlotRequest request) throws NotTakenException {
    Set<String> names = new LinkedHashSet<>();
    for (String uri : request.storeUris()) {
      String name = uri.replace('/', '_');
      if (name.getBytes(UTF_8).length + String.valueOf(request.maxJobs()).length() >= NAME_LIMIT) {
        throw new NotTakenException("the store URI is too long to name a file after it: " + uri);
      }
      names.add(name);
    }
    if (names.size() > 2) {
      throw new NotTakenException("a store URI has more than two spellings: " + names);
    }
    return List.copyOf(names);
  }

  private static String readLine(Process process) throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.length() < ANSWER_LIMIT) {
      int read = process.getInputStream().read();
      if (read < 0 || read == '\n') {
        break;
      }
      line.append((char) read);
    }
    return line.toString();
  }

  private static String complaint(Process process) throws InterruptedException {
    try {
      process.getOutputStream().close();
      String said = new String(process.getErrorStream().readNBytes(ANSWER_LIMIT), UTF_8).strip();
      return said.isEmpty() ? "sh ended with exit status " + process.waitFor() : said;
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  int slot() {
    return slot;
  }

  void onEnd(Runnable action) {
    CompletableFuture<Void> unused = process.onExit().thenRun(action);
  }

  /** Frees the slot, a moment later. */
  void end() {
    // It has nothing to put in order, and the kernel frees the lock.
    process.destroyForcibly();
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // Its input is closed with the process in any case.
    }
  }

  void awaitEnd(Duration limit) throws InterruptedException {
    process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public String toString() {
    return "slot " + slot;
  }
}
