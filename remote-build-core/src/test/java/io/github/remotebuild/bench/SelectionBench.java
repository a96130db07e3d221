package io.github.remotebuild.bench;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineBuilder;
import io.github.remotebuild.policy.Decision;
import io.github.remotebuild.policy.FarmSnapshot;
import io.github.remotebuild.policy.MachineState;
import io.github.remotebuild.policy.SelectionPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * How long one decision takes, and what it allocates. Run the main method; the first argument may
 * be a pattern of benchmark names.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SelectionBench {
  /** How many machines there are. */
  @Param({"10", "1000", "10000"})
  public int machines;

  /**
   * What they are like: a usual farm of few kinds where a quarter fits, one where all fit and
   * differ in load, and one where no two are of one kind.
   */
  @Param({"usual", "allFit", "allKinds"})
  public String farm;

  private FarmSnapshot snapshot = FarmSnapshot.of(Farm.empty());
  private final Demand demand = Demand.forSystem("x86_64-linux").requiring("kvm", "big-parallel");
  private final SelectionPolicy mostSlots =
      SelectionPolicy.ranking(
          "most slots", Comparator.comparingInt(candidate -> -candidate.freeSlots()));

  /** Makes the farm. */
  @Setup
  public void makeFarm() {
    List<Machine> list = new ArrayList<>();
    List<MachineState> states = new ArrayList<>();
    for (int i = 0; i < machines; i++) {
      list.add(machine(i).maxJobs(8).speedFactor(1 + i % 3).build());
      states.add(MachineState.running(i % 9));
    }
    snapshot = FarmSnapshot.of(Farm.of(list), states);
  }

  private MachineBuilder machine(int i) {
    MachineBuilder linux =
        Machine.at("machine-" + i).forSystems("x86_64-linux").supporting("kvm", "big-parallel");
    return switch (farm) {
      case "allFit" -> linux;
      case "allKinds" -> linux.supporting("only-" + i, "nixos-test");
      default ->
          switch (i % 4) {
            case 0 -> linux;
            case 1 -> Machine.at("machine-" + i).forSystems("x86_64-linux");
            case 2 -> linux.insistingOn("benchmark");
            default -> Machine.at("machine-" + i).forSystems("aarch64-darwin").supporting("kvm");
          };
    };
  }

  /** Nix's rule. */
  @Benchmark
  public Decision nix() {
    return SelectionPolicy.nix().decide(demand, snapshot);
  }

  /** The Perl hook's rule. */
  @Benchmark
  public Decision classic() {
    return SelectionPolicy.classic().decide(demand, snapshot);
  }

  /** Hydra's rule. */
  @Benchmark
  public Decision hydra() {
    return SelectionPolicy.hydra().decide(demand, snapshot);
  }

  /** A rule of one's own. */
  @Benchmark
  public Decision ranking() {
    return mostSlots.decide(demand, snapshot);
  }

  /** What follows a decision: the snapshot with one machine more loaded. */
  @Benchmark
  public FarmSnapshot edit() {
    return snapshot.with(machines / 2, MachineState.running(3));
  }

  /** The text, which is worked out only when somebody asks. */
  @Benchmark
  public String explain() {
    return SelectionPolicy.nix().decide(demand, snapshot).explain();
  }

  /** Runs the benchmarks in this process and prints times and allocation. */
  public static void main(String[] arguments) throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(
                    SelectionBench.class.getSimpleName()
                        + "."
                        + (arguments.length > 0 ? arguments[0] : ""))
                .forks(1)
                .warmupIterations(3)
                .warmupTime(TimeValue.milliseconds(500))
                .measurementIterations(5)
                .measurementTime(TimeValue.milliseconds(500))
                .addProfiler(GCProfiler.class)
                .build())
        .run();
  }
}
