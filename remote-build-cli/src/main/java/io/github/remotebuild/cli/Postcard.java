package io.github.remotebuild.cli;

import io.github.remotebuild.model.DerivationBuilder;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarTree;
import io.github.remotebuild.testkit.embedded.BuildContext;
import io.github.remotebuild.testkit.embedded.EmbeddedFarm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * The derivations of the demo in a hub, and what must come of them.
 *
 * <p>The builder is a shell script in a process of its own where a store of this process can be
 * shown to one ({@code /proc}, so on Linux), and elsewhere a function that does the same.
 */
final class Postcard {
  private static final String FUNCTION = "draw-in-java";

  /** The only source: of a size that is worth being told of when it is copied. */
  private static final String SHEET = "sheet";

  private static final int SHEET_BYTES = 192 * 1024;

  private static final String SCRIPT =
      """
      printf '%s\\n' "$log" | while IFS= read -r line; do echo "$line"; sleep "$pause"; done
      for file in $needs; do
        text=$(cat "$file")
        for word in $find; do
          case $text in
            *"$word"*) echo "there is: $word" ;;
            *) echo "there is no $word in $file"; exit 1 ;;
          esac
        done
      done
      { for part in $parts; do cat "$part"; done; printf '%s' "$drawing"; } > "$out"
      """;

  /** What the builders are. */
  enum Builders {
    PROCESSES,
    FUNCTIONS
  }

  private final EmbeddedFarm farm;
  private final Builders builders;
  private final Map<String, StorePath> derivations = new LinkedHashMap<>();
  private final Map<String, String> expected = new HashMap<>();

  private Postcard(EmbeddedFarm farm, Builders builders) {
    this.farm = farm;
    this.builders = builders;
  }

  /** What builders can be on this computer. */
  static Builders builders() {
    boolean isShown =
        Files.isDirectory(Path.of("/proc/self/fd")) && Files.isExecutable(Path.of("/usr/bin/env"));
    return isShown ? Builders.PROCESSES : Builders.FUNCTIONS;
  }

  /** The name that the function below goes by. */
  static String functionName() {
    return FUNCTION;
  }

  /** Writes the derivations into the hub of the farm. */
  static Postcard write(EmbeddedFarm farm, Builders builders) {
    Postcard postcard = new Postcard(farm, builders);
    String fibres = fibres();
    StorePath sheet = farm.hub().store().addSource(SHEET, NarTree.file(fibres));
    postcard.expected.put(SHEET, fibres);
    Piece.all().forEach(piece -> postcard.add(piece, sheet));
    return postcard;
  }

  /** Always the same. */
  private static String fibres() {
    Random random = new Random(1);
    return random
        .ints(SHEET_BYTES, 0, 64)
        .mapToObj(i -> i == 0 ? "\n" : String.valueOf((char) ('0' + i)))
        .collect(Collectors.joining());
  }

  private void add(Piece piece, StorePath sheet) {
    List<String> needs = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    boolean isProcess = builders == Builders.PROCESSES;
    DerivationBuilder building =
        farm.derivation(piece.name())
            .system(piece.system())
            .builder(isProcess ? "/bin/sh" : FUNCTION)
            .arguments(isProcess ? new String[] {"-e", "-c", SCRIPT} : new String[0])
            .environment("PATH", "/usr/local/bin:/usr/bin:/bin")
            .environment("log", String.join("\n", piece.log()))
            .environment("pause", piece.pause())
            .environment("find", String.join(" ", piece.find()))
            .environment("drawing", piece.drawing());
    if (!piece.features().isEmpty()) {
      building = building.environment("requiredSystemFeatures", String.join(" ", piece.features()));
    }
    for (String need : piece.needs()) {
      building = building.input(derivation(need));
      needs.add(farm.output(derivation(need)).toString());
    }
    StringBuilder text = new StringBuilder();
    for (String part : piece.parts()) {
      if (part.equals(SHEET)) {
        building = building.sources(List.of(sheet));
        parts.add(sheet.toString());
      } else {
        building = building.input(derivation(part));
        parts.add(farm.output(derivation(part)).toString());
      }
      text.append(expected.get(part));
    }
    derivations.put(
        piece.name(),
        farm.add(
            building
                .environment("needs", String.join(" ", needs))
                .environment("parts", String.join(" ", parts))));
    expected.put(piece.name(), text + piece.drawing());
  }

  /** How many derivations there are. */
  int size() {
    return derivations.size();
  }

  /** The derivation that needs all others. */
  StorePath last() {
    return derivation("proof");
  }

  /** The derivation of a piece. */
  StorePath derivation(String piece) {
    StorePath path = derivations.get(piece);
    if (path == null) {
      throw new IllegalArgumentException("There is no piece '" + piece + "' before this one");
    }
    return path;
  }

  /** The picture. */
  String picture() {
    return farm.hub().store().text(farm.output(derivation("postcard")));
  }

  /** Compares every output in the hub with what it must be; says what is wrong. */
  List<String> check() {
    List<String> wrong = new ArrayList<>();
    derivations.forEach(
        (piece, derivation) -> {
          StorePath output = farm.output(derivation);
          if (!farm.hub().store().isValid(output)) {
            wrong.add(piece + ": " + output + " is not in the hub");
          } else if (!farm.hub().store().text(output).equals(expected.get(piece))) {
            wrong.add(piece + ": " + output + " holds something else than was expected");
          }
        });
    return wrong;
  }

  /** What the script does, in Java. */
  static void build(BuildContext context) throws IOException, InterruptedException {
    long pauseMillis = Math.round(Double.parseDouble(variable(context, "pause")) * 1000);
    for (String line : variable(context, "log").lines().toList()) {
      context.log(line);
      Thread.sleep(pauseMillis);
    }
    for (StorePath need : paths(context, "needs")) {
      for (String word : words(context, "find")) {
        if (!context.text(need).contains(word)) {
          throw new IllegalStateException("there is no " + word + " in " + need);
        }
      }
    }
    StringBuilder out = new StringBuilder();
    paths(context, "parts").forEach(part -> out.append(context.text(part)));
    context.write("out", out + variable(context, "drawing"));
  }

  private static String variable(BuildContext context, String name) {
    return context.variable(name).orElse("");
  }

  private static List<StorePath> paths(BuildContext context, String variable) {
    return words(context, variable).stream()
        .map(context.derivationPath().storeDir()::parse)
        .toList();
  }

  private static List<String> words(BuildContext context, String variable) {
    return Arrays.stream(variable(context, variable).split(" "))
        .filter(word -> !word.isEmpty())
        .toList();
  }
}
