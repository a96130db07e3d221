package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Something that happened and that the {@link Dispatcher} must know of. All cases are immutable.
 *
 * @since 0.1
 */
public sealed interface Event {
  /**
   * Derivations are to be built.
   *
   * @param request names them together
   * @param builds the derivations; those that one depends on are among them
   * @param rules what the caller wants done when something goes wrong
   * @param standing in whose name, and how urgent
   * @param isOpen whether the request goes on when nothing is left to do, until it is {@link
   *     Sealed} or stopped
   */
  record Submitted(
      RequestId request,
      List<BuildSpec> builds,
      RequestRules rules,
      Standing standing,
      boolean isOpen)
      implements Event {
    /** Copies the list. */
    public Submitted {
      requireNonNull(request, "request");
      requireNonNull(rules, "rules");
      requireNonNull(standing, "standing");
      builds = List.copyOf(builds);
    }

    /** In nobody's name, and of ordinary priority. */
    public Submitted(RequestId request, List<BuildSpec> builds, RequestRules rules) {
      this(request, builds, rules, Standing.ordinary(), false);
    }

    /** Over when nothing is left to do. */
    public Submitted(
        RequestId request, List<BuildSpec> builds, RequestRules rules, Standing standing) {
      this(request, builds, rules, standing, false);
    }
  }

  /**
   * A request that is not over is to build more.
   *
   * @param request names it
   * @param builds the derivations; those that one depends on are among them, or were submitted
   *     before, whatever has become of them
   */
  record Grown(RequestId request, List<BuildSpec> builds) implements Event {
    /** Copies the list. */
    public Grown {
      requireNonNull(request, "request");
      builds = List.copyOf(builds);
    }
  }

  /** An open request gets nothing more. Does nothing if it is over. */
  record Sealed(RequestId request) implements Event {
    /** Refuses null. */
    public Sealed {
      requireNonNull(request, "request");
    }
  }

  /** The slot asked for with {@link Effect.RequestLease} is ours. */
  record LeaseGranted(AttemptId attempt) implements Event {
    /** Refuses null. */
    public LeaseGranted {
      requireNonNull(attempt, "attempt");
    }
  }

  /** The slot asked for is not to be had now. */
  record LeaseRefused(AttemptId attempt, String reason) implements Event {
    /** Refuses null. */
    public LeaseRefused {
      requireNonNull(attempt, "attempt");
      requireNonNull(reason, "reason");
    }
  }

  /** A slot is ours no longer. Does nothing if it was given back before. */
  record LeaseLost(AttemptId attempt, String reason) implements Event {
    /** Refuses null. */
    public LeaseLost {
      requireNonNull(attempt, "attempt");
      requireNonNull(reason, "reason");
    }
  }

  /** The machine has built; only fetching is left, and the slot is no longer needed. */
  record SlotDone(AttemptId attempt) implements Event {
    /** Refuses null. */
    public SlotDone {
      requireNonNull(attempt, "attempt");
    }
  }

  /**
   * Outputs are in the hub.
   *
   * @param attempt names the attempt
   * @param outputs which; at least those that were wanted when the attempt was started
   * @param notKept the builds among {@link Dispatcher#served} whose callers cannot have them all
   *     the same, and why
   */
  record AttemptSucceeded(AttemptId attempt, Set<String> outputs, Map<BuildId, Failure> notKept)
      implements Event {
    /** Copies the collections. */
    public AttemptSucceeded {
      requireNonNull(attempt, "attempt");
      outputs = Set.copyOf(outputs);
      notKept = Map.copyOf(notKept);
    }
  }

  /** The attempt is over without result, and nothing of it is left running here. */
  record AttemptFailed(AttemptId attempt, Failure failure) implements Event {
    /** Refuses null. */
    public AttemptFailed {
      requireNonNull(attempt, "attempt");
      requireNonNull(failure, "failure");
    }
  }

  /** The caller no longer wants the request. Does nothing if it is over. */
  record RequestCancelled(RequestId request, String reason) implements Event {
    /** Refuses null. */
    public RequestCancelled {
      requireNonNull(request, "request");
      requireNonNull(reason, "reason");
    }
  }

  /**
   * There is another list of machines.
   *
   * <p>Entries that are known go on with what they have, also where their columns changed: what
   * runs there runs on and counts. What runs on an entry that is gone runs to its end. Every build
   * that waits is decided anew.
   *
   * @param farm the list from now on
   */
  record FarmChanged(Farm farm) implements Event {
    /** Refuses null. */
    public FarmChanged {
      requireNonNull(farm, "farm");
    }
  }

  /**
   * Whoever looks after the farm wants something of a machine. Does nothing to a machine that is
   * not on the list.
   *
   * @param machines every entry that equals one of these is meant
   * @param order what is wanted
   */
  record MachinesOrdered(Set<Machine> machines, MachineOrder order) implements Event {
    /** Copies the set. */
    public MachinesOrdered {
      machines = Set.copyOf(machines);
      requireNonNull(order, "order");
    }
  }

  /** The time asked for with {@link Effect.WakeAt} has come. */
  record Woken() implements Event {}
}
