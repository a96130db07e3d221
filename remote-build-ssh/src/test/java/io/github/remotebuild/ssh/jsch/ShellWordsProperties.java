package io.github.remotebuild.ssh.jsch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ShellWordsProperties {
  @Provide
  Arbitrary<List<String>> words() {
    return Arbitraries.strings()
        .withChars("abz09 '\"\\$`*?[]{}~#&;|<>()!=\n\t-_./äλ☃")
        .ofMaxLength(12)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  @Property(tries = 100)
  void a_shell_reads_exactly_the_words(@ForAll("words") List<String> words) throws Exception {
    String script = "set -- " + ShellWords.quote(words) + "; printf '%s\\0' \"$@\"";
    Process process = new ProcessBuilder("sh", "-c", script).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(output)
        .isEqualTo(words.stream().map(word -> word + "\0").collect(Collectors.joining()));
  }
}
