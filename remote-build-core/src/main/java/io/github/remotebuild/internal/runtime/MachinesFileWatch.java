package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.machines.IncludeReader;
import io.github.remotebuild.machines.MachinesFile;
import io.github.remotebuild.machines.MachinesFileException;
import io.github.remotebuild.model.SystemType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Looks at a machines file and what it includes, and tells what is new. For one thread at a time.
 *
 * <p>What the files say is compared, and not when they were written: editors replace files, and
 * clocks are set. What is new is taken when two looks in a row have found the same, so that a file
 * is not taken while it is being written.
 */
final class MachinesFileWatch {
  /** What a look has found. */
  sealed interface Finding {
    /** What was known already. */
    record Same() implements Finding {}

    /** Something else, which may still be in the making. */
    record Unsettled() implements Finding {}

    /** Another list. */
    record Read(MachinesFile file) implements Finding {}

    /**
     * Something else that is no list.
     *
     * @param problem what is wrong, for a person
     */
    record Refused(String problem) implements Finding {}
  }

  /** What was asked of the file system. */
  private record Question(String path, String includedFrom) {}

  /**
   * One way through the files.
   *
   * @param questions what was asked of the file system
   * @param fingerprint tells the answers from all others
   * @param finding what they mean
   */
  private record Reading(List<Question> questions, String fingerprint, Finding finding) {}

  private final String file;
  private final SystemType localSystem;
  private final IncludeReader files;
  private Optional<Reading> known = Optional.empty();
  private String unsettled = "";

  /**
   * A watch to which everything is new.
   *
   * @param files opens the file itself, too
   */
  MachinesFileWatch(Path file, SystemType localSystem, IncludeReader files) {
    this.file = file.toAbsolutePath().normalize().toString();
    this.localSystem = localSystem;
    this.files = files;
  }

  Finding look() {
    if (known.isPresent() && isAsBefore(known.get())) {
      unsettled = "";
      return new Finding.Same();
    }
    Reading reading = read();
    if (!reading.fingerprint.equals(unsettled)) {
      unsettled = reading.fingerprint;
      return new Finding.Unsettled();
    }
    unsettled = "";
    known = Optional.of(reading);
    return reading.finding;
  }

  private boolean isAsBefore(Reading before) {
    Recorder recorder = new Recorder(files);
    for (Question question : before.questions) {
      try {
        recorder.open(question.path, question.includedFrom);
      } catch (IOException e) {
        // Recorded, as every answer is.
      }
    }
    return recorder.fingerprint().equals(before.fingerprint);
  }

  private Reading read() {
    Recorder recorder = new Recorder(files);
    Finding finding;
    try {
      Optional<IncludeReader.Included> top = recorder.open(file, file);
      finding =
          top.isEmpty()
              ? new Finding.Refused(problem("the file is not there"))
              : new Finding.Read(
                  MachinesFile.parse(top.get().name(), top.get().text(), localSystem, recorder));
    } catch (IOException e) {
      finding = new Finding.Refused(problem(String.valueOf(e)));
    } catch (MachinesFileException e) {
      finding = new Finding.Refused(String.valueOf(e.getMessage()));
    }
    return new Reading(recorder.questions, recorder.fingerprint(), finding);
  }

  private String problem(String reason) {
    return "Could not read the machines in " + file + ": " + reason;
  }

  /** Notes what was asked and answered. */
  private static final class Recorder implements IncludeReader {
    private final IncludeReader files;
    private final MessageDigest answers;
    final List<Question> questions = new ArrayList<>();

    Recorder(IncludeReader files) {
      this.files = files;
      try {
        answers = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("Every Java has SHA-256", e);
      }
    }

    @Override
    public Optional<Included> open(String path, String includedFrom) throws IOException {
      questions.add(new Question(path, includedFrom));
      try {
        Optional<Included> found = files.open(path, includedFrom);
        note(found.map(included -> "is " + included.text()).orElse("is not there"));
        return found;
      } catch (IOException e) {
        note("fails " + e);
        throw e;
      }
    }

    private void note(String answer) {
      byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
      answers.update((bytes.length + " ").getBytes(StandardCharsets.UTF_8));
      answers.update(bytes);
    }

    /** Of what was answered so far; once only. */
    String fingerprint() {
      return HexFormat.of().formatHex(answers.digest());
    }
  }
}
