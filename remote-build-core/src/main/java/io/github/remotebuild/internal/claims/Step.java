package io.github.remotebuild.internal.claims;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.model.TransferWait;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a transfer is to do next. All cases are immutable. */
public sealed interface Step {
  /**
   * Ask the destination which of the paths are valid, and have it root them; tell {@link
   * TransferClaims#answered}.
   *
   * <p>A transfer to the hub gets this when it has its turn, and asks for everything behind the
   * paths as well: it has given back the session in which it asked before, and with it the roots.
   */
  record Ask(SortedSet<StorePath> paths) implements Step {
    /** Copies the set. */
    public Ask {
      paths = Collections.unmodifiableSortedSet(new TreeSet<>(paths));
    }
  }

  /**
   * Send these, in this order, which nobody else does meanwhile; tell {@link
   * TransferClaims#confirmed} of each.
   */
  record Send(List<PathInfo> infos) implements Step {
    /** Copies the list. */
    public Send {
      infos = List.copyOf(infos);
    }
  }

  /** Let go of what others may need, and wait until told to look again. */
  record Wait(TransferWait reason) implements Step {
    /** Refuses null. */
    public Wait {
      requireNonNull(reason, "reason");
    }
  }

  /** Everything is at the destination, and rooted there. */
  record Done() implements Step {}
}
