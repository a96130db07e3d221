package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

/**
 * Where a request stands in line: in whose name it is made, and how urgent it is to them.
 * Immutable.
 *
 * @param caller whose share of the farm it uses; all who give none are one caller, whose name is
 *     empty
 * @param priority from {@value #LOWEST_PRIORITY} to {@value #HIGHEST_PRIORITY}; what a level is
 *     worth says {@link ShareRule}
 * @since 0.1
 */
public record Standing(String caller, int priority) {
  /** The lowest priority there is. */
  public static final int LOWEST_PRIORITY = -100;

  /** The highest priority there is. */
  public static final int HIGHEST_PRIORITY = 100;

  /** Checks the range. */
  public Standing {
    requireNonNull(caller, "caller");
    if (priority < LOWEST_PRIORITY || priority > HIGHEST_PRIORITY) {
      throw new IllegalArgumentException(
          "priority must be from " + LOWEST_PRIORITY + " to " + HIGHEST_PRIORITY + ": " + priority);
    }
  }

  /** No caller named, priority 0. */
  public static Standing ordinary() {
    return new Standing("", 0);
  }

  /** The same priority in another name. */
  public Standing withCaller(String name) {
    return new Standing(name, priority);
  }

  /**
   * The same caller with another priority.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public Standing withPriority(int level) {
    return new Standing(caller, level);
  }
}
