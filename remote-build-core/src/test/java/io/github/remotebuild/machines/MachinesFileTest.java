package io.github.remotebuild.machines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.remotebuild.machines.IncludeReader.Included;
import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.SystemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachinesFileTest {
  private static final SystemType LINUX = SystemType.of("x86_64-linux");
  private static final String KEY = "c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTUgcm9vdEBtYWMK";

  private static MachinesFile parse(String text) {
    return MachinesFile.parse("machines", text, LINUX);
  }

  private static MachinesFile parse(String text, Map<String, String> files) {
    return MachinesFile.parse(
        "machines",
        text,
        LINUX,
        (path, from) -> Optional.ofNullable(files.get(path)).map(t -> new Included(path, t)));
  }

  private static Machine only(String text) {
    assertThat(parse(text).machines()).hasSize(1);
    return parse(text).machines().get(0);
  }

  private static List<String> names(MachinesFile file) {
    return file.machines().stream().map(Machine::name).toList();
  }

  private static List<String> warnings(String text) {
    return parse(text).warnings().stream().map(MachinesWarning::toString).toList();
  }

  private static List<String> problems(String text) {
    return catchThrowableOfType(MachinesFileException.class, () -> parse(text)).problems().stream()
        .map(MachinesProblem::toString)
        .toList();
  }

  @Test
  void all_eight_columns_are_read() {
    Machine machine =
        only("ssh://nix@mac:2222 x86_64-darwin,aarch64-darwin /k 8 2.5 kvm,big benchmark " + KEY);

    assertThat(machine)
        .isEqualTo(
            Machine.at("ssh://nix@mac:2222")
                .forSystems("aarch64-darwin", "x86_64-darwin")
                .sshKey("/k")
                .maxJobs(8)
                .speedFactor(2.5)
                .supporting("big", "kvm")
                .insistingOn("benchmark")
                .publicHostKey("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 root@mac")
                .build());
  }

  @Test
  void missing_columns_and_dashes_are_defaults() {
    Machine plain = Machine.at("mac").forSystems(LINUX).build();

    assertThat(only("mac")).isEqualTo(plain);
    assertThat(only("mac - - - - - - -")).isEqualTo(plain);
    assertThat(plain.maxJobs()).isEqualTo(1);
    assertThat(plain.speedFactor()).isEqualTo(1);
  }

  @Test
  void the_old_lines_of_four_and_five_columns_are_read() {
    assertThat(only("nix@mac i686-linux /home/nix/.ssh/id 1"))
        .isEqualTo(
            Machine.at("nix@mac").forSystems("i686-linux").sshKey("/home/nix/.ssh/id").build());
    assertThat(only("nix@mac i686-linux /home/nix/.ssh/id 8 3").speedFactor()).isEqualTo(3);
  }

  @Test
  void entries_end_at_newlines_and_semicolons_and_comments_at_newlines() {
    assertThat(names(parse("a ; b;c # d ; e\n\n;;\n# f\ng"))).containsExactly("a", "b", "c", "g");
  }

  @Test
  void speed_0_means_1() {
    assertThat(only("a - - 1 0").speedFactor()).isEqualTo(1);
    assertThat(only("a - - 1 0.0").speedFactor()).isEqualTo(1);
  }

  @Test
  void zero_jobs_are_kept_with_a_warning() {
    assertThat(only("a - - 0").isEnabled()).isFalse();
    assertThat(warnings("a - - 0"))
        .containsExactly("machines:1:7: max jobs is 0, so this machine never gets a build");
  }

  @Test
  void all_problems_of_all_lines_are_reported_at_once() {
    String text =
        "good\n"
            + "ssh://-x a - eight fast , , !\n"
            + "# fine\n"
            + "  - x; ok - - 1 -1; h? , - 99999999999";

    assertThat(problems(text))
        .containsExactly(
            "machines:2:1: store URI: expected a host name that does not begin with '-', found"
                + " 'ssh://-x'",
            "machines:2:14: max jobs: expected a whole number from 0 to 2147483647, found"
                + " 'eight'",
            "machines:2:20: speed factor: expected a decimal number that is not negative, found"
                + " 'fast'",
            "machines:2:29: public host key: expected base64 of a line such as 'ssh-ed25519"
                + " AAAA...', found '!'",
            "machines:4:3: store URI: expected a store URI or a host name; it has no default,"
                + " found '-'",
            "machines:4:17: speed factor: expected a decimal number that is not negative, found"
                + " '-1'",
            "machines:4:24: systems: expected system types with commas between them, found ','",
            "machines:4:28: max jobs: expected a whole number from 0 to 2147483647, found"
                + " '99999999999'");
    assertThatThrownBy(() -> parse(text))
        .hasMessageStartingWith(
            "Could not read the machines in machines: 8 problems\n  machines:2:1:");
  }

  @Test
  void a_problem_can_be_had_as_the_exception_of_other_formats() {
    MachinesFileException thrown =
        catchThrowableOfType(MachinesFileException.class, () -> parse("a - - x"));
    FormatException format = thrown.problems().get(0).toFormatException();

    assertThat(format)
        .hasMessage(
            "Could not read machines at line 1, column 7 (max jobs): expected a whole number from"
                + " 0 to 2147483647, found 'x'");
    assertThat(thrown.problems().get(0).field()).isEqualTo(MachineField.MAX_JOBS);
  }

  @Test
  void many_problems_are_counted_and_not_kept() {
    MachinesFileException thrown =
        catchThrowableOfType(MachinesFileException.class, () -> parse("a - - x\n".repeat(1000)));

    assertThat(thrown.problems()).hasSize(MachinesFile.PROBLEM_LIMIT);
    assertThat(thrown.unlistedProblems()).isEqualTo(1000 - MachinesFile.PROBLEM_LIMIT);
    assertThat(thrown).hasMessageEndingWith("and 800 more");
  }

  @Test
  void what_nix_2_8_reads_otherwise_has_a_warning() {
    assertThat(warnings("# text; more"))
        .containsExactly(
            "machines:1:7: Nix before 2.28.2 ends the comment at this ';' and reads the rest as"
                + " an entry");
    assertThat(warnings("# text;# more")).isEmpty();
    assertThat(warnings("  # text"))
        .containsExactly(
            "machines:1:1: Nix before 2.28.2 takes these blanks for an entry and refuses the whole"
                + " list");
    assertThat(warnings("a - - 1 1.5"))
        .containsExactly(
            "machines:1:9: Nix before 2.20 refuses a speed factor that is no whole number");
    assertThat(warnings("a:22"))
        .containsExactly(
            "machines:1:1: Nix before 2.31 takes the port for a part of the host name");
    assertThat(parse("  @inc", Map.of("inc", "a")).warnings())
        .extracting(MachinesWarning::toString)
        .contains(
            "machines:1:3: Nix before 2.28.2 takes an include behind blanks for a machine called"
                + " '@inc'");
  }

  @Test
  void what_is_ignored_has_a_warning() {
    assertThat(warnings("a - - 1 1 - - - more and more"))
        .containsExactly(
            "machines:1:17: this column and those after it are ignored; an entry has 8 columns");
    assertThat(warnings("@/none"))
        .containsExactly("machines:1:1: there is no file '/none'; the include is ignored");
  }

  @Test
  void what_some_release_cannot_use_has_a_warning() {
    assertThat(warnings("a - key"))
        .containsExactly(
            "machines:1:5: Nix from 2.34 on refuses an ssh key whose path is not absolute");
    assertThat(warnings("ssh://a?max-connections=4"))
        .containsExactly("machines:1:1: Nix 2.4 to 2.31 hangs if max-connections is not 1");
  }

  @Test
  void an_include_takes_the_place_of_its_entry() {
    MachinesFile file = parse("a\n@/x; z", Map.of("/x", "b\n@ /y # comment\nd", "/y", "c"));

    assertThat(names(file)).containsExactly("a", "b", "c", "d", "z");
    assertThat(file.warnings()).isEmpty();
  }

  @Test
  void a_problem_in_an_include_names_that_file() {
    assertThatThrownBy(() -> parse("@/x", Map.of("/x", "ok\nb - - -1")))
        .hasMessageContaining("/x:2:7: max jobs: expected");
  }

  @Test
  void an_include_of_itself_is_a_problem() {
    assertThatThrownBy(() -> parse("@/x", Map.of("/x", "@/y", "/y", "@/x")))
        .isInstanceOf(MachinesFileException.class)
        .hasMessageContaining(
            "/y:1:1: include: expected a file that does not include itself, found"
                + " machines -> /x -> /y -> /x");
  }

  @Test
  void one_file_may_be_included_twice() {
    assertThat(names(parse("@/x\n@/x", Map.of("/x", "a")))).containsExactly("a", "a");
  }

  @Test
  void includes_nest_up_to_the_limit() {
    IncludeReader endless = (path, from) -> Optional.of(new Included(path, "@" + path + "x"));

    assertThatThrownBy(() -> MachinesFile.parse("machines", "@/x", LINUX, endless))
        .hasMessageContaining("expected at most 16 includes within each other");
  }

  @Test
  void includes_are_counted_up_to_the_limit() {
    assertThatThrownBy(() -> parse("@/x\n".repeat(300), Map.of("/x", "")))
        .hasMessageContaining("machines:257:1: include: expected at most 256 includes in all");
  }

  @Test
  void entries_are_counted_up_to_the_limit() {
    assertThatThrownBy(() -> parse("a\n".repeat(MachinesFile.ENTRY_LIMIT + 5)))
        .hasMessageContaining("machines:50001:1: file: expected at most 50000 machines")
        .hasMessageContaining(": 1 problem\n");
  }

  @Test
  void a_text_is_read_up_to_the_limit() {
    assertThatThrownBy(() -> parse("#".repeat(MachinesFile.FILE_LIMIT_BYTES + 1)))
        .hasMessageContaining("machines:1:1: file: expected at most 4194304 bytes");
  }

  @Test
  void an_include_that_cannot_be_read_is_a_problem() {
    IncludeReader broken =
        (path, from) -> {
          throw new IOException("disk on fire");
        };

    assertThatThrownBy(() -> MachinesFile.parse("machines", "a; @/x", LINUX, broken))
        .hasMessageContaining(
            "machines:1:4: include: expected a file that can be read, found '@/x'"
                + " (java.io.IOException: disk on fire)");
  }

  @Test
  void a_file_is_read_with_includes_beside_it(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("machines");
    Files.createDirectory(directory.resolve("more"));
    Files.writeString(file, "a\n@more/b\n@none\n");
    Files.writeString(directory.resolve("more/b"), "b\n@c\n");
    Files.writeString(directory.resolve("more/c"), "c\n");

    MachinesFile read = MachinesFile.read(file, LINUX);

    assertThat(names(read)).containsExactly("a", "b", "c");
    assertThat(read.farm().size()).isEqualTo(3);
    assertThat(read.warnings())
        .extracting(MachinesWarning::message)
        .contains(
            "there is no file 'none'; the include is ignored",
            "'@more/b' is looked for beside this file, and by Nix in its working directory; write"
                + " the whole path");
  }

  @Test
  void a_file_that_includes_itself_by_another_path_is_found_out(@TempDir Path directory)
      throws IOException {
    Path file = directory.resolve("machines");
    Files.writeString(file, "@../" + directory.getFileName() + "/./machines\n");

    assertThatThrownBy(() -> MachinesFile.read(file, LINUX))
        .hasMessageContaining("a file that does not include itself");
  }

  @Test
  void a_file_that_is_not_there_is_an_io_exception(@TempDir Path directory) {
    assertThatThrownBy(() -> MachinesFile.read(directory.resolve("none"), LINUX))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void bytes_that_are_not_utf_8_are_a_problem_in_a_column_and_fine_in_a_comment(
      @TempDir Path directory) throws IOException {
    Path file = directory.resolve("machines");
    Files.write(file, new byte[] {'#', (byte) 0xff, '\n', 'a'});
    assertThat(names(MachinesFile.read(file, LINUX))).containsExactly("a");

    Files.write(file, new byte[] {'a', ' ', (byte) 0xff});
    assertThatThrownBy(() -> MachinesFile.read(file, LINUX))
        .hasMessageContaining(":1:3: systems: expected");
  }

  @Test
  void only_the_first_line_of_a_host_key_counts() {
    String twoLines = "c3NoLXJzYSBBQUFBCnNzaC1kc3MgQkJCQgo=";

    assertThat(only("a - - - - - - " + twoLines).pinnedHostKey()).contains("ssh-rsa AAAA");
    assertThat(only("a - - - - - - " + twoLines))
        .isEqualTo(Machine.at("a").forSystems(LINUX).publicHostKey("ssh-rsa AAAA").build());
    assertThat(warnings("a - - - - - - " + twoLines))
        .containsExactly("machines:1:15: only the first line of the public host key is used");
  }

  @Test
  void a_host_key_that_is_no_text_is_kept_byte_for_byte() {
    String noText = "a - - - - - - /wABAgP+";

    assertThat(only(noText).publicHostKey().orElseThrow().toByteArray())
        .containsExactly(0xff, 0, 1, 2, 3, 0xfe);
    assertThat(MachinesFile.print(only(noText))).endsWith(" /wABAgP+");
    assertThat(warnings(noText))
        .containsExactly(
            "machines:1:15: the public host key does not look like 'ssh-ed25519 AAAA...'");
    assertThatThrownBy(() -> only("a - - - - - - _wABAgP-"))
        .isInstanceOf(MachinesFileException.class);
    assertThatThrownBy(() -> only("a - - - - - - CiAK"))
        .hasMessageContaining("public host key: expected base64 of a line");
  }

  @Test
  void a_machine_prints_as_a_line_with_all_columns() {
    assertThat(MachinesFile.print(only("mac"))).isEqualTo("ssh://mac x86_64-linux - 1 1 - - -");
    assertThat(MachinesFile.print(only("mac b,a /k 4 1.50 y,x z " + KEY)))
        .isEqualTo(
            "ssh://mac a,b /k 4 1.5 x,y z"
                + " c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTUgcm9vdEBtYWM=");
  }

  @Test
  void a_machine_that_no_line_can_say_is_not_printed() {
    assertThatThrownBy(
            () -> MachinesFile.print(Machine.at("mac").forSystems(LINUX).supporting("a,b").build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Could not write mac as a line of a machines file");
    assertThatThrownBy(
            () -> MachinesFile.print(Machine.at("mac").forSystems(LINUX).sshKey("/my key").build()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_list_of_one_dash_is_not_the_default() {
    Machine odd = Machine.at("mac").forSystems("-").supporting("-").build();

    assertThat(MachinesFile.print(odd)).isEqualTo("ssh://mac ,- - 1 1 ,- - -");
    assertThat(only(MachinesFile.print(odd))).isEqualTo(odd);
  }

  @Test
  void empty_names_between_commas_are_skipped() {
    assertThat(only("a ,x,,y, - 1 1 ,").systems()).hasSize(2);
    assertThat(only("a x - 1 1 ,").supportedFeatures()).isEqualTo(Features.none());
  }
}
