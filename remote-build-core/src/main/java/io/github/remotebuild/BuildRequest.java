package io.github.remotebuild;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.dispatch.RequestRules;
import io.github.remotebuild.dispatch.RequestRules.OnFailure;
import io.github.remotebuild.dispatch.Standing;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.DerivedPath;
import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.MachineRule;
import io.github.remotebuild.model.OutputsSpec;
import io.github.remotebuild.model.StorePath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What to build, and within which limits. Immutable; each method returns a changed copy.
 *
 * <p>By default all outputs of the derivations are wanted, there is no limit on time or log, the
 * first failure stops the rest, a build fails at once when no machine that could take it is there,
 * and the request is made in nobody's name and of ordinary priority.
 *
 * @since 0.1
 */
public final class BuildRequest {
  /** Longer than any program runs, and short enough to be added to any time. */
  private static final Duration LONGEST_PATIENCE = Duration.ofDays(36_500);

  private final List<DerivedPath.Built> targets;
  private final BuildOptions options;
  private final RequestRules rules;
  private final Standing standing;
  private final Features features;
  private final List<MachineRule> machineRules;
  private final BuildListener listener;

  private BuildRequest(
      List<DerivedPath.Built> targets,
      BuildOptions options,
      RequestRules rules,
      Standing standing,
      Features features,
      List<MachineRule> machineRules,
      BuildListener listener) {
    this.targets = targets;
    this.options = options;
    this.rules = rules;
    this.standing = standing;
    this.features = features;
    this.machineRules = machineRules;
    this.listener = listener;
  }

  /**
   * Asks for all outputs of some derivations.
   *
   * @param derivations paths of {@code .drv} files in the hub; at least one
   * @throws IllegalArgumentException if one is not the path of a derivation
   */
  public static BuildRequest of(StorePath... derivations) {
    return of(
        Arrays.stream(derivations).map(d -> new DerivedPath.Built(d, OutputsSpec.all())).toList());
  }

  /**
   * Asks for some outputs of some derivations.
   *
   * @param targets at least one
   */
  public static BuildRequest of(DerivedPath.Built... targets) {
    return of(List.of(targets));
  }

  /**
   * Asks for some outputs of some derivations.
   *
   * @param targets at least one
   * @throws IllegalArgumentException if there is none
   */
  public static BuildRequest of(Collection<DerivedPath.Built> targets) {
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("A request names at least one derivation");
    }
    return new BuildRequest(
        List.copyOf(targets),
        BuildOptions.unbounded(),
        RequestRules.defaults(),
        Standing.ordinary(),
        Features.none(),
        List.of(),
        BuildListener.silent());
  }

  /**
   * Asks for these outputs of every derivation that the request names, whatever was asked before.
   *
   * @param names at least one
   * @throws IllegalArgumentException if there is none
   */
  public BuildRequest outputs(String... names) {
    List<DerivedPath.Built> narrowed =
        targets.stream()
            .map(t -> new DerivedPath.Built(t.path(), OutputsSpec.names(names)))
            .toList();
    return new BuildRequest(narrowed, options, rules, standing, features, machineRules, listener);
  }

  /**
   * Asks these features of a machine in addition to what each derivation asks, also for what has to
   * be built before the derivations that the request names.
   */
  public BuildRequest requiring(String... names) {
    return new BuildRequest(
        targets,
        options,
        rules,
        standing,
        features.plus(Features.of(names)),
        machineRules,
        listener);
  }

  /** Uses only machines that the rule admits, and those that were given before. */
  public BuildRequest obeying(MachineRule rule) {
    List<MachineRule> more = new ArrayList<>(machineRules);
    more.add(requireNonNull(rule, "rule"));
    return new BuildRequest(
        targets, options, rules, standing, features, List.copyOf(more), listener);
  }

  /**
   * Bounds how long one build may run; zero is no bound.
   *
   * @throws IllegalArgumentException if it is negative, or more than 2^31 - 1 seconds
   */
  public BuildRequest timeout(Duration bound) {
    return withOptions(options.withTimeout(bound));
  }

  /**
   * Bounds how long one build may print nothing; zero is no bound.
   *
   * @throws IllegalArgumentException if it is negative, or more than 2^31 - 1 seconds
   */
  public BuildRequest maxSilentTime(Duration bound) {
    return withOptions(options.withMaxSilentTime(bound));
  }

  /** Bounds how much log one build may write; zero is no bound. */
  public BuildRequest maxLogSizeBytes(long bound) {
    return withOptions(options.withMaxLogSizeBytes(bound));
  }

  /** Asks machines to keep the directory of a build that fails. */
  public BuildRequest keepingFailed() {
    return withOptions(options.keepingFailed());
  }

  /** Goes on after a failure with everything that does not depend on what failed. */
  public BuildRequest keepGoing() {
    return withRules(
        new RequestRules(OnFailure.KEEP_GOING, rules.patience(), rules.attemptLimit()));
  }

  /**
   * Lets a build wait that long for a machine that could take it but is not there now. The default
   * is not to wait; more than 100 years count as 100 years.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public BuildRequest patience(Duration patience) {
    Duration bounded = patience.compareTo(LONGEST_PATIENCE) > 0 ? LONGEST_PATIENCE : patience;
    return withRules(new RequestRules(rules.onFailure(), bounded, rules.attemptLimit()));
  }

  /** Bounds how many attempts one build gets; the default is 5. */
  public BuildRequest attemptLimit(int attempts) {
    return withRules(new RequestRules(rules.onFailure(), rules.patience(), attempts));
  }

  /**
   * Says in whose name the builds are made: each caller gets its share of the farm's slot-time
   * while several have work, as {@link RemoteBuildsBuilder#sharing} says. Requests without a name
   * are those of one caller, whose name is empty.
   */
  public BuildRequest caller(String name) {
    return withStanding(standing.withCaller(name));
  }

  /**
   * Sets how urgent the builds are, from {@value Standing#LOWEST_PRIORITY} to {@value
   * Standing#HIGHEST_PRIORITY}; the default is 0. Each level counts as one hour of waiting, or what
   * {@link RemoteBuildsBuilder#sharing} says; see {@link io.github.remotebuild.dispatch.ShareRule}
   * for what it means to other callers.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public BuildRequest priority(int level) {
    return withStanding(standing.withPriority(level));
  }

  /** Sets who hears of this request; replaces a listener set before. */
  public BuildRequest listening(BuildListener to) {
    return new BuildRequest(
        targets, options, rules, standing, features, machineRules, requireNonNull(to, "to"));
  }

  private BuildRequest withStanding(Standing changed) {
    return new BuildRequest(targets, options, rules, changed, features, machineRules, listener);
  }

  private BuildRequest withOptions(BuildOptions changed) {
    return new BuildRequest(targets, changed, rules, standing, features, machineRules, listener);
  }

  private BuildRequest withRules(RequestRules changed) {
    return new BuildRequest(targets, options, changed, standing, features, machineRules, listener);
  }

  /** What is asked for; at least one. */
  public List<DerivedPath.Built> targets() {
    return targets;
  }

  /** The limits of each build. */
  public BuildOptions options() {
    return options;
  }

  /** What to do when something goes wrong. */
  public RequestRules rules() {
    return rules;
  }

  /** In whose name, and how urgent. */
  public Standing standing() {
    return standing;
  }

  /** The features asked for in addition to the derivations'. */
  public Features features() {
    return features;
  }

  /** Which machines may be used. */
  public List<MachineRule> machineRules() {
    return machineRules;
  }

  /** Who hears of this request. */
  public BuildListener listener() {
    return listener;
  }

  /** Whether the other asks for the same, in the same way, and tells the same listener. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BuildRequest that
        && targets.equals(that.targets)
        && options.equals(that.options)
        && rules.equals(that.rules)
        && standing.equals(that.standing)
        && features.equals(that.features)
        && machineRules.equals(that.machineRules)
        && listener.equals(that.listener);
  }

  @Override
  public int hashCode() {
    return Objects.hash(targets, options, rules, standing, features, machineRules, listener);
  }

  /**
   * What is asked for, as Nix writes it: {@code /nix/store/…-hello.drv^out}, with blanks between.
   */
  @Override
  public String toString() {
    return targets.stream().map(DerivedPath.Built::toString).collect(Collectors.joining(" "));
  }
}
