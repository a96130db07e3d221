package io.github.remotebuild.machines;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineBuilder;
import io.github.remotebuild.model.SystemType;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class MachinesFileProperties {
  private static final SystemType LINUX = SystemType.of("x86_64-linux");
  private static final String SAMPLE =
      "# a comment; more\r\n"
          + "ssh-ng://me@[fe80::1%25eth0]:22?compress=true&a=b%20c x86_64-linux,i686-linux /k 8"
          + " 2.5e0 kvm,big local c3NoLXJzYSBBQUFB\n"
          + "  @/x ; b:2 - - 0 0 , - -\n"
          + "\tauto?root=/y\n;;\n/data/store y - 3 1";

  @Provide
  Arbitrary<Machine> machines() {
    Arbitrary<String> names =
        Arbitraries.strings().withCharRange('a', 'z').withChars("0123456789_+.:/=é").ofMaxLength(9);
    Arbitrary<Set<String>> nameSets = names.filter(name -> !name.isEmpty()).set().ofMaxSize(4);
    Arbitrary<String> uris =
        Arbitraries.of(
            "a",
            "ssh://me@b:2222",
            "ssh-ng://[::1]:22?compress=true",
            "auto",
            "daemon",
            "local?root=/x",
            "/data/store",
            "ssh://c?remote-store=%2Fx%20y&a=",
            "root@::1",
            "unix:///socket");
    Arbitrary<Double> speeds =
        Arbitraries.longs()
            .map(Double::longBitsToDouble)
            .filter(speed -> speed > 0 && speed <= Double.MAX_VALUE);
    Arbitrary<Double> anySpeeds =
        Arbitraries.oneOf(
            speeds, Arbitraries.of(1.0, 0.1, 1e-300, 4.9e-324, Double.MAX_VALUE, 1e22, 123456.789));
    return Combinators.combine(
            uris,
            nameSets.filter(set -> !set.isEmpty()),
            Arbitraries.of("", "/k", "/root/.ssh/id=x"),
            Arbitraries.integers().between(0, Integer.MAX_VALUE),
            anySpeeds,
            nameSets,
            nameSets,
            Arbitraries.of("", "ssh-ed25519 AAAAC3Nz", "x y é z"))
        .as(
            (uri, systems, key, jobs, speed, supported, mandatory, hostKey) -> {
              MachineBuilder builder =
                  Machine.at(uri)
                      .forSystems(systems.toArray(new String[0]))
                      .maxJobs(jobs)
                      .speedFactor(speed)
                      .supporting(supported.toArray(new String[0]))
                      .insistingOn(mandatory.toArray(new String[0]));
              builder = key.isEmpty() ? builder : builder.sshKey(key);
              return (hostKey.isEmpty() ? builder : builder.publicHostKey(hostKey)).build();
            });
  }

  @Property(tries = 500)
  void a_printed_machine_reads_back_as_the_same_machine(@ForAll("machines") Machine machine) {
    String line = MachinesFile.print(machine);

    assertThat(MachinesFile.parse("printed", line, LINUX).machines()).containsExactly(machine);
    assertThat(line).doesNotContain("\n").doesNotContain(";").doesNotContain("#");
  }

  @Property(tries = 200)
  void printing_what_was_read_is_stable(@ForAll("machines") Machine machine) {
    String line = MachinesFile.print(machine);
    Machine read = MachinesFile.parse("printed", line, LINUX).machines().get(0);

    assertThat(MachinesFile.print(read)).isEqualTo(line);
  }

  @Property(tries = 500)
  void any_text_is_read_or_refused(@ForAll String text) {
    readOrRefuse(text);
  }

  @Property(tries = 300)
  void any_text_of_the_grammars_own_characters_is_read_or_refused(
      @ForAll("grammarText") String text) {
    readOrRefuse(text);
  }

  @Provide
  Arbitrary<String> grammarText() {
    return Arbitraries.strings().withChars(" \t\r\n;#@-,:/?&=%[]012.eEx").ofMaxLength(60);
  }

  @Example
  void every_cut_of_a_file_is_read_or_refused() {
    for (int length = 0; length <= SAMPLE.length(); length++) {
      readOrRefuse(SAMPLE.substring(0, length));
      readOrRefuse(SAMPLE.substring(length));
    }
  }

  @Example
  void every_change_of_one_character_is_read_or_refused() {
    for (int i = 0; i < SAMPLE.length(); i++) {
      for (char c : "\0\n;#@-,:/?&=%[] 9\uFFFD\uD800é".toCharArray()) {
        readOrRefuse(SAMPLE.substring(0, i) + c + SAMPLE.substring(i + 1));
        readOrRefuse(SAMPLE.substring(0, i) + c + SAMPLE.substring(i));
      }
      readOrRefuse(SAMPLE.substring(0, i) + SAMPLE.substring(i + 1));
    }
  }

  /** Whatever was read can be printed or is refused with a reason; nothing else is thrown. */
  private static void readOrRefuse(String text) {
    MachinesFile file;
    try {
      file = MachinesFile.parse("text", text, LINUX, IncludeReader.none());
    } catch (MachinesFileException refused) {
      assertThat(refused.problems()).isNotEmpty();
      return;
    }
    for (Machine machine : file.machines()) {
      String line = MachinesFile.print(machine);
      assertThat(MachinesFile.parse("again", line, LINUX).machines()).isEqualTo(List.of(machine));
    }
  }
}
