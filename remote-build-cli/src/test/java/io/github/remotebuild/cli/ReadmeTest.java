package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static final Path ROOT = Path.of("..");

  @Test
  void the_first_example_is_code_that_compiles_and_runs() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    String shown = between(readme, "```java\n", "```");

    String source =
        Files.readString(Path.of("src/test/java/io/github/remotebuild/cli/ReadmeExample.java"));
    String compiled = between(source, "// begin\n", "    // end").replaceAll("(?m)^ {4}", "");

    assertThat(shown).isEqualTo(compiled);
  }

  @Test
  void every_option_of_the_command_line_is_described() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));

    List<String> missing =
        new picocli.CommandLine(new BuildCommand())
            .getCommandSpec().options().stream()
                .map(option -> option.longestName())
                .filter(name -> !name.equals("--help") && !name.equals("--version"))
                .filter(name -> !readme.contains(name))
                .collect(Collectors.toList());

    assertThat(missing).isEmpty();
  }

  private static String between(String text, String begin, String end) {
    int from = text.indexOf(begin);
    assertThat(from).as(begin).isNotNegative();
    int to = text.indexOf(end, from + begin.length());
    assertThat(to).as(end).isNotNegative();
    return text.substring(from + begin.length(), to);
  }
}
