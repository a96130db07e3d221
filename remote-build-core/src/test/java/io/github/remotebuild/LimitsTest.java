package io.github.remotebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LimitsTest {
  static Stream<RecordComponent> bounds() {
    return Arrays.stream(Limits.class.getRecordComponents());
  }

  private static Limits changed(RecordComponent bound, long value) throws Exception {
    String name = bound.getName();
    Method with =
        Limits.class.getMethod(
            "with" + Character.toUpperCase(name.charAt(0)) + name.substring(1), bound.getType());
    Object argument =
        bound.getType() == Duration.class
            ? Duration.ofMillis(value)
            : bound.getType() == int.class ? (Object) (int) value : (Object) value;
    return (Limits) with.invoke(Limits.defaults(), argument);
  }

  @ParameterizedTest
  @MethodSource("bounds")
  void each_bound_can_be_changed_and_changes_no_other(RecordComponent bound) throws Exception {
    Limits changed = changed(bound, 7);
    for (RecordComponent other : Limits.class.getRecordComponents()) {
      Object before = other.getAccessor().invoke(Limits.defaults());
      Object after = other.getAccessor().invoke(changed);
      assertThat(after.equals(before)).isEqualTo(!other.getName().equals(bound.getName()));
    }
  }

  @ParameterizedTest
  @MethodSource("bounds")
  void no_bound_can_be_zero(RecordComponent bound) {
    assertThatThrownBy(() -> changed(bound, 0))
        .hasRootCauseInstanceOf(IllegalArgumentException.class)
        .hasRootCauseMessage(
            bound.getName()
                + " must be positive: "
                + (bound.getType() == Duration.class ? "PT0S" : "0"));
  }
}
