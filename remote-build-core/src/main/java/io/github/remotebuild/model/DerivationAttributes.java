package io.github.remotebuild.model;

import io.github.remotebuild.internal.json.JsonAttributes;
import io.github.remotebuild.internal.json.JsonProblem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;

/** The attributes of a derivation that Nix itself reads, in either of their two forms. */
abstract class DerivationAttributes {
  static final ByteString JSON = ByteString.of("__json");

  /** Reads the variable {@code __json} if there is one, and the other variables if not. */
  static DerivationAttributes of(Map<ByteString, ByteString> environment, Set<String> wanted) {
    ByteString json = environment.get(JSON);
    if (json == null) {
      return new Plain(environment);
    }
    try {
      return new Structured(JsonAttributes.read(json.unsafeBytes(), wanted));
    } catch (JsonProblem e) {
      throw new FormatException(
          "structured attributes of a derivation",
          "byte " + e.offset() + " of __json",
          e.expected(),
          "'" + json.utf8() + "'");
    }
  }

  abstract Optional<String> string(String name);

  abstract Optional<Boolean> bool(String name);

  abstract Optional<List<String>> strings(String name);

  /** One variable for each attribute; only {@code 1} is true, a list is split at white space. */
  private static final class Plain extends DerivationAttributes {
    private final Map<ByteString, ByteString> environment;

    Plain(Map<ByteString, ByteString> environment) {
      this.environment = environment;
    }

    @Override
    Optional<String> string(String name) {
      ByteString value = environment.get(ByteString.of(name));
      if (value == null) {
        return Optional.empty();
      }
      String text = value.utf8();
      byte[] again = ByteString.of(text).unsafeBytes();
      if (!Arrays.equals(again, value.unsafeBytes())) {
        throw new FormatException("attribute " + name + " of a derivation", "", "UTF-8", text);
      }
      return Optional.of(text);
    }

    @Override
    Optional<Boolean> bool(String name) {
      return string(name).map(text -> text.equals("1"));
    }

    @Override
    Optional<List<String>> strings(String name) {
      return string(name)
          .map(
              text -> {
                List<String> words = new ArrayList<>();
                StringTokenizer rest = new StringTokenizer(text, " \t\n\r");
                while (rest.hasMoreTokens()) {
                  words.add(rest.nextToken());
                }
                return words;
              });
    }
  }

  /** One JSON object, in which every attribute has its type. */
  private static final class Structured extends DerivationAttributes {
    private final JsonAttributes attributes;

    Structured(JsonAttributes attributes) {
      this.attributes = attributes;
    }

    @Override
    Optional<String> string(String name) {
      return typed(name, "a string", attributes.string(name));
    }

    @Override
    Optional<Boolean> bool(String name) {
      return typed(name, "true or false", attributes.bool(name));
    }

    @Override
    Optional<List<String>> strings(String name) {
      return typed(name, "a list of strings", attributes.strings(name));
    }

    private <T> Optional<T> typed(String name, String type, Optional<T> value) {
      if (value.isEmpty() && attributes.has(name)) {
        throw new FormatException(
            "structured attributes of a derivation", name, type, "another kind of value");
      }
      return value;
    }
  }
}
