package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MachineTest {
  private static final SystemType LINUX = SystemType.of("x86_64-linux");

  private static MachineBuilder mac() {
    return Machine.at("mac").forSystems(LINUX);
  }

  @Test
  void what_is_unsaid_has_the_defaults_of_the_machines_file() {
    Machine machine = mac().build();

    assertThat(machine.maxJobs()).isEqualTo(1);
    assertThat(machine.speedFactor()).isEqualTo(1);
    assertThat(machine.features().isEmpty()).isTrue();
    assertThat(machine.sshKey()).isEmpty();
    assertThat(machine.publicHostKey()).isEmpty();
    assertThat(machine.isEnabled()).isTrue();
  }

  @Test
  void a_builder_can_be_shared_half_finished() {
    MachineBuilder half = mac().supporting("kvm");

    assertThat(half.maxJobs(2).build().maxJobs()).isEqualTo(2);
    assertThat(half.maxJobs(3).supporting("big").build().supportedFeatures())
        .isEqualTo(Features.of("kvm", "big"));
    assertThat(half.build().maxJobs()).isEqualTo(1);
    assertThat(half.build().supportedFeatures()).isEqualTo(Features.of("kvm"));
  }

  @Test
  void what_has_one_value_is_said_once() {
    assertThatThrownBy(() -> mac().maxJobs(1).maxJobs(2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("maxJobs was already set to 1, cannot set it to 2");
    assertThatThrownBy(() -> mac().speedFactor(1).speedFactor(2))
        .hasMessage("speedFactor was already set to 1.0, cannot set it to 2.0");
    assertThatThrownBy(() -> mac().sshKey("/a").sshKey("/b"))
        .hasMessage("sshKey was already set to /a, cannot set it to /b");
    assertThatThrownBy(() -> mac().publicHostKey("a").publicHostKey("b"))
        .hasMessage("publicHostKey was already set to a, cannot set it to b");
  }

  @Test
  void numbers_out_of_range_are_refused() {
    assertThatThrownBy(() -> mac().maxJobs(-1).build())
        .hasMessage("maxJobs must not be negative: -1");
    for (double speed : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> mac().speedFactor(speed).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("speedFactor must be greater than 0 and finite");
    }
  }

  @Test
  void a_machine_without_a_system_is_refused() {
    assertThatThrownBy(() -> Machine.at("mac").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ssh://mac needs at least one system");
  }

  @Test
  void every_machine_runs_builtin_and_its_systems() {
    assertThat(mac().build().runs(LINUX)).isTrue();
    assertThat(mac().build().runs(SystemType.BUILTIN)).isTrue();
    assertThat(mac().build().runs(SystemType.of("i686-linux"))).isFalse();
  }

  @Test
  void mandatory_features_are_features_too() {
    assertThat(mac().supporting("a").insistingOn("b").build().features())
        .isEqualTo(Features.of("b", "a"));
  }

  @Test
  void key_and_host_key_may_stand_in_the_uri() {
    Machine machine =
        Machine.at("ssh://h?ssh-key=/k&base64-ssh-public-host-key=c3NoLXJzYSBBQUFBCg%3D%3D")
            .forSystems(LINUX)
            .build();

    assertThat(machine.identityFile()).contains("/k");
    assertThat(machine.pinnedHostKey()).contains("ssh-rsa AAAA");
    assertThat(mac().sshKey("/column").build().identityFile()).contains("/column");
    assertThat(mac().publicHostKey("ssh-rsa BBBB").build().pinnedHostKey())
        .contains("ssh-rsa BBBB");
    assertThatThrownBy(
            () ->
                Machine.at("h?base64-ssh-public-host-key=!")
                    .forSystems(LINUX)
                    .build()
                    .pinnedHostKey())
        .isInstanceOf(FormatException.class);
  }

  @Test
  void the_name_is_short_and_without_parameters() {
    assertThat(Machine.at("ssh://me@h:22?compress=true").forSystems(LINUX).build().name())
        .isEqualTo("me@h:22");
    assertThat(Machine.at("ssh-ng://h").forSystems(LINUX).build().name()).isEqualTo("ssh-ng://h");
    assertThat(Machine.at("?root=/x").forSystems(LINUX).build().name()).isEqualTo("auto");
    assertThat(Machine.at("/data").forSystems(LINUX).build()).hasToString("/data");
  }

  @Test
  void the_hub_is_the_local_machine_and_has_three_names() {
    for (String uri : List.of("local", "auto", "daemon")) {
      assertThat(Machine.at(uri).forSystems(LINUX).build().isLocal()).as(uri).isTrue();
    }
    for (String uri :
        List.of("local?root=/mnt", "?root=/mnt", "unix:///s", "/data", "ssh://localhost", "h")) {
      assertThat(Machine.at(uri).forSystems(LINUX).build().isLocal()).as(uri).isFalse();
    }
    assertThat(Machine.local().forSystems(LINUX).build()).hasToString("local");
    assertThat(Machine.local().forSystems(LINUX).build().storeKey()).isEqualTo(StoreKey.local());
  }

  @Test
  void what_the_request_says_of_the_local_machine_overrides_the_derivation() {
    Demand plain = Demand.forSystem(LINUX);

    assertThat(plain.locality()).isEqualTo(Locality.ANY);
    assertThat(plain.preferringLocal().locality()).isEqualTo(Locality.LOCAL_FIRST);
    for (Locality wish : Locality.values()) {
      assertThat(plain.placing(wish).locality()).isEqualTo(wish);
      assertThat(plain.placing(wish).preferringLocal().requiring("x").refusing("a").locality())
          .isEqualTo(wish);
    }
  }

  @Test
  void a_farm_is_edited_by_position() {
    Machine a = mac().build();
    Machine b = Machine.at("b").forSystems(LINUX).build();
    Farm farm = Farm.of(a, b);

    assertThat(farm.with(a).machines()).containsExactly(a, b, a);
    assertThat(farm.with(0, b).machines()).containsExactly(b, b);
    assertThat(farm.without(0).machines()).containsExactly(b);
    assertThat(farm.machines()).containsExactly(a, b);
    assertThatThrownBy(() -> farm.without(2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void features_are_sorted_and_compared_by_name() {
    Features features = Features.of("kvm", "big", "kvm");

    assertThat(features).hasToString("big,kvm").containsExactly("big", "kvm");
    assertThat(features.containsAll(Features.of("kvm"))).isTrue();
    assertThat(features.contains("Kvm")).isFalse();
    assertThat(features.minus(Features.of("kvm", "x"))).isEqualTo(Features.of("big"));
    assertThat(features.plus(Features.of("a"))).hasToString("a,big,kvm");
    assertThat(Features.parse(",a,,b,")).isEqualTo(Features.of("a", "b"));
    assertThatThrownBy(() -> Features.parse("a b")).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> Features.of("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> features.names().add("x"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void a_system_is_one_word() {
    for (String bad : List.of("", "a b", "a\n", "a\0", "x".repeat(256))) {
      assertThatThrownBy(() -> SystemType.parse(bad)).isInstanceOf(FormatException.class);
      assertThatThrownBy(() -> SystemType.of(bad)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(SystemType.parse("builtin").isBuiltin()).isTrue();
  }

  @Test
  void the_rules_of_a_demand_must_all_admit_a_machine() {
    Demand demand = Demand.forSystem(LINUX).usingOnly("mac", "b").refusing("b");

    assertThat(demand.admits(mac().build())).isTrue();
    assertThat(demand.admits(Machine.at("b").forSystems(LINUX).build())).isFalse();
    assertThat(demand.admits(Machine.at("c").forSystems(LINUX).build())).isFalse();
    assertThat(demand).isEqualTo(Demand.forSystem(LINUX).usingOnly("b", "mac").refusing("b"));
    assertThat(demand.withoutRules()).isEqualTo(Demand.forSystem(LINUX));
  }
}
