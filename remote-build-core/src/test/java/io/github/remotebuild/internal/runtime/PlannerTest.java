package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.Limits;
import io.github.remotebuild.fake.StubStore;
import io.github.remotebuild.model.ContentAddressMethod;
import io.github.remotebuild.model.DerivationBuilder;
import io.github.remotebuild.model.DerivedPath;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.OutputsSpec;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.StderrSink;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PlannerTest {
  private final StubStore hub = new StubStore();
  private StoreSession session;

  @BeforeEach
  void open() throws Exception {
    session =
        hub.open(
            StderrSink.discarding(),
            new ConnectOptions(
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                1,
                Thread::new),
            SessionSettings.defaults());
  }

  @AfterEach
  void close() {
    session.close();
  }

  private Plan plan(DerivedPath.Built... targets) {
    return new Planner(session, Limits.defaults(), true).plan(Arrays.asList(targets));
  }

  private static DerivedPath.Built all(StorePath drv) {
    return new DerivedPath.Built(drv, OutputsSpec.all());
  }

  private void valid(StorePath output) {
    hub.add(output, "x");
  }

  @Test
  void everything_missing_is_built_and_knows_its_inputs() {
    StorePath low = hub.derivation("low");
    StorePath left = hub.derivation("left", low);
    StorePath right = hub.derivation("right", low);
    StorePath top = hub.derivation("top", left, right);
    Plan plan = plan(all(top));
    assertThat(plan.nodes()).containsOnlyKeys(low, left, right, top);
    assertThat(plan.nodes().get(top).inputs()).containsExactlyInAnyOrder(left, right);
    assertThat(plan.nodes().get(low).inputs()).isEmpty();
    assertThat(plan.targets().get(top)).containsEntry("out", hub.output(top));
  }

  @Test
  void what_is_valid_is_not_looked_behind() {
    StorePath low = hub.derivation("low");
    StorePath middle = hub.derivation("middle", low);
    StorePath top = hub.derivation("top", middle);
    valid(hub.output(middle));
    Plan plan = plan(all(top));
    assertThat(plan.nodes()).containsOnlyKeys(top);
    assertThat(plan.nodes().get(top).inputs()).isEmpty();
    assertThat(hub.filesRead()).as("derivations read").isEqualTo(2);
  }

  @Test
  void only_outputs_that_somebody_needs_are_missing() {
    StorePath many =
        hub.derivation(
            DerivationBuilder.named("many")
                .system(StubStore.SYSTEM)
                .builder("/bin/sh")
                .outputs("out", "dev", "doc"));
    StorePath user =
        hub.derivation(
            DerivationBuilder.named("user")
                .system(StubStore.SYSTEM)
                .builder("/bin/sh")
                .input(many, "dev"));
    Plan plan = plan(all(user), new DerivedPath.Built(many, OutputsSpec.names("doc")));
    assertThat(plan.nodes().get(many).missing()).containsOnlyKeys("dev", "doc");
    assertThat(plan.targets().get(many)).containsOnlyKeys("doc");
  }

  @Test
  void an_output_needed_later_than_another_of_its_derivation_is_asked_for_too() {
    StorePath many =
        hub.derivation(
            DerivationBuilder.named("many")
                .system(StubStore.SYSTEM)
                .builder("/bin/sh")
                .outputs("out", "dev"));
    StorePath user =
        hub.derivation(
            DerivationBuilder.named("user")
                .system(StubStore.SYSTEM)
                .builder("/bin/sh")
                .input(many, "dev"));
    valid(hub.output(many, "out"));
    Plan plan = plan(all(user), new DerivedPath.Built(many, OutputsSpec.names("out")));
    assertThat(plan.nodes()).containsOnlyKeys(many, user);
    assertThat(plan.nodes().get(many).missing()).containsOnlyKeys("dev");
  }

  @Test
  void a_derivation_that_is_not_there_is_named() {
    StorePath drv = hub.derivation("a");
    hub.remove(drv);
    assertThatThrownBy(() -> plan(all(drv)))
        .isInstanceOf(FailedException.class)
        .hasMessageContaining(drv.toString())
        .hasMessageContaining("is not valid in the hub");
  }

  @Test
  void an_output_that_is_not_offered_is_named() {
    StorePath drv = hub.derivation("a");
    assertThatThrownBy(() -> plan(new DerivedPath.Built(drv, OutputsSpec.names("dev"))))
        .isInstanceOf(FailedException.class)
        .hasMessageContaining("has no output 'dev'; it has out");
  }

  @Test
  void a_file_that_is_no_derivation_is_refused() {
    StorePath drv = hub.addText("a.drv", "Derive(nonsense");
    assertThatThrownBy(() -> plan(all(drv)))
        .isInstanceOf(FailedException.class)
        .hasMessageContaining("it is no derivation");
  }

  @Test
  void a_content_addressed_derivation_is_refused_in_words() {
    StorePath drv =
        hub.derivation(
            DerivationBuilder.named("floating")
                .system(StubStore.SYSTEM)
                .builder("/bin/sh")
                .floatingOutputs(ContentAddressMethod.NAR, HashAlgorithm.SHA256));
    assertThatThrownBy(() -> plan(all(drv)))
        .isInstanceOf(FailedException.class)
        .hasMessageContaining("content-addressed");
  }

  @Test
  void the_bound_on_derivations_counts_those_that_are_read() {
    StorePath low = hub.derivation("low");
    StorePath middle = hub.derivation("middle", low);
    valid(hub.output(low));
    Planner planner = new Planner(session, Limits.defaults().withGraphDerivations(1), true);
    assertThatThrownBy(() -> planner.plan(List.of(all(middle))))
        .isInstanceOf(FailedException.class)
        .hasMessageContaining("limit graphDerivations");
  }

  @Test
  void a_derivation_beyond_the_bound_on_its_size_is_not_read() {
    StorePath drv = hub.derivation("a");
    Planner planner = new Planner(session, Limits.defaults().withDerivationBytes(10), true);
    assertThatThrownBy(() -> planner.plan(List.of(all(drv))))
        .isInstanceOf(FailedException.class)
        .hasMessageContaining("limit derivationBytes");
  }
}
