package io.github.remotebuild.dispatch;

import static io.github.remotebuild.dispatch.ScriptedRun.GOING_ON;
import static io.github.remotebuild.dispatch.ScriptedRun.LINUX;
import static io.github.remotebuild.dispatch.ScriptedRun.START;
import static io.github.remotebuild.dispatch.ScriptedRun.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.remotebuild.model.Demand;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadyBuildsTest {
  private final Callers callers = new Callers(ShareRule.equal());
  private final ReadyBuilds ready = new ReadyBuilds(callers);

  private static Build build(long number, Demand demand) {
    return build(number, demand, GOING_ON, Standing.ordinary());
  }

  private static Build build(long number, Demand demand, RequestRules rules, Standing standing) {
    Request request = new Request(new RequestId(number), rules, standing, false);
    Node node = new Node(ScriptedRun.build(number, demand), request);
    return new Build(number, new SameDerivation(node.derivation()), node);
  }

  private Build added(long number, Demand demand) {
    Build build = build(number, demand);
    ready.add(build, START);
    return build;
  }

  @Test
  void builds_that_any_machine_treats_alike_share_a_group() {
    Build first = added(1, LINUX);
    Build second = added(2, Demand.forSystem("x86_64-linux"));
    Build other = added(3, LINUX.requiring("kvm"));
    Build tried = build(4, LINUX);
    tried.triedHosts.add(0);
    ready.add(tried, START);
    Build patient = build(5, LINUX, patient(Duration.ofHours(1)), Standing.ordinary());
    ready.add(patient, START);

    assertThat(first.group).isSameAs(second.group);
    assertThat(ready.groups()).hasSize(4);
    assertThat(other.group).isNotSameAs(first.group);
  }

  @Test
  void a_build_is_removed_from_the_group_it_is_in_whatever_became_of_its_tries() {
    Build build = added(1, LINUX);
    build.triedHosts.add(3);

    ready.remove(build);

    assertThat(build.group).isNull();
    assertThat(ready.groups()).isEmpty();
    assertThat(ready.isAnyOpen()).isFalse();
    ready.remove(build);
  }

  @Test
  void a_build_is_not_added_twice() {
    Build build = added(1, LINUX);

    assertThatIllegalStateException().isThrownBy(() -> ready.add(build, START));
  }

  @Test
  void each_caller_has_a_line_of_its_own_in_a_group() {
    Build ours = added(1, LINUX);
    Build theirs = build(2, LINUX, GOING_ON, Standing.ordinary().withCaller("ci"));
    ready.add(theirs, START);

    assertThat(theirs.group).isSameAs(ours.group);
    assertThat(theirs.places.get(0).line).isNotSameAs(ours.places.get(0).line);
    ready.remove(theirs);
    assertThat(ours.group.lines.values()).containsExactly(ours.places.get(0).line);
  }

  @Test
  void lines_come_in_the_order_of_their_first_builds_as_these_come_and_go() {
    Build fifth = added(5, LINUX);
    Build third = added(3, LINUX.requiring("kvm"));
    CallerAccount account = fifth.places.get(0).line.account;
    assertThat(account.lines.values())
        .containsExactly(third.places.get(0).line, fifth.places.get(0).line);

    Build first = added(1, LINUX);
    assertThat(account.lines.values())
        .containsExactly(fifth.places.get(0).line, third.places.get(0).line);
    ready.remove(first);
    assertThat(account.lines.values())
        .containsExactly(third.places.get(0).line, fifth.places.get(0).line);
  }

  @Test
  void a_build_opens_its_group_again() {
    Build build = added(1, LINUX);
    WaitingGroup group = ready.groups().get(0);
    assertThat(ready.isOpen(group)).isTrue();
    ready.close(group);
    assertThat(ready.isAnyOpen()).isFalse();

    added(2, LINUX);

    assertThat(ready.isOpen(group)).isTrue();
    assertThat(build.places.get(0).line.first().build).isSameAs(build);
  }
}
