package io.github.remotebuild.cli;

import io.github.remotebuild.model.StorePath;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Numbers with their nouns and units. */
final class Amounts {
  private Amounts() {}

  /** Such as {@code 1 path} or {@code 3 paths}. */
  static String count(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  /** Such as {@code 120 B} or {@code 3.4 MiB}. */
  static String size(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0
        ? bytes + " B"
        : String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
  }

  /**
   * Such as {@code a.drv}, {@code a.drv, b.drv} or {@code a.drv, b.drv, c.drv and 7 more}.
   *
   * @param count how many there are, known or not
   */
  static String names(List<StorePath> paths, int count) {
    int shown = Math.min(paths.size(), 3);
    String names =
        paths.subList(0, shown).stream().map(StorePath::name).collect(Collectors.joining(", "));
    return count > shown ? names + " and " + (count - shown) + " more" : names;
  }

  /** Such as {@code 2 paths, 3.4 MiB}. */
  static String paths(int paths, long bytes) {
    return count(paths, "path") + ", " + size(bytes);
  }

  /** Such as {@code 4.2s}, {@code 42s}, {@code 3m04s} or {@code 2h05m}; at most six columns. */
  static String elapsed(Duration duration) {
    Duration positive = duration.isNegative() ? Duration.ZERO : duration;
    long seconds = positive.toSeconds();
    if (seconds < 10) {
      return seconds + "." + positive.toMillisPart() / 100 + "s";
    }
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return String.format(Locale.ROOT, "%dm%02ds", seconds / 60, seconds % 60);
    }
    long hours = seconds / 3600;
    return hours < 100
        ? String.format(Locale.ROOT, "%dh%02dm", hours, seconds / 60 % 60)
        : hours / 24 + "d" + hours % 24 + "h";
  }
}
