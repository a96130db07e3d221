package io.github.remotebuild.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.Realisation;
import io.github.remotebuild.model.Signature;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import java.io.IOException;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads a realisation in the form that serve protocol 2.6 and 2.7 carry.
 *
 * <pre>
 * {"dependentRealisations": {id: base name, ...}, "id": "sha256:hex!output",
 *  "outPath": base name, "signatures": [text, ...]}
 * </pre>
 *
 * <p>Only {@code id} and {@code outPath} must be there; keys we do not know are skipped. Source:
 * {@code src/libstore/realisation.cc}, Nix 2.4 to 2.34.
 */
public final class RealisationJson {
  private static final String SOURCE = "realisation";

  private static final int DEPTH_LIMIT = 16;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(DEPTH_LIMIT).build())
          .build();

  private String id = "";
  private String outPath = "";
  private final SortedSet<Signature> signatures = new TreeSet<>();
  private final SortedMap<String, StorePath> dependents = new TreeMap<>();
  private final StoreDir storeDir;
  private final int signatureLimit;

  private RealisationJson(StoreDir storeDir, int signatureLimit) {
    this.storeDir = storeDir;
    this.signatureLimit = signatureLimit;
  }

  /**
   * Reads one.
   *
   * @param json the JSON in UTF-8, of a size that was checked
   * @param storeDir the store directory that its base names lie in
   * @param signatureLimit the most signatures there may be
   * @throws FormatException if it is none
   */
  public static Realisation read(byte[] json, StoreDir storeDir, int signatureLimit) {
    RealisationJson reading = new RealisationJson(storeDir, signatureLimit);
    try (JsonParser parser = FACTORY.createParser(json)) {
      reading.object(parser);
      if (parser.nextToken() != null) {
        throw problem(parser, "the end");
      }
    } catch (IOException e) {
      throw new FormatException(SOURCE, "", "JSON", String.valueOf(e.getMessage()));
    }
    return reading.result();
  }

  private void object(JsonParser parser) throws IOException {
    expect(parser, parser.nextToken(), JsonToken.START_OBJECT);
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (key) {
        case "id" -> id = text(parser, value);
        case "outPath" -> outPath = text(parser, value);
        case "signatures" -> signatures(parser, value);
        case "dependentRealisations" -> dependents(parser, value);
        default -> parser.skipChildren();
      }
    }
  }

  private void signatures(JsonParser parser, JsonToken value) throws IOException {
    expect(parser, value, JsonToken.START_ARRAY);
    for (JsonToken next = parser.nextToken();
        next != JsonToken.END_ARRAY;
        next = parser.nextToken()) {
      signatures.add(new Signature(text(parser, next)));
      if (signatures.size() > signatureLimit) {
        throw problem(parser, "at most " + signatureLimit + " signatures");
      }
    }
  }

  private void dependents(JsonParser parser, JsonToken value) throws IOException {
    expect(parser, value, JsonToken.START_OBJECT);
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      dependents.put(key, storeDir.parseBaseName(text(parser, parser.nextToken())));
    }
  }

  private Realisation result() {
    int mark = id.indexOf('!');
    if (mark <= 0 || mark == id.length() - 1) {
      throw new FormatException(SOURCE, "", "an id of the form hash!output", "'" + id + "'");
    }
    return new Realisation(
        Hash.parse(id.substring(0, mark)),
        id.substring(mark + 1),
        storeDir.parseBaseName(outPath),
        signatures,
        dependents);
  }

  private static String text(JsonParser parser, JsonToken token) throws IOException {
    expect(parser, token, JsonToken.VALUE_STRING);
    return parser.getText();
  }

  private static void expect(JsonParser parser, JsonToken found, JsonToken expected)
      throws IOException {
    if (found != expected) {
      throw problem(parser, expected.name());
    }
  }

  private static FormatException problem(JsonParser parser, String expected) {
    return new FormatException(
        SOURCE,
        "byte " + parser.currentLocation().getByteOffset(),
        expected,
        String.valueOf(parser.currentToken()));
  }
}
