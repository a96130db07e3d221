package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.internal.runtime.FailureTable.Meaning;
import io.github.remotebuild.model.BuildResult;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.StorePath;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a machine says of a build that failed, beyond the status: Nix's message, and the end of the
 * builder's log.
 *
 * <p>Words are not trusted: a builder may print anything, and the next release may say it
 * otherwise. So they only ever take certainty away. They may turn a verdict on the derivation into
 * a failure of unknown origin, or name the kind of a failure more exactly, but never the reverse.
 * What they say was seen with Nix 2.8.0 and 2.26.3; see {@code docs/failures.md}.
 */
final class BuildWords {
  /** How many of the last lines of a log are looked at. */
  static final int LOG_LINES = 20;

  /** How Nix says that a build passed its time: {@code ...timed out after 2 seconds of silence}. */
  private static final Pattern TOO_LATE =
      Pattern.compile("timed out after (\\d{1,18}) seconds( of silence)?\\.?$");

  /** How it says that a build wrote too much. */
  private static final Pattern TOO_MUCH_LOG =
      Pattern.compile("killed after writing more than (\\d{1,18}) bytes of log output\\.?$");

  /** How newer releases, such as 2.34, begin; {@code Reason: ...} follows. */
  private static final Pattern CANNOT = Pattern.compile("^Cannot build '[^']*'\\.$");

  private static final Pattern DISK =
      Pattern.compile("No space left on device|Disk quota exceeded|lack of free disk space");

  private static final Pattern MEMORY =
      Pattern.compile(
          "Cannot allocate memory|[Oo]ut of memory|memory exhausted|std::bad_alloc"
              + "|Killed signal terminated program|signal: 9, SIGKILL");

  /** Signal 9 comes from outside: from an administrator, or from a kernel short of memory. */
  private static final Pattern KILLED =
      Pattern.compile("failed due to signal 9\\b|failed with exit code 137\\b");

  private static final Pattern INPUT_GONE =
      Pattern.compile("dependency '[^']+' of '[^']+' does not exist");

  /** How 2.8 and 2.26 say, with {@code MiscFailure}, what later ones have a status for. */
  private static final Pattern WRONG_MACHINE =
      Pattern.compile("a '[^']*' with features \\{.*} is required to build '[^']+', but I am a '");

  private final StorePath derivation;
  private final List<String> words;
  private final List<String> log;

  /**
   * Takes the words.
   *
   * @param derivation what was to be built
   * @param result what the machine says
   * @param log the last lines of the builder's log, oldest first, as far as they are known
   */
  BuildWords(StorePath derivation, BuildResult result, List<String> log) {
    this.derivation = derivation;
    this.words =
        result.plainErrorMessage().lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    this.log = log.subList(Math.max(0, log.size() - LOG_LINES), log.size());
  }

  /** Whether a store process says of itself that its disk is full. */
  static boolean isDiskFull(String message) {
    return DISK.matcher(message).find();
  }

  /** What the status means, given these words. */
  Meaning refine(Meaning ofStatus) {
    boolean isNixShort = saysNix(DISK);
    if (isNixShort
        || (ofStatus.isVerdict() && (saysLog(DISK) || saysLog(MEMORY) || saysNix(MEMORY)))) {
      return Meaning.unclear(FailureCause.RESOURCES_EXHAUSTED);
    }
    if (ofStatus.isVerdict()) {
      return saysNix(KILLED) ? Meaning.unclear(ofStatus.cause()) : ofStatus;
    }
    if (ofStatus.cause() != FailureCause.OTHER) {
      return ofStatus;
    }
    if (saysNix(INPUT_GONE)) {
      return Meaning.unclear(FailureCause.INPUT_MISSING);
    }
    return saysNix(WRONG_MACHINE) ? Meaning.unclear(FailureCause.INPUT_REJECTED) : ofStatus;
  }

  /** Whether Nix itself says it; some releases quote the log, with a sign before each line. */
  private boolean saysNix(Pattern what) {
    return words.stream().anyMatch(line -> !line.startsWith(">") && what.matcher(line).find());
  }

  private boolean saysLog(Pattern what) {
    return log.stream().anyMatch(line -> what.matcher(line).find())
        || words.stream().anyMatch(line -> line.startsWith(">") && what.matcher(line).find());
  }

  /** The reason, as the end of a sentence; empty if there are no words. */
  String reason() {
    if (words.isEmpty()) {
      return "";
    }
    String first = withoutPrefix(words.get(reasonAt()));
    Matcher late = TOO_LATE.matcher(first);
    if (late.find()) {
      return "it "
          + (late.group(2) == null ? "ran" : "printed nothing")
          + " for more than "
          + Texts.duration(Duration.ofSeconds(Long.parseLong(late.group(1))))
          + ", and was stopped";
    }
    Matcher log = TOO_MUCH_LOG.matcher(first);
    if (log.find()) {
      return "it wrote more than " + log.group(1) + " bytes of log, and was stopped";
    }
    String reason = first.endsWith(";") ? first.substring(0, first.length() - 1) : first;
    String subject = "builder for '" + derivation + "' ";
    return reason.startsWith(subject)
        ? "its builder " + reason.substring(subject.length())
        : reason;
  }

  /** What Nix says besides. */
  List<String> evidence() {
    return words.stream()
        .skip(words.isEmpty() ? 0 : reasonAt() + 1L)
        .filter(line -> !line.startsWith("For full logs, run"))
        .toList();
  }

  /** Which line says why. */
  private int reasonAt() {
    boolean isIntroduced =
        words.size() > 1
            && CANNOT.matcher(withoutPrefix(words.get(0))).matches()
            && words.get(1).startsWith("Reason: ");
    return isIntroduced ? 1 : 0;
  }

  private static String withoutPrefix(String line) {
    for (String prefix : List.of("error: ", "Reason: ")) {
      if (line.startsWith(prefix)) {
        return line.substring(prefix.length());
      }
    }
    return line;
  }
}
