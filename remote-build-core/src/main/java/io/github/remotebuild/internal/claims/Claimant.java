package io.github.remotebuild.internal.claims;

import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StorePath;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What one transfer knows of the paths that it needs at its destination. */
final class Claimant {
  /** Of a path that is not known to be there. Those that are there are forgotten. */
  private enum State {
    /** The destination is being asked for it. */
    ASKED,
    /** It must be asked for: for the first time, or because somebody's claim on it has ended. */
    STALE,
    /** It was not there, and nobody can have sent it since. */
    MISSING,
    /** It is being sent by this transfer. */
    OURS
  }

  final Turn turn;
  private final Transfer transfer;
  private final Destination destination;
  private final SortedSet<StorePath> roots;
  private final Map<StorePath, State> states = new HashMap<>();

  /** What is known of those that are not there; references first. */
  private final Map<StorePath, PathInfo> infos = new LinkedHashMap<>();

  /** On how many of its paths each other one has a claim. */
  private final Map<Claimant, Integer> blockers = new HashMap<>();

  private final Set<StorePath> stale = new LinkedHashSet<>();
  private final Set<StorePath> ours = new LinkedHashSet<>();

  /** Whether asking again is worth its while. */
  private boolean isAskDue = true;

  Claimant(Transfer transfer, Destination destination, Collection<StorePath> roots) {
    this.turn = new Turn(transfer);
    this.transfer = transfer;
    this.destination = destination;
    this.roots = new TreeSet<>(roots);
    this.roots.forEach(path -> learn(path, State.STALE));
  }

  /** Whether it gives back the session that roots what it found, whenever it waits. */
  boolean losesItsRoots() {
    return transfer.direction() == Transfer.Direction.TO_HUB;
  }

  Destination destination() {
    return destination;
  }

  @Nullable Claimant holder(StorePath path) {
    return destination.holder(path);
  }

  boolean isAskDue() {
    return isAskDue && (losesItsRoots() || !stale.isEmpty());
  }

  boolean isDone() {
    return states.isEmpty();
  }

  boolean isSending() {
    return !ours.isEmpty();
  }

  Set<StorePath> ours() {
    return ours;
  }

  private void learn(StorePath path, State state) {
    State before = states.put(path, state);
    if (before == State.STALE) {
      stale.remove(path);
    }
    if (state == State.STALE) {
      stale.add(path);
    }
    if (before == null) {
      Claimant holder = destination.holder(path);
      if (holder != null && holder != this) {
        blockers.merge(holder, 1, Integer::sum);
      }
    }
  }

  private void forget(StorePath path) {
    if (states.remove(path) == null) {
      return;
    }
    stale.remove(path);
    infos.remove(path);
    Claimant holder = destination.holder(path);
    if (holder != null && holder != this) {
      unblock(holder);
    }
  }

  /** One claim less of that one is in the way; true if it was the last. */
  private boolean unblock(Claimant holder) {
    Integer left = blockers.computeIfPresent(holder, (key, count) -> count == 1 ? null : count - 1);
    if (left == null && !stale.isEmpty()) {
      isAskDue = true;
    }
    return left == null;
  }

  /** It wants to know which of its paths are there; from the beginning if it has lost its roots. */
  SortedSet<StorePath> ask() {
    isAskDue = false;
    SortedSet<StorePath> paths = new TreeSet<>(stale);
    if (losesItsRoots()) {
      states.clear();
      infos.clear();
      blockers.clear();
      stale.clear();
      paths = roots;
    }
    asking(paths);
    return paths;
  }

  /** Its turn is over before it is done: it has to begin anew. */
  void lostItsTurn() {
    isAskDue |= losesItsRoots();
  }

  void asking(Collection<StorePath> paths) {
    for (StorePath path : paths) {
      if (states.get(path) != State.OURS) {
        learn(path, State.ASKED);
      }
    }
  }

  void answered(Collection<StorePath> asked, Set<StorePath> valid) {
    for (StorePath path : asked) {
      if (valid.contains(path)) {
        forget(path);
      } else if (states.get(path) == State.ASKED) {
        learn(path, State.MISSING);
      }
    }
  }

  void describe(Collection<PathInfo> missing) {
    for (PathInfo info : missing) {
      if (!states.containsKey(info.path())) {
        throw new IllegalArgumentException(info.path() + " was not asked for, or is there");
      }
      infos.put(info.path(), info);
    }
  }

  /**
   * What it may send now: paths on which nobody has a claim, and whose references are there or come
   * before them. Small ones within the share, or one large one.
   */
  List<PathInfo> sendable(long shareBytes) {
    List<PathInfo> small = new ArrayList<>();
    Set<StorePath> coming = new HashSet<>();
    long left = shareBytes;
    PathInfo large = null;
    for (PathInfo info : infos.values()) {
      boolean isLarge = info.narSizeBytes() > shareBytes;
      if (isLarge ? large != null : info.narSizeBytes() > left) {
        continue;
      }
      if (!isFree(info.path()) || !isBehind(info, isLarge ? Set.of() : coming)) {
        continue;
      }
      if (isLarge) {
        large = info;
      } else {
        small.add(info);
        coming.add(info.path());
        left -= info.narSizeBytes();
      }
    }
    boolean isLargeFirst = small.isEmpty() || (turn.isGranted && turn.largeBytes > 0);
    return large != null && isLargeFirst ? List.of(large) : small;
  }

  private boolean isFree(StorePath path) {
    return states.get(path) == State.MISSING && destination.holder(path) == null;
  }

  private boolean isBehind(PathInfo info, Set<StorePath> coming) {
    for (StorePath reference : info.references()) {
      if (!reference.equals(info.path())
          && states.containsKey(reference)
          && !coming.contains(reference)) {
        return false;
      }
    }
    return true;
  }

  /** A path that it needs and that somebody else sends. */
  @Nullable StorePath behind() {
    for (StorePath path : infos.keySet()) {
      Claimant holder = destination.holder(path);
      if (holder != null && holder != this) {
        return path;
      }
    }
    for (StorePath path : new TreeSet<>(states.keySet())) {
      Claimant holder = destination.holder(path);
      if (holder != null && holder != this) {
        return path;
      }
    }
    return null;
  }

  void claim(List<PathInfo> batch) {
    for (PathInfo info : batch) {
      learn(info.path(), State.OURS);
      ours.add(info.path());
      destination.claim(info.path(), this);
    }
  }

  /** Its own claim on a path ends, as it has arrived. */
  void confirmed(StorePath path) {
    if (!ours.remove(path)) {
      throw new IllegalArgumentException(transfer + " does not send " + path);
    }
    forget(path);
  }

  /** Another one claims the path. */
  void claimedBy(Claimant holder, StorePath path) {
    if (states.containsKey(path)) {
      blockers.merge(holder, 1, Integer::sum);
    }
  }

  /**
   * The claim of another one on the path has ended, whether it has arrived or not.
   *
   * @return whether it is time to look again
   */
  boolean claimEnded(Claimant holder, StorePath path) {
    if (!states.containsKey(path)) {
      return false;
    }
    learn(path, State.STALE);
    return unblock(holder);
  }
}
