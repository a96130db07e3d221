package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.internal.runtime.FailureTable.Meaning;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.RetryAdvice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The tables of {@code docs/failures.md}. */
final class FailureTableText {
  private static final Path FILE = Path.of("../docs/failures.md");

  private FailureTableText() {}

  /** The rows of the table below a heading, without its head. */
  static List<List<String>> rows(String heading) {
    String text;
    try {
      text = Files.readString(FILE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int begin = text.indexOf("\n## " + heading + "\n");
    assertThat(begin).as("the heading '" + heading + "' of " + FILE).isNotNegative();
    int end = text.indexOf("\n## ", begin + 1);
    List<List<String>> rows =
        text.substring(begin, end < 0 ? text.length() : end)
            .lines()
            .filter(line -> line.startsWith("|"))
            .skip(2)
            .map(FailureTableText::cells)
            .toList();
    assertThat(rows).as("the table below '" + heading + "'").isNotEmpty();
    return rows;
  }

  private static List<String> cells(String line) {
    String[] cells = line.split("\\|", -1);
    return Arrays.stream(cells).skip(1).limit(cells.length - 2).map(String::strip).toList();
  }

  static Meaning meaningOf(Failure failure) {
    return new Meaning(failure.cause(), failure.culprit(), failure.retry());
  }

  /** Reads {@code TIMED_OUT / DERIVATION / NEVER}. */
  static Meaning meaning(String cell) {
    String[] parts = cell.split(" / ");
    assertThat(parts).as(cell).hasSize(3);
    return new Meaning(
        FailureCause.valueOf(parts[0]), Culprit.valueOf(parts[1]), RetryAdvice.valueOf(parts[2]));
  }
}
