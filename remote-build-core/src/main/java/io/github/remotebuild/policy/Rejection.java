package io.github.remotebuild.policy;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.SystemType;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One reason why a machine cannot take a build.
 *
 * <p>A reason is either lasting, which means that the machine or the request must be changed, or
 * passing, which means that time may lift it. Immutable.
 *
 * @since 0.1
 */
public sealed interface Rejection {
  /** Whether waiting does not help. */
  boolean isLasting();

  /** What is the matter, said of the machine, such as {@code lacks feature kvm}. */
  String text();

  /** Calls the method for the case that this is. */
  <R> R match(Cases<R> cases);

  /**
   * One method for each case.
   *
   * @param <R> what they return
   * @since 0.1
   */
  interface Cases<R> {
    /** It runs other systems. */
    R wrongSystem(WrongSystem rejection);

    /** It does not have all that is required. */
    R missingFeatures(MissingFeatures rejection);

    /** It insists on features that were not asked for. */
    R mandatoryFeaturesNotAsked(MandatoryFeaturesNotAsked rejection);

    /** The request does not want it. */
    R refusedByRequest(RefusedByRequest rejection);

    /** It leaves the build to other machines. */
    R yields(Yields rejection);

    /** Its max jobs is 0. */
    R noSlotsConfigured(NoSlotsConfigured rejection);

    /** Somebody switched it off. */
    R disabled(Disabled rejection);

    /** Its slots are taken. */
    R noFreeSlot(NoFreeSlot rejection);

    /** It rests after failures. */
    R resting(Resting rejection);

    /** It takes nothing new. */
    R draining(Draining rejection);

    /** Its slots are held by others. */
    R heldByOthers(HeldByOthers rejection);
  }

  /**
   * It runs other systems.
   *
   * @param wanted the system of the demand
   * @param offered what it runs
   */
  record WrongSystem(SystemType wanted, SortedSet<SystemType> offered) implements Rejection {
    /** Copies the systems. */
    public WrongSystem {
      requireNonNull(wanted, "wanted");
      offered = Collections.unmodifiableSortedSet(new TreeSet<>(offered));
    }

    @Override
    public boolean isLasting() {
      return true;
    }

    @Override
    public String text() {
      return "runs "
          + String.join(", ", offered.stream().map(SystemType::name).toList())
          + ", not "
          + wanted;
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.wrongSystem(this);
    }
  }

  /**
   * It does not have all features that are required.
   *
   * @param missing those it lacks
   */
  record MissingFeatures(Features missing) implements Rejection {
    /** Checks that there are some. */
    public MissingFeatures {
      checkSome(missing);
    }

    @Override
    public boolean isLasting() {
      return true;
    }

    @Override
    public String text() {
      return "lacks " + Wording.features(missing);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.missingFeatures(this);
    }
  }

  /**
   * It takes only builds that ask for certain features, and this one does not.
   *
   * @param unasked its mandatory features that were not asked for
   */
  record MandatoryFeaturesNotAsked(Features unasked) implements Rejection {
    /** Checks that there are some. */
    public MandatoryFeaturesNotAsked {
      checkSome(unasked);
    }

    @Override
    public boolean isLasting() {
      return true;
    }

    @Override
    public String text() {
      return "takes only builds that ask for " + Wording.features(unasked);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.mandatoryFeaturesNotAsked(this);
    }
  }

  /**
   * A rule of the request does not admit it.
   *
   * @param reason the rule's reason
   */
  record RefusedByRequest(String reason) implements Rejection {
    /** Checks that the reason is there. */
    public RefusedByRequest {
      requireNonNull(reason, "reason");
    }

    @Override
    public boolean isLasting() {
      return true;
    }

    @Override
    public String text() {
      return reason;
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.refusedByRequest(this);
    }
  }

  /**
   * The local machine leaves the build to the others, or one of the others to the local machine.
   *
   * @param locality what the local machine is to the build
   * @param isWishOfDerivation whether that is because of the derivation's {@code preferLocalBuild},
   *     not because of what the request says
   */
  record Yields(Locality locality, boolean isWishOfDerivation) implements Rejection {
    /** Checks that there is something to yield for. */
    public Yields {
      requireNonNull(locality, "locality");
      if (locality == Locality.ANY) {
        throw new IllegalArgumentException(
            "no machine yields where the local one is like any other");
      }
    }

    /** Not if a machine yields only for as long as another is free. */
    @Override
    public boolean isLasting() {
      return locality != Locality.LOCAL_WHEN_FREE && locality != Locality.REMOTE_WHEN_FREE;
    }

    @Override
    public String text() {
      String who = isWishOfDerivation ? "the derivation" : "the request";
      return switch (locality) {
        case ANY -> throw new IllegalStateException("nobody yields");
        case LOCAL_FIRST -> who + " wants it built locally first";
        case LOCAL_WHEN_FREE -> who + " wants it built locally when a slot is free there";
        case REMOTE_FIRST -> who + " wants it built on another machine first";
        case REMOTE_WHEN_FREE -> who + " wants it built on another machine when one is free";
        case NEVER_LOCAL -> who + " does not want it built locally";
      };
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.yields(this);
    }
  }

  /** Its max jobs is 0, so it is of the right kind for its systems and never takes a build. */
  record NoSlotsConfigured() implements Rejection {
    @Override
    public boolean isLasting() {
      return true;
    }

    @Override
    public String text() {
      return "its max jobs is 0";
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.noSlotsConfigured(this);
    }
  }

  /**
   * Somebody switched it off.
   *
   * @param reason why
   */
  record Disabled(String reason) implements Rejection {
    /** Checks that the reason is there. */
    public Disabled {
      requireNonNull(reason, "reason");
    }

    @Override
    public boolean isLasting() {
      return true;
    }

    @Override
    public String text() {
      return "is disabled: " + reason;
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.disabled(this);
    }
  }

  /**
   * All its slots are taken.
   *
   * @param running how many builds run there
   * @param maxJobs how many it takes
   */
  record NoFreeSlot(int running, int maxJobs) implements Rejection {
    @Override
    public boolean isLasting() {
      return false;
    }

    @Override
    public String text() {
      if (running > maxJobs) {
        return "has " + running + " builds and " + Wording.slots(maxJobs);
      }
      return maxJobs == 1 ? "its only slot is taken" : "all its " + maxJobs + " slots are taken";
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.noFreeSlot(this);
    }
  }

  /**
   * It is left alone for a while, because it failed.
   *
   * @param until when it is tried again
   * @param reason what it did
   */
  record Resting(Instant until, String reason) implements Rejection {
    /** Checks that both are there. */
    public Resting {
      requireNonNull(until, "until");
      requireNonNull(reason, "reason");
    }

    @Override
    public boolean isLasting() {
      return false;
    }

    @Override
    public String text() {
      return "rests until " + until + ": " + reason;
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.resting(this);
    }
  }

  /**
   * It ends what it has and takes nothing new.
   *
   * @param reason why
   */
  record Draining(String reason) implements Rejection {
    /** Checks that the reason is there. */
    public Draining {
      requireNonNull(reason, "reason");
    }

    @Override
    public boolean isLasting() {
      return false;
    }

    @Override
    public String text() {
      return "takes nothing new: " + reason;
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.draining(this);
    }
  }

  /**
   * Its free slots are held by others.
   *
   * @param holder who, as far as is known
   */
  record HeldByOthers(String holder) implements Rejection {
    /** Checks that the holder is there. */
    public HeldByOthers {
      requireNonNull(holder, "holder");
    }

    @Override
    public boolean isLasting() {
      return false;
    }

    @Override
    public String text() {
      return "its slots are held by " + holder;
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.heldByOthers(this);
    }
  }

  private static void checkSome(Features features) {
    if (features.isEmpty()) {
      throw new IllegalArgumentException("there must be at least one feature");
    }
  }
}
