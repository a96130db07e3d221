package io.github.remotebuild.testkit.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.ByteString;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StructuredAttributesTest {
  private static StructuredAttributes attributes(String json) throws Exception {
    return StructuredAttributes.parse(ByteString.of(json));
  }

  @Test
  void json_has_sorted_keys_and_no_blanks() throws Exception {
    assertThat(
            attributes("{ \"b\": [1, 2.50, null, {\"y\": 1, \"x\": false}], \"a\": \"ä\\n\" }")
                .json())
        .isEqualTo("{\"a\":\"ä\\n\",\"b\":[1,2.50,null,{\"x\":false,\"y\":1}]}");
  }

  @Test
  void outputs_are_named_whatever_stood_there() throws Exception {
    assertThat(
            attributes("{\"outputs\":[\"out\"]}")
                .withOutputs(new TreeMap<>(Map.of("out", "/store/out")))
                .json())
        .isEqualTo("{\"outputs\":{\"out\":\"/store/out\"}}");
  }

  @Test
  void a_shell_gets_what_its_variables_can_hold() throws Exception {
    assertThat(
            attributes(
                    "{\"whole\":3.0,\"part\":3.5,\"yes\":true,\"no\":false,\"none\":null,"
                        + "\"text\":\"it's\",\"no-name\":1,\"deep\":[[1]],\"deeper\":{\"a\":{}},"
                        + "\"list\":[1,\"b\"],\"map\":{\"k'\":\"v\"}}")
                .shell()
                .lines())
        .containsExactly(
            "declare -a list=(1 'b' )",
            "declare -A map=(['k'\\''']='v' )",
            "declare no=",
            "declare none=''",
            "declare text='it'\\''s'",
            "declare whole=3",
            "declare yes=1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"a\":", "{\"a\":nonsense}"})
  void what_is_no_object_is_rejected(String json) {
    assertThatThrownBy(() -> attributes(json))
        .isInstanceOfSatisfying(
            BuildFailedException.class,
            e -> assertThat(e.status()).isEqualTo(BuildStatus.INPUT_REJECTED));
  }
}
