package io.github.remotebuild.testkit.fault;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Phase;

/**
 * One kind of trouble with a machine. All cases are immutable; their text says what happens.
 *
 * <p>Bytes are those of the store process's standard input and output, counted from the beginning
 * of the connection over all processes on it; what ssh adds does not count.
 *
 * @since 0.1
 */
public sealed interface Fault {
  /** Which bytes are counted. */
  enum Direction {
    /** Those that the client sends. */
    TO_MACHINE("to the machine"),
    /** Those that the machine sends. */
    FROM_MACHINE("from the machine"),
    /** Both together. */
    BOTH("both ways");

    private final String words;

    Direction(String words) {
      this.words = words;
    }
  }

  /** Nobody listens there. */
  record Refuse() implements Fault {
    @Override
    public String toString() {
      return "the connection is refused";
    }
  }

  /** The machine accepts the connection, and never says a word. */
  record StayMute() implements Fault {
    @Override
    public String toString() {
      return "the machine accepts the connection and says nothing";
    }
  }

  /** Another host key than the one that is known. */
  record WrongHostKey() implements Fault {
    @Override
    public String toString() {
      return "the machine shows another host key";
    }
  }

  /** There is no {@code nix-store}. */
  record MissingProgram() implements Fault {
    @Override
    public String toString() {
      return "nix-store is not found";
    }
  }

  /**
   * The login shell prints something before the store process greets.
   *
   * @param text what it prints
   */
  record Noise(String text) implements Fault {
    /** Refuses null. */
    public Noise {
      requireNonNull(text, "text");
    }

    @Override
    public String toString() {
      return "the login shell prints " + text.length() + " characters";
    }
  }

  /**
   * The store process announces a version of its own.
   *
   * @param major the first number
   * @param minor the second number, up to 255
   */
  record Version(int major, int minor) implements Fault {
    /** Checks the numbers. */
    public Version {
      if (major < 0 || major > 255 || minor < 0 || minor > 255) {
        throw new IllegalArgumentException(major + "." + minor + " is no version");
      }
    }

    @Override
    public String toString() {
      return "the store process announces version " + major + "." + minor;
    }
  }

  /**
   * The connection breaks before the byte after these.
   *
   * @param bytes how many still pass
   * @param direction which ones are counted
   */
  record Cut(long bytes, Direction direction) implements Fault {
    /** Checks the number. */
    public Cut {
      requireNotNegative(bytes);
      requireNonNull(direction, "direction");
    }

    @Override
    public String toString() {
      return "the connection is cut after " + bytes + " bytes " + direction.words;
    }
  }

  /**
   * The connection stays, and nothing passes any more.
   *
   * @param bytes how many still pass
   * @param direction which ones are counted, and stop
   */
  record Stall(long bytes, Direction direction) implements Fault {
    /** Checks the number. */
    public Stall {
      requireNotNegative(bytes);
      requireNonNull(direction, "direction");
    }

    @Override
    public String toString() {
      return "nothing moves after " + bytes + " bytes " + direction.words;
    }
  }

  /**
   * The bytes pass slowly.
   *
   * @param bytesPerSecond how many in each direction
   */
  record Slow(long bytesPerSecond) implements Fault {
    /** Checks the number. */
    public Slow {
      if (bytesPerSecond < 1) {
        throw new IllegalArgumentException("Something must move: " + bytesPerSecond);
      }
    }

    @Override
    public String toString() {
      return "the link carries " + bytesPerSecond + " bytes a second";
    }
  }

  /**
   * The connection breaks when a phase begins.
   *
   * @param phase from {@link Phase#CONNECT} on
   */
  record CutAt(Phase phase) implements Fault {
    /** Checks the phase. */
    public CutAt {
      requireOnMachine(phase);
    }

    @Override
    public String toString() {
      return "the connection is cut while " + phase.doing();
    }
  }

  /**
   * The machine dies when a phase begins: every connection breaks, every builder ends, and nobody
   * listens there until it is revived.
   *
   * @param phase from {@link Phase#CONNECT} on
   */
  record DieAt(Phase phase) implements Fault {
    /** Checks the phase. */
    public DieAt {
      requireOnMachine(phase);
    }

    @Override
    public String toString() {
      return "the machine dies while " + phase.doing();
    }
  }

  /** Nobody listens there. */
  static Fault refuse() {
    return new Refuse();
  }

  /** The machine accepts the connection, and never says a word. */
  static Fault stayMute() {
    return new StayMute();
  }

  /** The machine shows another host key than the one that is known. */
  static Fault wrongHostKey() {
    return new WrongHostKey();
  }

  /** There is no {@code nix-store}. */
  static Fault missingProgram() {
    return new MissingProgram();
  }

  /** The login shell prints something before the store process greets. */
  static Fault noise(String text) {
    return new Noise(text);
  }

  /** The store process announces a version that nobody knows. */
  static Fault unknownVersion() {
    return new Version(3, 0);
  }

  /** The connection is cut after so many bytes, those of both directions counted together. */
  static Fault cutAfterBytes(long bytes) {
    return new Cut(bytes, Direction.BOTH);
  }

  /** Nothing moves after so many bytes, those of both directions counted together. */
  static Fault stallAfterBytes(long bytes) {
    return new Stall(bytes, Direction.BOTH);
  }

  /** The link carries so many bytes a second in each direction. */
  static Fault slow(long bytesPerSecond) {
    return new Slow(bytesPerSecond);
  }

  /** The connection is cut when the phase begins. */
  static Fault cutAt(Phase phase) {
    return new CutAt(phase);
  }

  /** The machine dies when the phase begins. */
  static Fault dieAt(Phase phase) {
    return new DieAt(phase);
  }

  /** The plan in which every connection suffers this. */
  default FaultPlan always() {
    return onConnections(1, Integer.MAX_VALUE);
  }

  /** The plan in which only the connection of this number suffers it; the first is 1. */
  default FaultPlan onConnection(int number) {
    return onConnections(number, number);
  }

  /** The plan in which the connections of these numbers suffer it, the last included. */
  default FaultPlan onConnections(int first, int last) {
    return FaultPlan.none().and(this, first, last);
  }

  private static void requireNotNegative(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("There are no " + bytes + " bytes");
    }
  }

  private static void requireOnMachine(Phase phase) {
    if (phase.compareTo(Phase.CONNECT) < 0) {
      throw new IllegalArgumentException("A machine knows nothing of " + phase.doing());
    }
  }
}
