package io.github.remotebuild;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.fake.CountingThreads;
import io.github.remotebuild.fake.FakeFarm;
import io.github.remotebuild.fake.FakeMachine;
import io.github.remotebuild.model.StorePath;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RemoteBuildsTest {
  private final FakeFarm farm = new FakeFarm();
  private final CountingThreads threads = new CountingThreads();

  private RemoteBuilds open() {
    return RemoteBuilds.on(farm.farm())
        .connectingWith(farm)
        .hub(farm.hubStore())
        .threads(threads)
        .open();
  }

  @Test
  void a_graph_is_built_on_two_machines_and_nothing_is_left_open() throws Exception {
    FakeMachine one = farm.machine("one", 2);
    FakeMachine two = farm.machine("two", 2);
    StorePath source = farm.hub().store().addText("source", "text");
    StorePath left = farm.derivation("left", source);
    StorePath right = farm.derivation("right", source);
    StorePath top = farm.derivation("top", left, right);

    BuildOutcome outcome;
    try (RemoteBuilds builds = open()) {
      outcome = builds.build(BuildRequest.of(top));
    }

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(outcome.results()).containsOnlyKeys(left, right, top);
    assertThat(farm.hub().store().isValid(farm.output(top))).isTrue();
    assertThat(one.builds().size() + two.builds().size()).isEqualTo(3);
    assertThat(farm.leftOpen()).isEmpty();
    assertThat(threads.leftAfter(Duration.ofSeconds(2))).isEmpty();
  }
}
