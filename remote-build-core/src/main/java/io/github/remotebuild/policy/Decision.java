package io.github.remotebuild.policy;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Machine;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a policy answers to a demand: a machine, or later, or never.
 *
 * <p>It keeps the question it answers, and works out its reasons from that when asked. Immutable.
 *
 * @since 0.1
 */
public sealed interface Decision {
  /** The question that this answers. */
  Selection selection();

  /** Calls the function for the case that this is. */
  default <R> R match(
      Function<Accept, R> onAccept,
      Function<Postpone, R> onPostpone,
      Function<Decline, R> onDecline) {
    if (this instanceof Accept accept) {
      return onAccept.apply(accept);
    }
    if (this instanceof Postpone postpone) {
      return onPostpone.apply(postpone);
    }
    return onDecline.apply((Decline) this);
  }

  /** What this decision says about each machine, in the order of the farm; unmodifiable. */
  default List<MachineVerdict> verdicts() {
    return Explanation.verdicts(this);
  }

  /**
   * The reasons, as a person would say them: first the decision, then a line for each machine in
   * the order of the farm, then the names in the request's rules that no machine has, and if nobody
   * takes the build now, last the {@link #smallestChange()}. In a farm of more than {@value
   * Explanation#GROUP_ABOVE} machines those of which the same is to be said share a line. Without a
   * newline at the end.
   */
  default String explain() {
    return Explanation.text(this);
  }

  /** The least that would have to change for the demand to be admitted now; empty if it is. */
  default Optional<FarmChange> smallestChange() {
    return this instanceof Accept ? Optional.empty() : Optional.of(Remedy.smallest(this));
  }

  /**
   * A machine takes the build.
   *
   * @param selection the question
   * @param position where in the farm the machine is, counted from 0
   */
  record Accept(Selection selection, int position) implements Decision {
    /**
     * Checks that the machine can take it.
     *
     * @throws IllegalArgumentException if the machine cannot take the build now
     */
    public Accept {
      requireNonNull(selection, "selection");
      if (!selection.canTake(position)) {
        throw new IllegalArgumentException(
            selection.snapshot().machine(position).name()
                + " cannot take "
                + selection.demand()
                + ": "
                + new Verdict.Rejected(selection.rejections(position)).text());
      }
    }

    /** The machine. */
    public Machine machine() {
      return selection.snapshot().machine(position);
    }

    /** The snapshot in which this build runs on the machine too. */
    public FarmSnapshot applied() {
      MachineState state = selection.snapshot().state(position);
      return selection.snapshot().with(position, state.withRunning(state.running() + 1));
    }

    /** The {@link #explain()} text. */
    @Override
    public String toString() {
      return explain();
    }
  }

  /**
   * No machine takes it now, and some machine could once a slot is free or the machine is back.
   *
   * @param selection the question
   */
  record Postpone(Selection selection) implements Decision {
    /** Checks that the question is there. */
    public Postpone {
      requireNonNull(selection, "selection");
    }

    /** The {@link #explain()} text. */
    @Override
    public String toString() {
      return explain();
    }
  }

  /**
   * No machine of this farm can ever take it as things are configured.
   *
   * @param selection the question
   */
  record Decline(Selection selection) implements Decision {
    /** Checks that the question is there. */
    public Decline {
      requireNonNull(selection, "selection");
    }

    /** The {@link #explain()} text. */
    @Override
    public String toString() {
      return explain();
    }
  }
}
