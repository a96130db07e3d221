package io.github.remotebuild;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.dispatch.RequestRules;
import io.github.remotebuild.dispatch.RequestRules.OnFailure;
import io.github.remotebuild.dispatch.Standing;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.DerivedPath;
import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.LocalPreference;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.MachineRule;
import io.github.remotebuild.model.OutputsSpec;
import io.github.remotebuild.model.StorePath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
  private final Where where;
  private final BuildListener listener;

  /** Where builds may go, and for each kind of derivation what the local machine is to it. */
  private record Where(
      Features features, List<MachineRule> rules, Map<LocalPreference, Locality> locality) {
    static final Where ANYWHERE = new Where(Features.none(), List.of(), Map.of());
  }

  private BuildRequest(
      List<DerivedPath.Built> targets,
      BuildOptions options,
      RequestRules rules,
      Standing standing,
      Where where,
      BuildListener listener) {
    this.targets = targets;
    this.options = options;
    this.rules = rules;
    this.standing = standing;
    this.where = where;
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
        Where.ANYWHERE,
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
    return new BuildRequest(narrowed, options, rules, standing, where, listener);
  }

  /**
   * Asks these features of a machine in addition to what each derivation asks, also for what has to
   * be built before the derivations that the request names.
   */
  public BuildRequest requiring(String... names) {
    return with(new Where(where.features.plus(Features.of(names)), where.rules, where.locality));
  }

  /**
   * Uses only machines that the rule admits, and all rules that were given before. What no machine
   * is admitted for is declined at once, with the rule's reason.
   */
  public BuildRequest obeying(MachineRule rule) {
    List<MachineRule> more = new ArrayList<>(where.rules);
    more.add(requireNonNull(rule, "rule"));
    return with(new Where(where.features, List.copyOf(more), where.locality));
  }

  /**
   * Uses only machines with one of these {@linkplain io.github.remotebuild.model.Machine#name()
   * names}; the local machine is called {@code local} unless its line says otherwise.
   */
  public BuildRequest usingOnly(String... names) {
    return obeying(MachineRule.only(Arrays.asList(names)));
  }

  /**
   * Uses no machine with one of these {@linkplain io.github.remotebuild.model.Machine#name()
   * names}.
   */
  public BuildRequest refusing(String... names) {
    return obeying(MachineRule.except(Arrays.asList(names)));
  }

  /**
   * Says what the local machine is to every build of this request, whatever a derivation prefers.
   * Said again, the last word counts. If nothing is said, it is {@link Locality#LOCAL_FIRST} to
   * derivations that set {@code preferLocalBuild} and {@link Locality#ANY} to all others.
   *
   * <p>A build that wants one side of the farm first waits for it while it is busy, and while it is
   * away as long as its {@linkplain #patience patience} says; then it goes to the other.
   */
  public BuildRequest placing(Locality locality) {
    return placing(locality, locality);
  }

  /**
   * Says what the local machine is to derivations that set {@code preferLocalBuild}, and to all
   * others. As Nix does it: {@code placing(REMOTE_WHEN_FREE, LOCAL_FIRST)}.
   *
   * @param usually to those that do not set it
   * @param ifPreferringLocal to those that set it
   */
  public BuildRequest placing(Locality usually, Locality ifPreferringLocal) {
    return with(
        new Where(
            where.features,
            where.rules,
            Map.of(
                LocalPreference.NONE, usually, LocalPreference.PREFERS_LOCAL, ifPreferringLocal)));
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
   * Lets a build wait that long for a machine that could take it, and that it {@linkplain #placing
   * wants}, but is not there now. The default is not to wait; more than 100 years count as 100
   * years.
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
    return new BuildRequest(targets, options, rules, standing, where, requireNonNull(to, "to"));
  }

  private BuildRequest withStanding(Standing changed) {
    return new BuildRequest(targets, options, rules, changed, where, listener);
  }

  private BuildRequest withOptions(BuildOptions changed) {
    return new BuildRequest(targets, changed, rules, standing, where, listener);
  }

  private BuildRequest withRules(RequestRules changed) {
    return new BuildRequest(targets, options, changed, standing, where, listener);
  }

  private BuildRequest with(Where changed) {
    return new BuildRequest(targets, options, rules, standing, changed, listener);
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
    return where.features;
  }

  /** Which machines may be used. */
  public List<MachineRule> machineRules() {
    return where.rules;
  }

  /** What the local machine is to derivations with this preference; empty if nothing was said. */
  public Optional<Locality> locality(LocalPreference preference) {
    return Optional.ofNullable(where.locality.get(preference));
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
        && where.equals(that.where)
        && listener.equals(that.listener);
  }

  @Override
  public int hashCode() {
    return Objects.hash(targets, options, rules, standing, where, listener);
  }

  /**
   * What is asked for, as Nix writes it: {@code /nix/store/…-hello.drv^out}, with blanks between.
   */
  @Override
  public String toString() {
    return targets.stream().map(DerivedPath.Built::toString).collect(Collectors.joining(" "));
  }
}
