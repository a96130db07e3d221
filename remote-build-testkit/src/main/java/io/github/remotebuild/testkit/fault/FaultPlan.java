package io.github.remotebuild.testkit.fault;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Which connections to a machine suffer which faults. Immutable.
 *
 * <p>Connections are counted from 1 for each machine, those that were refused included.
 *
 * @param rules the rules; all that apply to a connection take effect together
 * @since 0.1
 */
public record FaultPlan(List<Rule> rules) {
  private static final FaultPlan NONE = new FaultPlan(List.of());

  /**
   * One fault on some connections.
   *
   * @param fault what goes wrong
   * @param first the number of the first connection that suffers it; at least 1
   * @param last the number of the last one
   */
  public record Rule(Fault fault, int first, int last) {
    /** Checks the numbers. */
    public Rule {
      requireNonNull(fault, "fault");
      if (first < 1 || last < first) {
        throw new IllegalArgumentException(
            "There are no connections " + first + " to " + last + "; the first is 1");
      }
    }

    /** Whether the connection of this number suffers it. */
    public boolean appliesTo(int connection) {
      return first <= connection && connection <= last;
    }

    @Override
    public String toString() {
      if (last == Integer.MAX_VALUE) {
        return fault + (first == 1 ? "" : " (from connection " + first + " on)");
      }
      return fault
          + (first == last
              ? " (connection " + first + ")"
              : " (connections " + first + " to " + last + ")");
    }
  }

  /** Copies the list. */
  public FaultPlan {
    rules = List.copyOf(rules);
  }

  /** The plan in which nothing goes wrong. */
  public static FaultPlan none() {
    return NONE;
  }

  /**
   * A plan drawn at random: one or two faults on the first few connections, each of which lets the
   * client notice soon that something is wrong. The same seed gives the same plan.
   */
  public static FaultPlan fromSeed(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FaultPlan plan = NONE;
    int count = random.nextInt(1, 3);
    for (int i = 0; i < count; i++) {
      int first = random.nextInt(1, 3);
      plan = plan.and(draw(random), first, first + random.nextInt(3));
    }
    return plan;
  }

  private static Fault draw(SplittableRandom random) {
    Phase[] phases = {Phase.HANDSHAKE, Phase.QUERY, Phase.UPLOAD, Phase.BUILD, Phase.DOWNLOAD};
    Fault.Direction[] directions = Fault.Direction.values();
    return switch (random.nextInt(7)) {
      case 0 -> Fault.refuse();
      case 1 -> Fault.missingProgram();
      case 2 -> Fault.noise("Welcome!\n".repeat(random.nextInt(1, 100)));
      case 3 -> Fault.unknownVersion();
      case 4 -> Fault.slow(random.nextLong(200_000, 1_000_000));
      case 5 -> Fault.cutAt(phases[random.nextInt(phases.length)]);
      default ->
          new Fault.Cut(random.nextLong(0, 40_000), directions[random.nextInt(directions.length)]);
    };
  }

  /** This plan, with a fault on the connections of these numbers added. */
  public FaultPlan and(Fault fault, int first, int last) {
    List<Rule> more = new ArrayList<>(rules);
    more.add(new Rule(fault, first, last));
    return new FaultPlan(more);
  }

  /** This plan and {@code other} together. */
  public FaultPlan and(FaultPlan other) {
    List<Rule> more = new ArrayList<>(rules);
    more.addAll(other.rules);
    return new FaultPlan(more);
  }

  /** This plan, with a fault on every connection added. */
  public FaultPlan and(Fault fault) {
    return and(fault.always());
  }

  /** This plan without this fault, on whichever connections it is. */
  public FaultPlan without(Fault fault) {
    return new FaultPlan(rules.stream().filter(rule -> !rule.fault().equals(fault)).toList());
  }

  /** What the connection of this number suffers. */
  public List<Fault> on(int connection) {
    return rules.stream().filter(rule -> rule.appliesTo(connection)).map(Rule::fault).toList();
  }

  /** Whether nothing goes wrong. */
  public boolean isEmpty() {
    return rules.isEmpty();
  }

  @Override
  public String toString() {
    return rules.isEmpty()
        ? "nothing goes wrong"
        : rules.stream().map(Rule::toString).collect(Collectors.joining("; "));
  }
}
