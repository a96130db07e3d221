package io.github.remotebuild.testkit.embedded;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.ByteString;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a derivation that are given as JSON, as its builder gets them: once more as
 * JSON, with sorted keys, and as text for a shell. Immutable. Source: {@code
 * ParsedDerivation::prepareStructuredAttrs} and {@code writeStructuredAttrsShell}, Nix 2.8.
 */
final class StructuredAttributes {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final Pattern SHELL_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** A number, kept as it was written. */
  private record Numeral(String text) {
    /** What a shell gets, which knows whole numbers only. */
    Optional<String> whole() {
      double value = Double.parseDouble(text);
      return Math.rint(value) == value
          ? Optional.of(Long.toString((long) value))
          : Optional.empty();
    }
  }

  private enum Null {
    NULL
  }

  private final SortedMap<String, Object> members;

  private StructuredAttributes(SortedMap<String, Object> members) {
    this.members = members;
  }

  static StructuredAttributes parse(ByteString json) throws BuildFailedException {
    try (JsonParser in = FACTORY.createParser(json.toByteArray())) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new BuildFailedException(
            BuildStatus.INPUT_REJECTED, "structured attributes are no JSON object");
      }
      return new StructuredAttributes(object(in));
    } catch (JsonProcessingException e) {
      throw new BuildFailedException(
          BuildStatus.INPUT_REJECTED,
          "structured attributes are no JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SortedMap<String, Object> object(JsonParser in) throws IOException {
    SortedMap<String, Object> object = new TreeMap<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      in.nextToken();
      object.put(name, value(in));
    }
    return object;
  }

  private static Object value(JsonParser in) throws IOException {
    return switch (in.currentToken()) {
      case START_OBJECT -> object(in);
      case START_ARRAY -> array(in);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> Null.NULL;
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Numeral(in.getText());
      default -> in.getText();
    };
  }

  private static List<Object> array(JsonParser in) throws IOException {
    List<Object> array = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      array.add(value(in));
    }
    return array;
  }

  /** The same with the paths of the outputs by name. */
  StructuredAttributes withOutputs(SortedMap<String, String> outputs) {
    SortedMap<String, Object> more = new TreeMap<>(members);
    more.put("outputs", new TreeMap<String, Object>(outputs));
    return new StructuredAttributes(more);
  }

  String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      write(out, members);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator out, @Nullable Object value) throws IOException {
    if (value instanceof Map<?, ?> object) {
      out.writeStartObject();
      for (Map.Entry<?, ?> member : object.entrySet()) {
        out.writeFieldName((String) member.getKey());
        write(out, member.getValue());
      }
      out.writeEndObject();
    } else if (value instanceof List<?> array) {
      out.writeStartArray();
      for (Object element : array) {
        write(out, element);
      }
      out.writeEndArray();
    } else if (value instanceof Numeral number) {
      out.writeNumber(number.text());
    } else if (value instanceof Boolean bool) {
      out.writeBoolean(bool);
    } else if (value instanceof String text) {
      out.writeString(text);
    } else {
      out.writeNull();
    }
  }

  /** Declarations of bash variables, of what can be one. */
  String shell() {
    StringBuilder text = new StringBuilder();
    members.forEach(
        (name, value) -> {
          if (SHELL_NAME.matcher(name).matches()) {
            declaration(name, value).ifPresent(text::append);
          }
        });
    return text.toString();
  }

  private static Optional<String> declaration(String name, Object value) {
    if (value instanceof List<?> array) {
      StringBuilder words = new StringBuilder("declare -a " + name + "=(");
      for (Object element : array) {
        Optional<String> word = word(element);
        if (word.isEmpty()) {
          return Optional.empty();
        }
        words.append(word.get()).append(' ');
      }
      return Optional.of(words.append(")\n").toString());
    }
    if (value instanceof Map<?, ?> object) {
      StringBuilder words = new StringBuilder("declare -A " + name + "=(");
      for (Map.Entry<?, ?> member : object.entrySet()) {
        Optional<String> word = word(member.getValue());
        if (word.isEmpty()) {
          return Optional.empty();
        }
        words.append('[').append(quoted((String) member.getKey())).append("]=");
        words.append(word.get()).append(' ');
      }
      return Optional.of(words.append(")\n").toString());
    }
    return word(value).map(word -> "declare " + name + "=" + word + "\n");
  }

  private static Optional<String> word(@Nullable Object value) {
    if (value instanceof String text) {
      return Optional.of(quoted(text));
    }
    if (value instanceof Numeral number) {
      return number.whole();
    }
    if (value instanceof Boolean bool) {
      return Optional.of(bool ? "1" : "");
    }
    return value == Null.NULL ? Optional.of("''") : Optional.empty();
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
