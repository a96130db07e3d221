package io.github.remotebuild.cli;

import io.github.remotebuild.model.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One derivation of the demo: a piece of a postcard. Immutable.
 *
 * @param name what it is called
 * @param system what it has to be built on
 * @param features what its machine must have
 * @param needs what must be there, and is only looked at
 * @param parts what it begins with
 * @param find the words that what it needs must hold
 * @param pause seconds between two log lines, for {@code sleep}
 * @param log what its builder says
 * @param drawing what it adds below its parts
 */
record Piece(
    String name,
    String system,
    List<String> features,
    List<String> needs,
    List<String> parts,
    List<String> find,
    String pause,
    List<String> log,
    String drawing) {
  private static final String RESOURCE = "postcard.txt";
  private static final String HEAD = "== ";
  private static final String SAYS = "> ";
  private static final int FIELDS = 7;

  Piece {
    features = List.copyOf(features);
    needs = List.copyOf(needs);
    parts = List.copyOf(parts);
    find = List.copyOf(find);
    log = List.copyOf(log);
  }

  /** All pieces of the postcard; each comes after those it needs. */
  static List<Piece> all() {
    try (InputStream in = Piece.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is not in the jar");
      }
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Piece> parse(String text) {
    List<Piece> pieces = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (String line : text.lines().filter(l -> !l.startsWith("#")).toList()) {
      if (line.startsWith(HEAD) && !lines.isEmpty()) {
        pieces.add(piece(lines));
        lines.clear();
      }
      lines.add(line);
    }
    pieces.add(piece(lines));
    return List.copyOf(pieces);
  }

  private static Piece piece(List<String> lines) {
    List<String> fields =
        Arrays.stream(lines.get(0).substring(HEAD.length()).split(";", -1))
            .map(String::strip)
            .toList();
    if (fields.size() != FIELDS) {
      throw new FormatException(RESOURCE, lines.get(0), FIELDS + " fields", fields.toString());
    }
    List<String> log =
        lines.stream().filter(l -> l.startsWith(SAYS)).map(l -> l.substring(2)).toList();
    StringBuilder drawing = new StringBuilder();
    lines.stream()
        .skip(1)
        .filter(line -> !line.startsWith(SAYS))
        .forEach(line -> drawing.append(line).append('\n'));
    return new Piece(
        fields.get(0),
        fields.get(1),
        words(fields.get(2)),
        words(fields.get(3)),
        words(fields.get(4)),
        words(fields.get(5)),
        fields.get(6),
        log,
        drawing.toString());
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty()).toList();
  }
}
