package io.github.remotebuild.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Some members of a JSON object; the rest is checked to be JSON and forgotten.
 *
 * <p>Of a repeated member the last one counts, as in Nix. Immutable.
 */
public final class JsonAttributes {
  /** How deep objects and arrays may be nested. */
  static final int DEPTH_LIMIT = 1000;

  /** Without interning: names from outside would stay in memory for ever. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_LIMIT)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final Map<String, Object> members;

  private JsonAttributes(Map<String, Object> members) {
    this.members = members;
  }

  /** Stands for a member that is neither string, boolean nor list of strings. */
  private enum Other {
    VALUE
  }

  /**
   * Reads an object.
   *
   * @param utf8 the text; its length is the limit for everything in it
   * @param wanted the names of the members to keep
   * @throws JsonProblem if it is not one JSON object
   */
  public static JsonAttributes read(byte[] utf8, Set<String> wanted) throws JsonProblem {
    try (JsonParser in = FACTORY.createParser(utf8)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new JsonProblem("a JSON object", 0);
      }
      Map<String, Object> members = new HashMap<>();
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        in.nextToken();
        if (wanted.contains(name)) {
          members.put(name, value(in));
        } else {
          in.skipChildren();
        }
      }
      if (in.nextToken() != null) {
        throw new JsonProblem(
            "nothing after the JSON object", in.currentTokenLocation().getByteOffset());
      }
      return new JsonAttributes(members);
    } catch (JsonProcessingException e) {
      long offset = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
      throw new JsonProblem("JSON (" + e.getOriginalMessage() + ")", offset);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object value(JsonParser in) throws IOException {
    JsonToken token = in.currentToken();
    if (token == JsonToken.VALUE_STRING) {
      return in.getText();
    }
    if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
      return token == JsonToken.VALUE_TRUE;
    }
    if (token != JsonToken.START_ARRAY) {
      in.skipChildren();
      return Other.VALUE;
    }
    List<String> strings = new ArrayList<>();
    boolean onlyStrings = true;
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (in.currentToken() == JsonToken.VALUE_STRING) {
        strings.add(in.getText());
      } else {
        onlyStrings = false;
        in.skipChildren();
      }
    }
    return onlyStrings ? Collections.unmodifiableList(strings) : Other.VALUE;
  }

  /** The member {@code name}, if there is one and it is a string. */
  public Optional<String> string(String name) {
    return members.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /** The member {@code name}, if there is one and it is true or false. */
  public Optional<Boolean> bool(String name) {
    return members.get(name) instanceof Boolean value ? Optional.of(value) : Optional.empty();
  }

  /** The member {@code name}, if there is one and it is a list of strings. */
  public Optional<List<String>> strings(String name) {
    if (!(members.get(name) instanceof List<?> list)) {
      return Optional.empty();
    }
    List<String> strings = new ArrayList<>(list.size());
    list.forEach(element -> strings.add((String) element));
    return Optional.of(strings);
  }

  /** Whether there is a member {@code name} among the wanted ones. */
  public boolean has(String name) {
    return members.containsKey(name);
  }
}
