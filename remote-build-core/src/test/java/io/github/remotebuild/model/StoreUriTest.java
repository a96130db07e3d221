package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreUriTest {
  @Test
  void a_bare_name_means_ssh() {
    StoreUri uri = StoreUri.parse("nix@mac-1");

    assertThat(uri.scheme()).isEqualTo("ssh");
    assertThat(uri.user()).contains("nix");
    assertThat(uri.host()).contains("mac-1");
    assertThat(uri.port()).isEmpty();
    assertThat(uri.isSsh()).isTrue();
    assertThat(uri).hasToString("ssh://nix@mac-1").isEqualTo(StoreUri.parse("ssh://nix@mac-1"));
  }

  @Test
  void all_parts_are_decoded_and_the_text_stays_as_given() {
    StoreUri uri =
        StoreUri.parse("ssh-ng://a%40b@h%2ex:2222?remote-store=%2Fx%20y&compress=true&empty=");

    assertThat(uri.user()).contains("a@b");
    assertThat(uri.host()).contains("h.x");
    assertThat(uri.port()).hasValue(2222);
    assertThat(uri.parameters())
        .isEqualTo(Map.of("remote-store", "/x y", "compress", "true", "empty", ""));
    assertThat(uri.parameter("compress")).contains("true");
    assertThat(uri.parameter("other")).isEmpty();
    assertThat(uri.canonical())
        .isEqualTo("ssh-ng://a%40b@h.x:2222?compress=true&empty=&remote-store=/x%20y");
  }

  @ParameterizedTest
  @CsvSource({
    "auto, auto, auto",
    "?root=/x, auto, auto?root=/x",
    "auto?root=/x, auto, auto?root=/x",
    "daemon, daemon, daemon",
    "daemon?root=/x, daemon, unix://?root=/x",
    "local, local, local",
    "local?root=/x, local, local://?root=/x",
    "/data/store, local, local:///data/store",
    "/data/store?a=b, local, local:///data/store?a=b",
    "data/store, local, data/store",
    "unix:///x/y, unix, unix:///x/y",
    "foo://h/p?z=1&a=2, foo, foo://h/p?a=2&z=1",
    "local-machine, ssh, ssh://local-machine",
    "h?compress=true, ssh, ssh://h?compress=true",
  })
  void words_paths_and_schemes_are_told_apart(String text, String scheme, String canonical) {
    assertThat(StoreUri.parse(text).scheme()).isEqualTo(scheme);
    assertThat(StoreUri.parse(text).canonical()).isEqualTo(canonical);
  }

  @ParameterizedTest
  @CsvSource({
    "root@::1, ::1, ssh://root@[::1]",
    "ssh://root@[::1], ::1, ssh://root@[::1]",
    "ssh://[::1]:22, ::1, ssh://[::1]:22",
    "ssh://[fe80::1%25eth0], fe80::1%eth0, ssh://[fe80::1%25eth0]",
    "ssh://[fe80::1%eth0], fe80::1%eth0, ssh://[fe80::1%25eth0]",
    "ssh://fe80::1%eth0, fe80::1%eth0, ssh://[fe80::1%25eth0]",
    "ssh://::ffff:10.0.0.1, ::ffff:10.0.0.1, ssh://[::ffff:10.0.0.1]",
    "ssh://1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8, ssh://[1:2:3:4:5:6:7:8]",
  })
  void ipv6_addresses_stand_with_and_without_brackets(String text, String host, String canonical) {
    assertThat(StoreUri.parse(text).host()).contains(host);
    assertThat(StoreUri.parse(text).canonical()).isEqualTo(canonical);
  }

  @ParameterizedTest
  @CsvSource({
    "ssh://-oProxyCommand=x, a host name that does not begin with '-'",
    "ssh://%2doProxyCommand=x, a host name that does not begin with '-'",
    "-h, a host name that does not begin with '-'",
    "-u@h, a user name that does not begin with '-'",
    "@h, a user name that is not empty",
    "ssh://, a host name after 'ssh://'",
    "ssh://?a=b, a host name after 'ssh://'",
    "ssh://u@, a host name that is not empty",
    "a@b@c, a host name without blanks and '@'",
    "a:b@c, a user without ':'",
    "h:, a port from 1 to 65535",
    "h:0, a port from 1 to 65535",
    "h:65536, a port from 1 to 65535",
    "h:x, a port from 1 to 65535",
    "ssh://[::1]22, a port from 1 to 65535",
    "ssh://[::1, a ']' after the IPv6 address",
    "ssh://[h], an IPv6 address between",
    "ssh://[::1%], a zone such as eth0",
    "1:2:3::4:5::6, a port from 1 to 65535",
    "ssh://h/path, nothing after the host name",
    "SSH://h, a scheme such as ssh",
    "://h, a scheme such as ssh",
    "h?a, name=value in each parameter",
    "h?=a, name=value in each parameter",
    "h?a=1&a=2, parameter a only once",
    "h?a=%zz, two hexadecimal digits",
    "h?a=%ff, two hexadecimal digits",
    "h?a=%4, two hexadecimal digits",
    "h%00x, a host name without blanks",
    "hôte, ASCII characters",
    "h?remote-store=/x, '''ssh://'' before a name whose parameters have ''/'' in them'",
    "a#b, no blanks",
  })
  void what_is_wrong_is_named(String text, String expected) {
    assertThatThrownBy(() -> StoreUri.parse(text))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("Could not read store URI: expected " + expected)
        .hasMessageContaining("found '" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\nb", "a\u00a0b", "\0"})
  void blanks_and_control_characters_are_refused(String text) {
    assertThatThrownBy(() -> StoreUri.parse(text)).isInstanceOf(FormatException.class);
  }

  @Test
  void a_text_that_is_too_long_is_refused() {
    assertThat(StoreUri.parse("h".repeat(StoreUri.LIMIT_CHARS)).host()).isPresent();
    assertThatThrownBy(() -> StoreUri.parse("h".repeat(StoreUri.LIMIT_CHARS + 1)))
        .isInstanceOf(FormatException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "h, ssh://h?compress=true, true",
    "ssh://me@h, ssh-ng://me@h, true",
    "auto, daemon, true",
    "local, auto, true",
    "h, me@h, false",
    "h, h:22, false",
    "h, ssh://h?remote-store=/x, false",
    "ssh://h?remote-store=/x, ssh-ng://h?remote-store=%2Fx&compress=true, true",
    "h, auto, false",
    "/x, local, false",
    "/x, local:///x, true",
    "auto, auto?root=/x, false",
    "unix:///a, unix:///b, false",
  })
  void a_key_tells_whether_two_uris_are_one_store(String one, String other, boolean isSame) {
    StoreKey key = StoreKey.from(StoreUri.parse(one));

    assertThat(key.equals(StoreKey.from(StoreUri.parse(other)))).isEqualTo(isSame);
  }

  @Test
  void a_key_is_short_in_messages() {
    assertThat(StoreKey.from(StoreUri.parse("ssh://me@[::1]:22?remote-store=/x")))
        .hasToString("me@[::1]:22 (/x)");
    assertThat(StoreKey.local()).hasToString("local store");
    assertThat(StoreKey.from(StoreUri.parse("/x"))).hasToString("local:///x");
  }
}
