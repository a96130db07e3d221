package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.Limits;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Derivation;
import io.github.remotebuild.model.DerivationOptions;
import io.github.remotebuild.model.DerivationOutput;
import io.github.remotebuild.model.DerivedPath;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.store.StoreException;
import io.github.remotebuild.store.StoreProblem;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.store.ValidityOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds out what must be built: reads derivations from the hub and asks it which outputs it has or
 * can substitute, level by level from the derivations asked for.
 *
 * <p>What is valid is not looked behind, so a request whose result is there costs two questions.
 * What is found valid is rooted for the life of the session.
 */
final class Planner {
  /** How many paths one question names at most. */
  private static final int BATCH = 5_000;

  private final StoreSession hub;
  private final Limits limits;
  private final Set<ValidityOption> validity;

  private final Map<StorePath, Derivation> derivations = new HashMap<>();

  /** Whether an output is valid in the hub; absent if it was not asked for. */
  private final Map<StorePath, Boolean> isValid = new HashMap<>();

  /** The outputs that are needed of each derivation, by name. */
  private final SortedMap<StorePath, SortedSet<String>> needed = new TreeMap<>();

  Planner(StoreSession hub, Limits limits, boolean isSubstituting) {
    this.hub = hub;
    this.limits = limits;
    this.validity =
        isSubstituting
            ? EnumSet.of(ValidityOption.LOCK, ValidityOption.SUBSTITUTE)
            : EnumSet.of(ValidityOption.LOCK);
  }

  /**
   * Plans a request.
   *
   * @throws FailedException if a derivation cannot be read or is of a kind that is not supported
   */
  Plan plan(Collection<DerivedPath.Built> targets) {
    Map<StorePath, SortedSet<String>> level = new TreeMap<>();
    read(targets.stream().map(DerivedPath.Built::path).toList(), "asked for");
    for (DerivedPath.Built target : targets) {
      Derivation derivation = derivation(target.path());
      level
          .computeIfAbsent(target.path(), d -> new TreeSet<>())
          .addAll(wantedOutputs(target, derivation));
    }
    Map<StorePath, SortedSet<String>> asked = new TreeMap<>(level);
    Set<StorePath> toBuild = new TreeSet<>();
    while (!level.isEmpty()) {
      level = nextLevel(level, toBuild);
    }
    SortedMap<StorePath, SortedMap<String, StorePath>> wanted = new TreeMap<>();
    asked.forEach((drv, outputs) -> wanted.put(drv, paths(drv, outputs)));
    return new Plan(nodes(toBuild), wanted);
  }

  private static SortedSet<String> wantedOutputs(DerivedPath.Built target, Derivation derivation) {
    SortedSet<String> offered = new TreeSet<>(derivation.outputs().keySet());
    SortedSet<String> wanted =
        target.outputs().match(() -> offered, names -> new TreeSet<>(names.names()));
    SortedSet<String> unknown = new TreeSet<>(wanted);
    unknown.removeAll(offered);
    if (!unknown.isEmpty()) {
      throw new FailedException(
          unreadable(
              FailureCause.DERIVATION_UNREADABLE,
              "Could not plan "
                  + target
                  + ": the derivation has no output '"
                  + unknown.first()
                  + "'; it has "
                  + String.join(", ", offered)));
    }
    return wanted;
  }

  /** Settles what is needed of some derivations, and returns what is needed for them in turn. */
  private Map<StorePath, SortedSet<String>> nextLevel(
      Map<StorePath, SortedSet<String>> level, Set<StorePath> toBuild) {
    read(level.keySet(), "needed");
    Map<StorePath, SortedSet<String>> fresh = new TreeMap<>();
    level.forEach(
        (drv, outputs) -> {
          SortedSet<String> known = needed.computeIfAbsent(drv, d -> new TreeSet<>());
          for (String output : outputs) {
            if (known.add(output)) {
              fresh.computeIfAbsent(drv, d -> new TreeSet<>()).add(output);
            }
          }
        });
    askForValidity(fresh);
    Map<StorePath, SortedSet<String>> next = new TreeMap<>();
    fresh.forEach(
        (drv, outputs) -> {
          boolean isMissing = paths(drv, outputs).values().stream().anyMatch(p -> !valid(p));
          if (isMissing && toBuild.add(drv)) {
            derivation(drv)
                .inputDerivations()
                .forEach(
                    (input, names) ->
                        next.computeIfAbsent(input, d -> new TreeSet<>()).addAll(names.names()));
          }
        });
    return next;
  }

  private void askForValidity(Map<StorePath, SortedSet<String>> outputs) {
    SortedSet<StorePath> substitutable = new TreeSet<>();
    SortedSet<StorePath> notSubstitutable = new TreeSet<>();
    outputs.forEach(
        (drv, names) -> {
          boolean allows = DerivationOptions.of(derivation(drv)).allowsSubstitutes();
          (allows ? substitutable : notSubstitutable).addAll(paths(drv, names).values());
        });
    ask(substitutable, validity);
    ask(notSubstitutable, EnumSet.of(ValidityOption.LOCK));
  }

  private void ask(Collection<StorePath> paths, Set<ValidityOption> options) {
    for (List<StorePath> batch : batches(paths)) {
      SortedSet<StorePath> valid = hub.queryValidPaths(batch, options);
      batch.forEach(path -> isValid.put(path, valid.contains(path)));
    }
  }

  private boolean valid(StorePath output) {
    return isValid.getOrDefault(output, false);
  }

  private SortedMap<StorePath, Plan.Node> nodes(Set<StorePath> toBuild) {
    SortedMap<StorePath, Plan.Node> nodes = new TreeMap<>();
    for (StorePath drv : toBuild) {
      Derivation derivation = derivation(drv);
      SortedMap<String, StorePath> missing =
          paths(drv, needed.getOrDefault(drv, Collections.emptySortedSet()));
      missing.values().removeIf(this::valid);
      SortedSet<StorePath> inputs = new TreeSet<>(derivation.inputDerivations().keySet());
      inputs.retainAll(toBuild);
      nodes.put(drv, new Plan.Node(derivation, missing, inputs));
    }
    return nodes;
  }

  private Derivation derivation(StorePath drv) {
    Derivation derivation = derivations.get(drv);
    if (derivation == null) {
      throw new IllegalStateException(drv + " has not been read");
    }
    return derivation;
  }

  /** The store path that an output of a derivation that has been read will have. */
  Optional<StorePath> outputPath(StorePath drv, String output) {
    Derivation derivation = derivations.get(drv);
    DerivationOutput found = derivation == null ? null : derivation.outputs().get(output);
    return found == null ? Optional.empty() : found.path();
  }

  private SortedMap<String, StorePath> paths(StorePath drv, Collection<String> outputs) {
    SortedMap<String, StorePath> paths = new TreeMap<>();
    for (String output : outputs) {
      DerivationOutput found = derivation(drv).outputs().get(output);
      if (found == null) {
        throw new FailedException(
            unreadable(
                FailureCause.DERIVATION_UNREADABLE,
                "Could not plan "
                    + drv
                    + ": another derivation needs its output '"
                    + output
                    + "', and it has only "
                    + derivation(drv).outputs().keySet()));
      }
      paths.put(
          output,
          found
              .path()
              .orElseThrow(
                  () ->
                      new FailedException(
                          unreadable(
                              FailureCause.UNSUPPORTED,
                              "Could not plan "
                                  + drv
                                  + ": the path of its output '"
                                  + output
                                  + "' is known only when it is built (a content-addressed"
                                  + " derivation), which this release cannot build yet"))));
    }
    return paths;
  }

  private void read(Collection<StorePath> drvs, String why) {
    SortedSet<StorePath> unread = new TreeSet<>(drvs);
    unread.removeAll(derivations.keySet());
    for (List<StorePath> batch : batches(unread)) {
      SortedSet<StorePath> there = hub.queryValidPaths(batch, EnumSet.of(ValidityOption.LOCK));
      for (StorePath drv : batch) {
        if (!there.contains(drv)) {
          throw new FailedException(
              unreadable(
                  FailureCause.DERIVATION_UNREADABLE,
                  "Could not plan "
                      + drv
                      + ": the derivation is "
                      + why
                      + ", but it is not valid in "
                      + hub.name()
                      + "; check the path, or instantiate it again"));
        }
      }
      int limit = (int) Math.min(limits.derivationBytes(), Integer.MAX_VALUE - 1024);
      Map<StorePath, ByteString> texts = readFiles(batch, limit);
      texts.forEach((drv, text) -> derivations.put(drv, parse(drv, text)));
      checkSize(derivations.size());
    }
  }

  private Map<StorePath, ByteString> readFiles(List<StorePath> batch, int limitBytes) {
    try {
      return hub.readFiles(batch, limitBytes);
    } catch (StoreException e) {
      if (e.problem() != StoreProblem.TOO_LARGE) {
        throw e;
      }
      throw new FailedException(
          unreadable(
              FailureCause.DERIVATION_UNREADABLE, e.getMessage() + " (limit derivationBytes)"));
    }
  }

  private Derivation parse(StorePath drv, ByteString text) {
    try {
      Derivation derivation = Derivation.parse(drv, text.toByteArray());
      if (derivation.hasDynamicInputs()) {
        throw new FailedException(
            unreadable(
                FailureCause.UNSUPPORTED,
                "Could not plan "
                    + drv
                    + ": it needs outputs of a derivation that is itself built"
                    + " (a dynamic derivation), which this release cannot build yet"));
      }
      if (derivation.outputs().isEmpty()) {
        throw new FailedException(
            unreadable(
                FailureCause.DERIVATION_UNREADABLE, "Could not plan " + drv + ": no outputs"));
      }
      return derivation;
    } catch (FormatException | IllegalArgumentException e) {
      throw new FailedException(
          unreadable(
              FailureCause.DERIVATION_UNREADABLE,
              "Could not plan " + drv + ": it is no derivation. " + e.getMessage()));
    }
  }

  private void checkSize(int count) {
    if (count > limits.graphDerivations()) {
      throw new FailedException(
          unreadable(
              FailureCause.UNSUPPORTED,
              "Could not plan the request: there are more than "
                  + limits.graphDerivations()
                  + " derivations to look at (limit graphDerivations)"));
    }
  }

  private static Failure unreadable(FailureCause cause, String message) {
    return new Failure(
        Phase.PLAN,
        cause,
        Culprit.REQUEST,
        RetryAdvice.NEVER,
        Optional.empty(),
        message,
        List.of());
  }

  private static List<List<StorePath>> batches(Collection<StorePath> paths) {
    List<StorePath> all = new ArrayList<>(new HashSet<>(paths));
    all.sort(null);
    List<List<StorePath>> batches = new ArrayList<>();
    for (int from = 0; from < all.size(); from += BATCH) {
      batches.add(all.subList(from, Math.min(all.size(), from + BATCH)));
    }
    return batches;
  }
}
