package io.github.remotebuild.ssh.jsch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.ssh.jsch.KnownKey.Marker;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownHostsTest {
  private static final String KEY = key("ssh-ed25519", 1);
  private static final String OTHER = key("ssh-rsa", 2);

  @TempDir private Path directory;

  private static String key(String type, int seed) {
    ByteArrayOutputStream blob = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(blob)) {
      out.writeInt(type.length());
      out.write(type.getBytes(UTF_8));
      out.writeInt(32);
      out.write(new byte[31]);
      out.write(seed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return type + " " + Base64.getEncoder().encodeToString(blob.toByteArray());
  }

  private Path file(String... lines) throws IOException {
    return Files.write(Files.createTempFile(directory, "known", ""), List.of(lines));
  }

  private List<String> find(Path file, String host, int port) throws IOException {
    return KnownHosts.find(List.of(file), host, port).stream()
        .map(key -> key.marker() + " " + HostKeyText.encode(key.blob()))
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "build1 build1 22 true",
        "build1 build2 22 false",
        "BUILD1 build1 22 true",
        "build1 Build1 22 true",
        "a,build1,b build1 22 true",
        "build* build17 22 true",
        "build? build17 22 false",
        "build?? build17 22 true",
        "* build1 22 true",
        "*.example.org,!bad.example.org good.example.org 22 true",
        "*.example.org,!bad.example.org bad.example.org 22 false",
        "!build1 build2 22 false",
        "[build1]:2222 build1 2222 true",
        "[build1]:2222 build1 22 false",
        "[build1]:2222 build1 2223 false",
        "[build1]:* build1 2222 true",
        "build1 build1 2222 true",
        "10.0.0.1 10.0.0.1 22 true",
        "fe80::1 fe80::1 22 true",
        "*a*a*a*a*a*a*a*b aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 22 false"
      })
  void names_and_patterns_match_as_in_openssh(String names, String host, int port, boolean isMatch)
      throws IOException {
    assertThat(find(file(names + " " + KEY), host, port)).hasSize(isMatch ? 1 : 0);
  }

  /** Made by OpenSSH 9.2: {@code ssh-keygen -H} on the names build1 and [build1]:2222. */
  @Test
  void hashed_names_match_as_in_openssh() throws IOException {
    Path file =
        file(
            "|1|ZWEYJOUxcpaSq81RunIuhA9JvLY=|9WWOTIMoUVA+niFP+whcagKQtY0= " + KEY,
            "|1|sDflQjNzE9iZtkkgxuVpmrrHK30=|PzVF6M9L1CrY9MeCjisDsSWRg0Y= " + OTHER);

    assertThat(find(file, "build1", 22)).containsExactly("PLAIN " + KEY);
    assertThat(find(file, "build1", 2222)).containsExactly("PLAIN " + OTHER);
    assertThat(find(file, "build2", 22)).isEmpty();
  }

  @Test
  void a_line_with_the_port_hides_the_plain_name_but_not_a_revocation() throws IOException {
    Path file =
        file("build1 " + KEY, "[build1]:2222 " + OTHER, "@revoked build1 " + key("ssh-rsa", 9));

    assertThat(find(file, "build1", 2222))
        .containsExactly("PLAIN " + OTHER, "REVOKED " + key("ssh-rsa", 9));
  }

  @Test
  void markers_comments_and_places_are_read() throws IOException {
    Path file =
        file(
            "# a comment",
            "",
            "@revoked build1 " + KEY + " some words",
            "\t@cert-authority *  " + OTHER,
            "@something build1 " + KEY);

    List<KnownKey> keys = KnownHosts.find(List.of(file), "build1", 22);

    assertThat(keys)
        .extracting(KnownKey::marker)
        .containsExactly(Marker.REVOKED, Marker.CERT_AUTHORITY);
    assertThat(keys.get(0))
        .hasToString(Fingerprint.describe(keys.get(0).blob()) + " (" + file + ":3)");
    assertThat(keys.get(1).type()).isEqualTo("ssh-rsa");
  }

  @Test
  void lines_that_make_no_sense_are_passed_over() throws IOException {
    Path file =
        file(
            "build1",
            "build1 ssh-ed25519",
            "build1 ssh-ed25519 not!base64",
            "build1 ssh-ed25519 AAAA",
            "build1 ssh-rsa " + KEY.split(" ", -1)[1],
            "|1|x " + KEY,
            "|1|!!!|??? " + KEY,
            "build1 " + KEY);

    assertThat(find(file, "build1", 22)).containsExactly("PLAIN " + KEY);
  }

  @Test
  void a_missing_file_has_no_keys() throws IOException {
    assertThat(find(directory.resolve("missing"), "build1", 22)).isEmpty();
  }

  @Test
  void several_files_are_read_in_order() throws IOException {
    assertThat(
            KnownHosts.find(List.of(file("a " + KEY), file("a " + OTHER)), "a", 22).stream()
                .map(KnownKey::type))
        .containsExactly("ssh-ed25519", "ssh-rsa");
  }

  @Test
  void a_file_beyond_the_limit_is_refused() throws IOException {
    Path huge = directory.resolve("huge");
    try (RandomAccessFile sparse = new RandomAccessFile(huge.toFile(), "rw")) {
      sparse.setLength(KnownHosts.MAX_FILE_BYTES + 1L);
    }
    assertThatThrownBy(() -> find(huge, "a", 22)).hasMessageContaining("larger than");
  }
}
