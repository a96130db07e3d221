package io.github.remotebuild.internal.claims;

import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StoreKey;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.model.TransferWait;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which transfer may send which paths now, so that no path is sent to a store twice at a time.
 *
 * <p>A transfer says what it needs at its destination, and is told step by step what to do: ask
 * which paths are there, send some, or wait. To send a path it has a <i>claim</i> on it, from the
 * step on until the destination has confirmed the path or the transfer is closed. The rules:
 *
 * <ul>
 *   <li>On one path at one destination there is one claim at most.
 *   <li>A path is claimed only when each of its references is there or comes before it in the same
 *       step. What is behind somebody else's claim stays unclaimed.
 *   <li>Nobody who waits has a claim or a turn, so nobody waits in a circle.
 *   <li>A path on which another's claim has ended, in whatever way, is asked for again before it is
 *       believed to be there, or to be missing: only that roots it for who asks. So a waiter takes
 *       over what a dead sender has left, and nothing else.
 *   <li>Who wants to know which paths are there says so before he asks, so that a claim that ends
 *       meanwhile is not missed.
 *   <li>Sending needs a turn; turns are given within the {@link TransferBounds}, first come, first
 *       served, by {@link Admission}.
 * </ul>
 *
 * <p>A deterministic state machine: not for use by several threads at once. Calls that nothing led
 * up to throw {@link IllegalStateException} or {@link IllegalArgumentException}.
 */
public final class TransferClaims {
  private final TransferBounds bounds;
  private final Admission admission;
  private final Map<Transfer, Claimant> claimants = new HashMap<>();
  private final Map<Optional<StoreKey>, Destination> destinations = new HashMap<>();
  private final Set<Transfer> woken = new LinkedHashSet<>();

  /** Nobody transfers anything. */
  public TransferClaims(TransferBounds bounds) {
    this.bounds = bounds;
    this.admission = new Admission(bounds);
  }

  /**
   * A transfer begins.
   *
   * @param transfer names it
   * @param paths what it needs at its destination: with everything behind them if it goes to a
   *     machine, without if it goes to the hub
   */
  public void open(Transfer transfer, Collection<StorePath> paths) {
    if (claimants.containsKey(transfer)) {
      throw new IllegalArgumentException(transfer + " is open");
    }
    Destination destination =
        destinations.computeIfAbsent(transfer.destination(), key -> new Destination());
    Claimant claimant = new Claimant(transfer, destination, paths);
    claimants.put(transfer, claimant);
    destination.add(claimant);
  }

  private Claimant claimant(Transfer transfer) {
    Claimant claimant = claimants.get(transfer);
    if (claimant == null) {
      throw new IllegalArgumentException(transfer + " is not open");
    }
    return claimant;
  }

  /** The transfer is about to ask its destination for these paths, which it needs there. */
  public void asking(Transfer transfer, Collection<StorePath> paths) {
    claimant(transfer).asking(paths);
  }

  /** The destination has answered which of them are there; they are rooted for the transfer. */
  public void answered(Transfer transfer, Collection<StorePath> asked, Set<StorePath> valid) {
    claimant(transfer).answered(asked, valid);
  }

  /** What the source knows of paths that were not there; references first. */
  public void describe(Transfer transfer, Collection<PathInfo> missing) {
    claimant(transfer).describe(missing);
  }

  /** What the transfer is to do next. All that it was to send before must have arrived. */
  public Step next(Transfer transfer) {
    Claimant claimant = claimant(transfer);
    if (claimant.isSending()) {
      throw new IllegalStateException(transfer + " has not sent everything");
    }
    woken.remove(transfer);
    Step step = step(claimant);
    woken.remove(transfer);
    return step;
  }

  private Step step(Claimant claimant) {
    if (claimant.isAskDue()) {
      if (claimant.losesItsRoots() && !obtainAnyTurn(claimant)) {
        return waitForRoom(claimant);
      }
      return new Step.Ask(claimant.ask());
    }
    if (claimant.isDone()) {
      leave(claimant);
      return new Step.Done();
    }
    List<PathInfo> batch = claimant.sendable(bounds.shareBytes());
    if (batch.isEmpty()) {
      leave(claimant);
      return waitForPath(claimant);
    }
    if (!obtainTurn(claimant, largeBytes(batch))) {
      claimant.lostItsTurn();
      return waitForRoom(claimant);
    }
    claimant.claim(batch);
    return new Step.Send(batch);
  }

  /** What the batch needs besides the share. */
  private long largeBytes(List<PathInfo> batch) {
    long first = batch.get(0).narSizeBytes();
    return first > bounds.shareBytes() ? first : 0;
  }

  /** A turn to find out what is needed; large bytes that it waits for, or has, stay as they are. */
  private boolean obtainAnyTurn(Claimant claimant) {
    Turn turn = claimant.turn;
    if (!turn.isGranted && !turn.isQueued) {
      admission.enqueue(turn, 0);
      admit();
    }
    return turn.isGranted;
  }

  private boolean obtainTurn(Claimant claimant, long largeBytes) {
    Turn turn = claimant.turn;
    if (turn.isGranted && turn.largeBytes < largeBytes) {
      admission.leave(turn);
    }
    if (!turn.isGranted) {
      admission.enqueue(turn, largeBytes);
    } else if (largeBytes == 0) {
      admission.releaseBytes(turn);
    }
    admit();
    return turn.isGranted;
  }

  private void leave(Claimant claimant) {
    admission.leave(claimant.turn);
    admit();
  }

  private void admit() {
    admission.admit().forEach(turn -> woken.add(turn.transfer));
  }

  private Step waitForRoom(Claimant claimant) {
    return new Step.Wait(new TransferWait.ForRoom(admission.obstacle(claimant.turn)));
  }

  private Step waitForPath(Claimant claimant) {
    StorePath path = claimant.behind();
    Claimant holder = path == null ? null : claimant.holder(path);
    if (path == null || holder == null) {
      throw new IllegalStateException(
          claimant.turn.transfer + " needs paths of which nobody has told what they are");
    }
    return new Step.Wait(new TransferWait.ForPath(path, holder.turn.transfer.derivation()));
  }

  /** The destination has confirmed a path that the transfer has sent. */
  public void confirmed(Transfer transfer, StorePath path) {
    Claimant claimant = claimant(transfer);
    claimant.confirmed(path);
    endClaim(claimant, path);
    if (!claimant.isSending() && claimant.turn.largeBytes > 0) {
      admission.releaseBytes(claimant.turn);
      admit();
    }
  }

  private void endClaim(Claimant claimant, StorePath path) {
    for (Claimant ready : claimant.destination().endClaim(path)) {
      woken.add(ready.turn.transfer);
    }
  }

  /**
   * The transfer is over, whether it has arrived or not. Does nothing if it is not open.
   *
   * <p>Nothing of it may be on its way any more: others send what it has not.
   */
  public void close(Transfer transfer) {
    Claimant claimant = claimants.remove(transfer);
    if (claimant == null) {
      return;
    }
    Destination destination = claimant.destination();
    destination.remove(claimant);
    if (destination.isEmpty()) {
      destinations.remove(transfer.destination());
    }
    List.copyOf(claimant.ours()).forEach(path -> endClaim(claimant, path));
    woken.remove(transfer);
    leave(claimant);
  }

  /** The transfers that wait and are to look again, in the order in which that came to be. */
  public Collection<Transfer> takeWoken() {
    List<Transfer> taken = List.copyOf(woken);
    woken.clear();
    return taken;
  }

  /** Who has the claim on a path at a destination, if anybody has. */
  @Nullable Transfer holder(Optional<StoreKey> to, StorePath path) {
    Destination destination = destinations.get(to);
    Claimant holder = destination == null ? null : destination.holder(path);
    return holder == null ? null : holder.turn.transfer;
  }

  /** Whether nobody transfers anything. */
  public boolean isIdle() {
    return claimants.isEmpty() && destinations.isEmpty() && admission.isEmpty();
  }
}
