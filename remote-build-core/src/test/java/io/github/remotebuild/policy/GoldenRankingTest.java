package io.github.remotebuild.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Compares with the order in which real Nix tries machines; see {@code golden/policy/README.md}.
 */
class GoldenRankingTest {
  private static final Demand LINUX = Demand.forSystem("x86_64-linux");

  private static List<String> lines() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                GoldenRankingTest.class.getResourceAsStream("/golden/policy/ranking.txt"),
                StandardCharsets.UTF_8))) {
      return reader.lines().filter(line -> !line.isEmpty()).toList();
    }
  }

  private static FarmSnapshot farm(String line) {
    List<Machine> machines = new ArrayList<>();
    List<MachineState> states = new ArrayList<>();
    for (String word : line.substring("farm ".length()).split(" ", -1)) {
      String[] parts = word.split(":", -1);
      machines.add(
          Machine.at(parts[0])
              .forSystems("x86_64-linux")
              .speedFactor(Double.parseDouble(parts[1]))
              .maxJobs(Integer.parseInt(parts[2]))
              .build());
      states.add(MachineState.running(Integer.parseInt(parts[3])));
    }
    return FarmSnapshot.of(Farm.of(machines), states);
  }

  /** Takes the chosen machine away until nobody is chosen. */
  private static List<String> order(FarmSnapshot snapshot) {
    List<String> names = new ArrayList<>();
    FarmSnapshot rest = snapshot;
    while (SelectionPolicy.nix().decide(LINUX, rest) instanceof Decision.Accept accept) {
      names.add(accept.machine().name());
      rest = rest.with(accept.position(), MachineState.idle().disabled("tried"));
    }
    return names;
  }

  @Test
  void nix_prefers_machines_in_the_order_of_the_real_hook() throws IOException {
    List<String> lines = lines();
    assertThat(lines).hasSize(240);
    for (int i = 0; i < lines.size(); i += 2) {
      assertThat(("order " + String.join(" ", order(farm(lines.get(i))))).strip())
          .as(lines.get(i))
          .isEqualTo(lines.get(i + 1));
    }
  }
}
