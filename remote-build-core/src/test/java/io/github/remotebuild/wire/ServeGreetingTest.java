package io.github.remotebuild.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.github.remotebuild.wire.GreetingException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class ServeGreetingTest {
  private static final String MAGIC = "cbee525400000000";

  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private ServeGreeting greet(byte[]... parts) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      answer.write(part);
    }
    return ServeGreeting.exchange(
        new WireInput(new ByteArrayInputStream(answer.toByteArray()), "it"),
        new WireOutput(sent),
        WireLimits.defaults());
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void magic_and_version_2_7_are_announced() throws IOException {
    ServeGreeting greeting = greet(hex(MAGIC), hex("0702000000000000"));

    assertThat(sent.toByteArray()).isEqualTo(hex("eb9d0c3900000000" + "0702000000000000"));
    assertThat(greeting).isEqualTo(new ServeGreeting(0x207, ""));
  }

  @Test
  void the_lower_version_is_used() throws IOException {
    assertThat(greet(hex(MAGIC), hex("0502000000000000")).version()).isEqualTo(0x205);
    assertThat(greet(hex(MAGIC), hex("0802000000000000")).version()).isEqualTo(0x207);
    assertThat(greet(hex(MAGIC), hex("0802000000000000")).serverVersion()).isEqualTo(0x208);
  }

  @Test
  void versions_below_2_5_and_other_majors_are_refused() {
    for (String version :
        new String[] {"0402000000000000", "0101000000000000", "0003000000000000"}) {
      assertThatThrownBy(() -> greet(hex(MAGIC), hex(version)))
          .asInstanceOf(type(GreetingException.class))
          .extracting(GreetingException::reason)
          .isEqualTo(Reason.WRONG_VERSION);
    }
    assertThatThrownBy(() -> greet(hex(MAGIC), hex("0402000000000000")))
        .hasMessageStartingWith("it speaks version 2.4 of the serve protocol");
  }

  @Test
  void noise_before_the_magic_is_skipped_and_told() throws IOException {
    ServeGreeting greeting =
        greet(text("Welcome to builder\n"), hex("cbee52"), hex(MAGIC), hex("0702000000000000"));

    assertThat(greeting.noise()).startsWith("Welcome to builder\n");
    assertThat(greeting.version()).isEqualTo(0x207);
  }

  @Test
  void too_much_noise_is_refused() throws IOException {
    byte[] most = new byte[64 * 1024];
    assertThat(greet(most, hex(MAGIC), hex("0702000000000000")).noise()).hasSize(64 * 1024);

    assertThatThrownBy(() -> greet(new byte[64 * 1024 + 1], hex(MAGIC)))
        .asInstanceOf(type(GreetingException.class))
        .extracting(GreetingException::reason)
        .isEqualTo(Reason.NOISE);
  }

  @Test
  void an_end_before_the_magic_tells_what_came() {
    assertThatThrownBy(() -> greet(text("This account is currently not available.\n")))
        .asInstanceOf(type(GreetingException.class))
        .satisfies(
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.ENDED);
              assertThat(e.noise()).isEqualTo("This account is currently not available.\n");
            });
  }

  @Test
  void an_end_in_the_version_is_an_end_of_file() {
    assertThatThrownBy(() -> greet(hex(MAGIC), hex("0702"))).isInstanceOf(EOFException.class);
  }

  @Test
  void what_was_printed_is_told_even_if_nobody_reads_our_greeting() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    WireInput in = new WireInput(new ByteArrayInputStream(text("Account is locked\n")), "it");

    assertThatThrownBy(
            () -> ServeGreeting.exchange(in, new WireOutput(closed), WireLimits.defaults()))
        .asInstanceOf(type(GreetingException.class))
        .satisfies(
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.ENDED);
              assertThat(e.noise()).isEqualTo("Account is locked\n");
              assertThat(e.getSuppressed()[0]).hasMessage("Broken pipe");
            });
  }
}
