package io.github.remotebuild.policy;

import io.github.remotebuild.model.Features;
import java.math.BigDecimal;

/** Phrases that several explanations share. */
final class Wording {
  private Wording() {}

  /** Such as {@code feature kvm} or {@code features big-parallel, kvm}. */
  static String features(Features features) {
    return (features.size() == 1 ? "feature " : "features ") + String.join(", ", features);
  }

  /** Such as {@code 1 of 4 slots taken, speed 2}. */
  static String load(int running, int maxJobs, double speedFactor) {
    return running + " of " + slots(maxJobs) + " taken, speed " + number(speedFactor);
  }

  /** Such as {@code 1 slot} or {@code 4 slots}. */
  static String slots(int count) {
    return count + (count == 1 ? " slot" : " slots");
  }

  private static String number(double value) {
    return value == Math.rint(value) && value < 1e15
        ? Long.toString((long) value)
        : new BigDecimal(Double.toString(value)).toPlainString();
  }
}
