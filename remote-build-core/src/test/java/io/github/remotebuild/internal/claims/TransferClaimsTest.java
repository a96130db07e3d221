package io.github.remotebuild.internal.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.internal.claims.Transfer.Direction;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StoreKey;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.model.StoreUri;
import io.github.remotebuild.model.TransferWait;
import io.github.remotebuild.model.TransferWait.Bound;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TransferClaimsTest {
  private static final StoreKey ALPHA = StoreKey.from(StoreUri.parse("ssh://alpha"));
  private static final StoreKey BETA = StoreKey.from(StoreUri.parse("ssh://beta"));
  private static final TransferBounds PLENTY = new TransferBounds(100, 100, 1L << 40, 1L << 40);

  /** A share of 10 bytes for each; 40 bytes more for large paths in all, 20 with one store. */
  private static final TransferBounds TIGHT = new TransferBounds(4, 2, 80, 40);

  private final ClaimsWorld world = new ClaimsWorld();
  private final StorePath libc = world.add("libc", 5);
  private final StorePath bash = world.add("bash", 3, libc);
  private final StorePath gcc = world.add("gcc", 4, libc);
  private final StorePath text = world.add("text", 2);
  private TransferClaims claims = new TransferClaims(PLENTY);
  private int transfers;

  private Transfer open(Direction direction, StoreKey store, StorePath... paths) {
    int number = ++transfers;
    Transfer transfer =
        new Transfer(number, direction, store, ClaimsWorld.path(1000 + number, "build-" + number));
    List<StorePath> needed = Arrays.asList(paths);
    claims.open(transfer, direction == Direction.TO_HUB ? needed : world.closure(needed));
    return transfer;
  }

  /** A transfer to a machine that has been told that nothing of what it needs is there. */
  private Transfer upload(StoreKey store, StorePath... paths) {
    Transfer transfer = open(Direction.TO_MACHINE, store, paths);
    answer(transfer, asked(claims.next(transfer)));
    return transfer;
  }

  private static Collection<StorePath> asked(Step step) {
    assertThat(step).isInstanceOf(Step.Ask.class);
    return ((Step.Ask) step).paths();
  }

  /** These of what was asked for are there; the others are described. */
  private void answer(Transfer transfer, Collection<StorePath> asked, StorePath... valid) {
    Set<StorePath> there = Set.of(valid);
    claims.answered(transfer, asked, there);
    claims.describe(
        transfer, world.infos(asked.stream().filter(path -> !there.contains(path)).toList()));
  }

  private static List<StorePath> sent(Step step) {
    assertThat(step).isInstanceOf(Step.Send.class);
    return ((Step.Send) step).infos().stream().map(PathInfo::path).toList();
  }

  private static TransferWait waited(Step step) {
    assertThat(step).isInstanceOf(Step.Wait.class);
    return ((Step.Wait) step).reason();
  }

  private void confirm(Transfer transfer, StorePath... paths) {
    for (StorePath path : paths) {
      claims.confirmed(transfer, path);
    }
  }

  private static TransferWait forPath(StorePath path, Transfer holder) {
    return new TransferWait.ForPath(path, holder.derivation());
  }

  private static TransferWait forRoom(Bound bound) {
    return new TransferWait.ForRoom(bound);
  }

  @Test
  void what_is_there_is_not_sent() {
    Transfer one = open(Direction.TO_MACHINE, ALPHA, bash);

    answer(one, asked(claims.next(one)), libc, bash);

    assertThat(claims.next(one)).isInstanceOf(Step.Done.class);
  }

  @Test
  void references_are_sent_first() {
    Transfer one = upload(ALPHA, gcc, bash);

    assertThat(sent(claims.next(one))).containsExactly(libc, bash, gcc);

    confirm(one, libc, bash, gcc);
    assertThat(claims.next(one)).isInstanceOf(Step.Done.class);
  }

  @Test
  void a_path_that_one_sends_the_other_waits_for() {
    Transfer one = upload(ALPHA, libc);
    Transfer two = upload(ALPHA, libc);

    assertThat(sent(claims.next(one))).containsExactly(libc);

    assertThat(waited(claims.next(two))).isEqualTo(forPath(libc, one));
    assertThat(forPath(libc, one)).hasToString("for libc, which the build of build-1 transfers");
  }

  @Test
  void different_paths_are_sent_at_the_same_time() {
    Transfer one = upload(ALPHA, libc);
    Transfer two = upload(ALPHA, text);

    assertThat(sent(claims.next(one))).containsExactly(libc);
    assertThat(sent(claims.next(two))).containsExactly(text);
  }

  @Test
  void a_claim_holds_at_one_destination_only() {
    Transfer one = upload(ALPHA, libc);
    Transfer two = upload(BETA, libc);
    Transfer down = open(Direction.TO_HUB, ALPHA, libc);
    answer(down, asked(claims.next(down)));

    assertThat(sent(claims.next(one))).containsExactly(libc);
    assertThat(sent(claims.next(two))).containsExactly(libc);
    assertThat(sent(claims.next(down))).containsExactly(libc);
  }

  @Test
  void what_is_behind_a_claim_of_another_stays_unclaimed_and_the_rest_is_sent() {
    Transfer one = upload(ALPHA, libc);
    sent(claims.next(one));

    Transfer two = upload(ALPHA, bash, text);

    assertThat(sent(claims.next(two))).containsExactly(text);
    confirm(two, text);
    assertThat(waited(claims.next(two))).isEqualTo(forPath(libc, one));
    assertThat(sent(claims.next(upload(ALPHA, gcc, text)))).containsExactly(text);
  }

  @Test
  void a_waiter_asks_for_what_has_arrived_before_it_goes_on() {
    Transfer one = upload(ALPHA, libc);
    Transfer two = upload(ALPHA, bash);
    sent(claims.next(one));
    waited(claims.next(two));

    confirm(one, libc);

    assertThat(claims.takeWoken()).containsExactly(two);
    assertThat(asked(claims.next(two))).containsExactly(libc);
    answer(two, List.of(libc), libc);
    assertThat(sent(claims.next(two))).containsExactly(bash);
  }

  @Test
  void what_was_collected_before_the_waiter_could_root_it_is_sent_again() {
    Transfer one = upload(ALPHA, libc);
    Transfer two = upload(ALPHA, libc);
    sent(claims.next(one));
    waited(claims.next(two));
    confirm(one, libc);
    claims.close(one);

    answer(two, asked(claims.next(two)));

    assertThat(sent(claims.next(two))).containsExactly(libc);
  }

  @Test
  void one_waiter_takes_over_what_a_dead_sender_has_left() {
    Transfer one = upload(ALPHA, gcc);
    Transfer two = upload(ALPHA, gcc);
    Transfer three = upload(ALPHA, gcc);
    sent(claims.next(one));
    waited(claims.next(two));
    waited(claims.next(three));
    confirm(one, libc);

    claims.close(one);

    assertThat(claims.takeWoken()).containsExactly(two, three);
    answer(two, asked(claims.next(two)), libc);
    answer(three, asked(claims.next(three)), libc);
    assertThat(sent(claims.next(two))).containsExactly(gcc);
    assertThat(waited(claims.next(three))).isEqualTo(forPath(gcc, two));
  }

  @Test
  void a_waiter_is_woken_when_the_other_has_nothing_left_that_it_needs() {
    Transfer one = upload(ALPHA, bash, gcc);
    Transfer two = upload(ALPHA, bash);
    sent(claims.next(one));
    waited(claims.next(two));

    confirm(one, libc);
    assertThat(claims.takeWoken()).isEmpty();
    confirm(one, bash);
    assertThat(claims.takeWoken()).containsExactly(two);
    confirm(one, gcc);
    assertThat(claims.takeWoken()).isEmpty();
    assertThat(asked(claims.next(two))).containsExactly(libc, bash);
  }

  @Test
  void what_arrives_while_one_asks_is_asked_for_again() {
    Transfer one = upload(ALPHA, libc);
    sent(claims.next(one));
    Transfer two = open(Direction.TO_MACHINE, ALPHA, bash);
    Collection<StorePath> asked = asked(claims.next(two));

    confirm(one, libc);
    answer(two, asked);

    assertThat(asked(claims.next(two))).containsExactly(libc);
  }

  @Test
  void what_is_claimed_while_one_asks_is_waited_for() {
    Transfer two = open(Direction.TO_MACHINE, ALPHA, bash);
    Collection<StorePath> asked = asked(claims.next(two));
    Transfer one = upload(ALPHA, libc);
    sent(claims.next(one));

    answer(two, asked);

    assertThat(waited(claims.next(two))).isEqualTo(forPath(libc, one));
  }

  @Test
  void what_others_than_we_have_added_is_not_waited_for() {
    Transfer one = upload(ALPHA, libc, text);
    sent(claims.next(one));
    Transfer two = open(Direction.TO_MACHINE, ALPHA, bash);

    answer(two, asked(claims.next(two)), libc);

    assertThat(sent(claims.next(two))).containsExactly(bash);
  }

  @Test
  void there_is_a_bound_on_the_transfers_with_one_store_and_on_all() {
    claims = new TransferClaims(TIGHT);
    StorePath[] paths = new StorePath[6];
    for (int i = 0; i < paths.length; i++) {
      paths[i] = world.add("path-" + i, 1);
    }
    sent(claims.next(upload(ALPHA, paths[0])));
    sent(claims.next(upload(ALPHA, paths[1])));

    assertThat(waited(claims.next(upload(ALPHA, paths[2]))))
        .isEqualTo(forRoom(Bound.TRANSFERS_PER_STORE));
    sent(claims.next(upload(BETA, paths[3])));
    sent(claims.next(upload(BETA, paths[4])));
    assertThat(waited(claims.next(upload(BETA, paths[5])))).isEqualTo(forRoom(Bound.TRANSFERS));
  }

  @Test
  void who_came_first_is_served_first() {
    claims = new TransferClaims(new TransferBounds(1, 1, 100, 100));
    StorePath[] paths = new StorePath[3];
    for (int i = 0; i < paths.length; i++) {
      paths[i] = world.add("path-" + i, 1);
    }
    Transfer one = upload(ALPHA, paths[0]);
    Transfer two = upload(ALPHA, paths[1]);
    Transfer three = upload(BETA, paths[2]);
    sent(claims.next(one));
    waited(claims.next(two));
    waited(claims.next(three));

    confirm(one, paths[0]);
    assertThat(claims.takeWoken()).isEmpty();
    assertThat(claims.next(one)).isInstanceOf(Step.Done.class);

    assertThat(claims.takeWoken()).containsExactly(two);
    assertThat(waited(claims.next(three))).isEqualTo(forRoom(Bound.TRANSFERS));
    assertThat(sent(claims.next(two))).containsExactly(paths[1]);
  }

  @Test
  void a_step_sends_no_more_than_the_share() {
    claims = new TransferClaims(TIGHT);
    Transfer one = upload(ALPHA, gcc, bash);

    assertThat(sent(claims.next(one))).containsExactly(libc, bash);
    confirm(one, libc, bash);
    assertThat(sent(claims.next(one))).containsExactly(gcc);
  }

  @Test
  void a_large_path_waits_for_another_but_small_ones_for_neither() {
    claims = new TransferClaims(TIGHT);
    StorePath first = world.add("large-1", 15);
    StorePath second = world.add("large-2", 15);
    Transfer one = upload(ALPHA, first);
    Transfer two = upload(ALPHA, second);
    sent(claims.next(one));

    assertThat(waited(claims.next(two))).isEqualTo(forRoom(Bound.TRANSFER_BYTES_PER_STORE));
    Transfer down = open(Direction.TO_HUB, ALPHA, text);
    assertThat(waited(claims.next(down))).isEqualTo(forRoom(Bound.TRANSFERS_PER_STORE));
    assertThat(sent(claims.next(upload(BETA, text)))).containsExactly(text);

    confirm(one, first);
    assertThat(claims.takeWoken()).containsExactly(two);
    assertThat(sent(claims.next(two))).containsExactly(second);
    assertThat(claims.next(one)).isInstanceOf(Step.Done.class);
    assertThat(claims.takeWoken()).containsExactly(down);
  }

  @Test
  void a_path_larger_than_everything_is_sent_when_no_other_large_one_is() {
    claims = new TransferClaims(TIGHT);
    StorePath huge = world.add("huge", 1_000_000);
    StorePath large = world.add("large", 11);
    Transfer one = upload(BETA, large);
    Transfer two = upload(ALPHA, huge, text);
    sent(claims.next(one));

    assertThat(sent(claims.next(two))).containsExactly(text);
    confirm(two, text);
    assertThat(waited(claims.next(two))).isEqualTo(forRoom(Bound.TRANSFER_BYTES));
    confirm(one, large);
    assertThat(claims.takeWoken()).containsExactly(two);
    assertThat(sent(claims.next(two))).containsExactly(huge);
    assertThat(waited(claims.next(upload(BETA, large)))).isEqualTo(forRoom(Bound.TRANSFER_BYTES));
  }

  @Test
  void a_large_path_is_not_passed_over_by_those_that_came_later() {
    StorePath first = world.add("large-1", 20);
    StorePath second = world.add("large-2", 30);
    StorePath third = world.add("large-3", 15);
    for (boolean isPerStore : new boolean[] {true, false}) {
      claims = new TransferClaims(new TransferBounds(4, 4, isPerStore ? 800 : 80, 80));
      Transfer one = upload(ALPHA, first);
      Transfer two = upload(isPerStore ? ALPHA : BETA, second);
      Transfer three = upload(isPerStore ? ALPHA : BETA, third);
      sent(claims.next(one));
      waited(claims.next(two));

      Bound bound = isPerStore ? Bound.TRANSFER_BYTES_PER_STORE : Bound.TRANSFER_BYTES;
      assertThat(waited(claims.next(three))).isEqualTo(forRoom(bound));

      claims.close(one);
      assertThat(claims.takeWoken()).containsExactly(two);
    }
  }

  @Test
  void the_bytes_for_a_large_output_are_kept_while_the_hub_is_asked_again() {
    claims = new TransferClaims(new TransferBounds(4, 4, 80, 80));
    StorePath large = world.add("large-1", 30);
    StorePath another = world.add("large-2", 30);
    Transfer one = upload(ALPHA, another);
    sent(claims.next(one));
    Transfer two = open(Direction.TO_HUB, ALPHA, large);
    answer(two, asked(claims.next(two)));
    waited(claims.next(two));
    waited(claims.next(two));
    Transfer three = upload(BETA, another);
    waited(claims.next(three));

    claims.close(one);

    assertThat(claims.takeWoken()).containsExactly(two);
    answer(two, asked(claims.next(two)));
    assertThat(sent(claims.next(two))).containsExactly(large);
    confirm(two, large);
    assertThat(claims.takeWoken()).containsExactly(three);
  }

  @Test
  void a_transfer_to_the_hub_asks_when_it_has_its_turn() {
    claims = new TransferClaims(new TransferBounds(1, 1, 100, 100));
    Transfer one = upload(ALPHA, libc);
    sent(claims.next(one));
    Transfer two = open(Direction.TO_HUB, ALPHA, bash);

    assertThat(waited(claims.next(two))).isEqualTo(forRoom(Bound.TRANSFERS));
    claims.close(one);
    assertThat(claims.takeWoken()).containsExactly(two);
    assertThat(asked(claims.next(two))).containsExactly(bash);
  }

  @Test
  void a_transfer_to_the_hub_that_had_to_wait_begins_anew() {
    Transfer one = open(Direction.TO_HUB, ALPHA, libc);
    answer(one, asked(claims.next(one)));
    sent(claims.next(one));
    Transfer two = open(Direction.TO_HUB, BETA, bash);
    claims.answered(two, asked(claims.next(two)), Set.of());
    claims.asking(two, List.of(libc));
    claims.answered(two, List.of(libc), Set.of());
    claims.describe(two, world.infos(List.of(libc, bash)));
    assertThat(waited(claims.next(two))).isEqualTo(forPath(libc, one));

    confirm(one, libc);

    assertThat(claims.takeWoken()).containsExactly(two);
    assertThat(asked(claims.next(two))).containsExactly(bash);
    claims.answered(two, List.of(bash), Set.of());
    claims.asking(two, List.of(libc));
    claims.answered(two, List.of(libc), Set.of(libc));
    claims.describe(two, world.infos(List.of(bash)));
    assertThat(sent(claims.next(two))).containsExactly(bash);
  }

  @Test
  void nothing_is_left_when_all_are_closed() {
    claims = new TransferClaims(TIGHT);
    Transfer one = upload(ALPHA, gcc);
    Transfer two = upload(ALPHA, gcc, text);
    Transfer three = open(Direction.TO_HUB, ALPHA, text);
    sent(claims.next(one));
    sent(claims.next(two));
    waited(claims.next(three));
    assertThat(claims.isIdle()).isFalse();

    List.of(one, two, three, one).forEach(claims::close);

    assertThat(claims.isIdle()).isTrue();
    assertThat(claims.takeWoken()).isEmpty();
  }

  @Test
  void nonsense_is_refused() {
    Transfer one = upload(ALPHA, libc);
    Step step = claims.next(one);

    assertThat(sent(step)).containsExactly(libc);
    assertThatThrownBy(() -> claims.next(one)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> claims.confirmed(one, text))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> claims.open(one, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> claims.describe(one, world.infos(List.of(text))))
        .isInstanceOf(IllegalArgumentException.class);
    claims.close(one);
    assertThatThrownBy(() -> claims.next(one)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TransferBounds(1, 1, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_transfer_of_which_nobody_tells_what_its_paths_are_does_not_wait_for_ever() {
    Transfer one = open(Direction.TO_MACHINE, ALPHA, libc);
    claims.answered(one, asked(claims.next(one)), Set.of());

    assertThatThrownBy(() -> claims.next(one)).isInstanceOf(IllegalStateException.class);
  }
}
