package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.internal.runtime.MachinesFileWatch.Finding;
import io.github.remotebuild.machines.IncludeReader;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.SystemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachinesFileWatchTest {
  private static final SystemType LINUX = SystemType.of("x86_64-linux");

  @TempDir Path directory;
  private Path file;
  private MachinesFileWatch watch;

  @BeforeEach
  void a_watched_file_with_one_machine() throws IOException {
    file = directory.resolve("machines");
    Files.writeString(file, "ssh://a\n");
    watch = new MachinesFileWatch(file, LINUX, IncludeReader.files());
    settle();
  }

  /** Looks until what is there has been taken. */
  private Finding settle() {
    Finding finding = watch.look();
    return finding instanceof Finding.Unsettled ? watch.look() : finding;
  }

  private static List<String> names(Finding finding) {
    assertThat(finding).isInstanceOf(Finding.Read.class);
    return ((Finding.Read) finding).file().machines().stream().map(Machine::name).toList();
  }

  private static String problem(Finding finding) {
    assertThat(finding).isInstanceOf(Finding.Refused.class);
    return ((Finding.Refused) finding).problem();
  }

  @Test
  void what_is_there_at_first_is_news() {
    MachinesFileWatch fresh = new MachinesFileWatch(file, LINUX, IncludeReader.files());

    assertThat(fresh.look()).isInstanceOf(Finding.Unsettled.class);
    assertThat(names(fresh.look())).containsExactly("a");
  }

  @Test
  void what_is_as_before_is_no_news_also_if_it_was_written_anew() throws IOException {
    Files.writeString(file, "ssh://a\n");
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));

    assertThat(watch.look()).isInstanceOf(Finding.Same.class);
  }

  @Test
  void what_changed_is_news_whatever_the_time_of_the_file() throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    Files.writeString(file, "ssh://b\n");
    Files.setLastModifiedTime(file, time);

    assertThat(names(settle())).containsExactly("b");
    assertThat(watch.look()).isInstanceOf(Finding.Same.class);
  }

  @Test
  void a_file_that_is_replaced_by_another_is_read() throws IOException {
    Path other = Files.writeString(directory.resolve("machines~"), "ssh://b\nssh://c\n");
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);

    assertThat(names(settle())).containsExactly("b", "c");
  }

  @Test
  void what_is_still_being_written_is_not_taken() throws IOException {
    Files.writeString(file, "");
    assertThat(watch.look()).isInstanceOf(Finding.Unsettled.class);
    Files.writeString(file, "ssh://a\n");
    assertThat(watch.look()).isInstanceOf(Finding.Same.class);

    Files.writeString(file, "ssh://a\nssh:");
    assertThat(watch.look()).isInstanceOf(Finding.Unsettled.class);
    Files.writeString(file, "ssh://a\nssh://b\n");
    assertThat(watch.look()).isInstanceOf(Finding.Unsettled.class);
    assertThat(names(watch.look())).containsExactly("a", "b");
  }

  @Test
  void a_file_that_is_wrong_is_refused_once_with_its_problems() throws IOException {
    Files.writeString(file, "ssh://a x86_64-linux - many\n");

    assertThat(problem(settle()))
        .startsWith("Could not read the machines in " + file)
        .contains("many");
    assertThat(watch.look()).isInstanceOf(Finding.Same.class);
    Files.writeString(file, "ssh://a x86_64-linux - some\n");
    assertThat(problem(settle())).contains("some");
  }

  @Test
  void a_file_that_is_as_it_was_before_it_was_wrong_is_news() throws IOException {
    Files.writeString(file, "ssh://a x86_64-linux - many\n");
    settle();
    Files.writeString(file, "ssh://a\n");

    assertThat(names(settle())).containsExactly("a");
  }

  @Test
  void a_file_that_is_gone_is_refused_once_and_news_when_it_returns() throws IOException {
    Files.delete(file);

    assertThat(problem(settle())).contains("the file is not there");
    assertThat(watch.look()).isInstanceOf(Finding.Same.class);
    Files.writeString(file, "ssh://a\n");
    assertThat(names(settle())).containsExactly("a");
  }

  @Test
  void a_file_that_cannot_be_read_is_refused() throws IOException {
    Files.delete(file);
    Files.createDirectory(file);

    assertThat(problem(settle())).startsWith("Could not read the machines in " + file);
  }

  @Test
  void what_is_included_is_watched_too() throws IOException {
    Path more = directory.resolve("more");
    Files.writeString(file, "ssh://a\n@more\n");
    assertThat(names(settle())).containsExactly("a");
    assertThat(watch.look()).isInstanceOf(Finding.Same.class);

    Files.writeString(more, "ssh://b\n@deeper\n");
    assertThat(names(settle())).containsExactly("a", "b");
    Files.writeString(directory.resolve("deeper"), "ssh://c\n");
    assertThat(names(settle())).containsExactly("a", "b", "c");
    Files.writeString(more, "ssh://b -  - x\n");
    assertThat(problem(settle())).contains(more.toString());
    Files.delete(more);
    assertThat(names(settle())).containsExactly("a");
  }

  @Test
  void text_that_only_moved_from_one_file_to_another_is_news() throws IOException {
    Files.writeString(file, "@one\n@two\n");
    Files.writeString(directory.resolve("one"), "ssh://a\nssh://b\n");
    Files.writeString(directory.resolve("two"), "");
    settle();

    Files.writeString(directory.resolve("one"), "");
    Files.writeString(directory.resolve("two"), "ssh://a\nssh://b\n");

    assertThat(settle()).isInstanceOf(Finding.Read.class);
  }
}
