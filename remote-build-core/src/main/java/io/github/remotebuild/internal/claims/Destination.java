package io.github.remotebuild.internal.claims;

import io.github.remotebuild.model.StorePath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A store that paths go to: who needs something there, and who sends what. */
final class Destination {
  private final Set<Claimant> claimants = new LinkedHashSet<>();
  private final Map<StorePath, Claimant> holders = new HashMap<>();

  void add(Claimant claimant) {
    claimants.add(claimant);
  }

  void remove(Claimant claimant) {
    claimants.remove(claimant);
  }

  boolean isEmpty() {
    return claimants.isEmpty();
  }

  @Nullable Claimant holder(StorePath path) {
    return holders.get(path);
  }

  void claim(StorePath path, Claimant claimant) {
    if (holders.putIfAbsent(path, claimant) != null) {
      throw new IllegalStateException(path + " is in flight to this store already");
    }
    for (Claimant other : claimants) {
      if (other != claimant) {
        other.claimedBy(claimant, path);
      }
    }
  }

  /** Ends the claim on a path, and returns for whom it is time to look again. */
  List<Claimant> endClaim(StorePath path) {
    Claimant holder = holders.remove(path);
    List<Claimant> ready = new ArrayList<>();
    for (Claimant other : claimants) {
      if (holder != null && other != holder && other.claimEnded(holder, path)) {
        ready.add(other);
      }
    }
    return ready;
  }
}
