package io.github.remotebuild.machines;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.machines.IncludeReader.Included;
import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.SystemType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with what real Nix made of the same text; see {@code golden/machines/README.md}. */
class GoldenMachinesTest {
  /** What Nix 2.26 reads and we refuse; each is documented where it is refused. */
  private static final Set<String> STRICTER =
      Set.of(
          "include-empty",
          "speed-inf",
          "speed-nan",
          "jobs-max",
          "commas-systems",
          "key-padmid",
          "key-empty-pad",
          "uri-dup",
          "uri-noeq",
          "uri-hostpath",
          "uri-hostslash",
          "uri-minus",
          "uri-userminus",
          "uri-nouser",
          "uri-nohost",
          "uri-two-at",
          "uri-pw",
          "uri-portbad",
          "uri-port0",
          "uri-portbig",
          "uri-emptyport");

  /** Where 2.26 prints the URI otherwise than 2.34: words spelled out, addresses as written. */
  private static final Set<String> OTHER_URI =
      Set.of("uri-daemon", "uri-local", "uri-v6", "uri-zone-raw", "uri-pcthost");

  private static final Map<String, String> FILES =
      Map.of(
          "/dir/inc", "i1\n# c\ni2 i686-linux\n",
          "/dir/nest", "n1\n@/dir/inc\nn2\n");

  private record Entry(
      String uri, String systems, int maxJobs, String supported, String mandatory) {
    static Entry parse(String line) {
      String[] words = line.split(" ", -1);
      return new Entry(
          words[2], sorted(words[3]), Integer.parseUnsignedInt(words[4]), words[5], words[6]);
    }

    static Entry of(Machine machine, boolean hasUri) {
      return new Entry(
          hasUri ? machine.storeUri().canonical() : "?",
          String.join(",", machine.systems().stream().map(SystemType::name).toList()),
          machine.maxJobs(),
          text(machine.supportedFeatures()),
          text(machine.mandatoryFeatures()));
    }

    private static String sorted(String names) {
      return String.join(",", new TreeSet<>(List.of(names.split(",", -1))));
    }

    private static String text(Features features) {
      return features.isEmpty() ? "-" : features.toString();
    }
  }

  private record Case(
      String name, String text, Optional<List<Entry>> in28, Optional<List<Entry>> in226) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    List<String> block = new ArrayList<>();
    for (String line : lines()) {
      if (line.isEmpty()) {
        cases.add(parse(block));
        block.clear();
      } else {
        block.add(line);
      }
    }
    cases.add(parse(block));
    return cases.stream();
  }

  private static List<String> lines() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                GoldenMachinesTest.class.getResourceAsStream("/golden/machines/entries.txt"),
                StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Case parse(List<String> block) {
    String text =
        block
            .get(1)
            .substring("text ".length())
            .replace("\\n", "\n")
            .replace("\\t", "\t")
            .replace("\\r", "\r")
            .replace("\\f", "\f")
            .replace("\\u00a0", "\u00a0");
    return new Case(
        block.get(0).substring("case ".length()), text, in(block, "2.8 "), in(block, "2.26 "));
  }

  private static Optional<List<Entry>> in(List<String> block, String release) {
    List<String> lines = block.stream().filter(line -> line.startsWith(release)).toList();
    if (lines.get(0).equals(release + "error")) {
      return Optional.empty();
    }
    return Optional.of(
        lines.stream().filter(line -> !line.endsWith(" none")).map(Entry::parse).toList());
  }

  private static MachinesFile read(Case given) {
    return MachinesFile.parse(
        "golden",
        given.text(),
        SystemType.of("x86_64-linux"),
        (path, from) -> Optional.ofNullable(FILES.get(path)).map(text -> new Included(path, text)));
  }

  private static List<Entry> entries(MachinesFile file, List<Entry> expected) {
    List<Entry> entries = new ArrayList<>();
    for (Machine machine : file.machines()) {
      int i = entries.size();
      boolean hasUri = i < expected.size() && !expected.get(i).uri().equals("?");
      entries.add(Entry.of(machine, hasUri));
    }
    return entries;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void without_a_warning_both_releases_read_the_same_machines(Case given) {
    MachinesFile file;
    try {
      file = read(given);
    } catch (MachinesFileException refused) {
      assertThat(given.in226().isEmpty() || STRICTER.contains(given.name()))
          .as("%s is refused here: %s", given.name(), refused.getMessage())
          .isTrue();
      return;
    }
    assertThat(STRICTER).as("refused here, or so it says").doesNotContain(given.name());
    if (!file.warnings().isEmpty()) {
      return;
    }
    assertThat(given.in28()).as("2.8 refuses it, and there is no warning").isPresent();
    assertThat(given.in226()).as("2.26 refuses it, and there is no warning").isPresent();
    assertThat(entries(file, given.in28().get())).isEqualTo(given.in28().get());
    if (!OTHER_URI.contains(given.name())) {
      assertThat(entries(file, given.in226().get())).isEqualTo(given.in226().get());
    }
  }

  @Test
  void the_cases_where_the_releases_differ_from_today_have_warnings() {
    for (String name :
        List.of(
            "comment-semicolon",
            "comment-trailing-semicolon",
            "blank-comment",
            "blank-line",
            "semi-blank",
            "crlf-blank",
            "include-indented",
            "include-in-line",
            "include-missing",
            "speed-decimal",
            "speed-exp",
            "extra",
            "uri-port",
            "uri-pcthost")) {
      Case given = cases().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
      assertThat(read(given).warnings()).as(name).isNotEmpty();
    }
  }
}
