package io.github.remotebuild.policy;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.SystemType;
import java.util.List;
import java.util.function.Function;

/**
 * What would have to change for a demand to be admitted.
 *
 * <p>Smallest means: rather wait for a slot than end a rest or a drain, rather that than change
 * what the request allows, rather that than switch a machine on, rather that than change its
 * features, and of these as few as can be; a new machine only if none has the system. Among equals
 * the first machine of the farm. Immutable.
 *
 * @since 0.1
 */
public sealed interface FarmChange {
  /** The change as an instruction, such as {@code add feature kvm to mac-1}. */
  String text();

  /**
   * The snapshot after the change. What only the request can change, {@link
   * Rejection.RefusedByRequest} and {@link Rejection.Yields}, stays as it is.
   */
  FarmSnapshot applyTo(FarmSnapshot snapshot);

  /** Calls the function for the case that this is. */
  <R> R match(Function<LiftRejections, R> onLift, Function<AddMachine, R> onAdd);

  /**
   * A machine of the farm could take the build if these reasons were lifted.
   *
   * @param position where in the farm the machine is, counted from 0
   * @param label what explanations call the machine
   * @param rejections the reasons, none of them {@link Rejection.WrongSystem}; at least one, or
   *     none if the machine could take the build and only the policy held back
   */
  record LiftRejections(int position, String label, List<Rejection> rejections)
      implements FarmChange {
    /** Copies the reasons. */
    public LiftRejections {
      requireNonNull(label, "label");
      rejections = List.copyOf(rejections);
    }

    @Override
    public String text() {
      return rejections.isEmpty()
          ? "let the policy use " + label
          : String.join(
              " and ",
              rejections.stream().map(reason -> Remedy.text(reason, label)).distinct().toList());
    }

    @Override
    public FarmSnapshot applyTo(FarmSnapshot snapshot) {
      FarmSnapshot changed = snapshot;
      for (Rejection rejection : rejections) {
        changed = Remedy.apply(rejection, changed, position);
      }
      return changed;
    }

    @Override
    public <R> R match(Function<LiftRejections, R> onLift, Function<AddMachine, R> onAdd) {
      return onLift.apply(this);
    }
  }

  /**
   * No machine has the system; one that has it is needed.
   *
   * @param system the system
   * @param features the features it must have
   */
  record AddMachine(SystemType system, Features features) implements FarmChange {
    /** Checks that the parts are there. */
    public AddMachine {
      requireNonNull(system, "system");
      requireNonNull(features, "features");
    }

    @Override
    public String text() {
      return "add a machine for "
          + system
          + (features.isEmpty() ? "" : " with " + Wording.features(features));
    }

    @Override
    public FarmSnapshot applyTo(FarmSnapshot snapshot) {
      return snapshot.withMachine(
          Machine.at("new-machine")
              .forSystems(system)
              .supporting(features.names().toArray(new String[0]))
              .build());
    }

    @Override
    public <R> R match(Function<LiftRejections, R> onLift, Function<AddMachine, R> onAdd) {
      return onAdd.apply(this);
    }
  }
}
