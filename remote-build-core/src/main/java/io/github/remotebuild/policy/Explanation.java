package io.github.remotebuild.policy;

import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Works out what a decision says about each machine, and puts it into words. */
final class Explanation {
  /** A farm with more machines than this has one line for all of which the same is said. */
  static final int GROUP_ABOVE = 12;

  /** How many names such a line spells out. */
  static final int NAMES_IN_GROUP = 3;

  private Explanation() {}

  static List<MachineVerdict> verdicts(Decision decision) {
    FarmSnapshot snapshot = decision.selection().snapshot();
    Turn turn = decision.selection().turn();
    List<MachineVerdict> verdicts = new ArrayList<>(snapshot.size());
    for (int i = 0; i < snapshot.size(); i++) {
      verdicts.add(new MachineVerdict(i, snapshot.machine(i), verdict(decision, i, turn)));
    }
    return List.copyOf(verdicts);
  }

  private static Verdict verdict(Decision decision, int position, Turn turn) {
    List<Rejection> rejections = decision.selection().rejections(position, turn);
    if (!rejections.isEmpty()) {
      return new Verdict.Rejected(rejections);
    }
    FarmSnapshot snapshot = decision.selection().snapshot();
    Machine machine = snapshot.machine(position);
    int running = snapshot.state(position).running();
    if (!(decision instanceof Decision.Accept accept)) {
      return new Verdict.Eligible(running, machine.maxJobs(), machine.speedFactor());
    }
    return accept.position() == position
        ? new Verdict.Chosen(running, machine.maxJobs(), machine.speedFactor())
        : new Verdict.Outranked(
            accept.machine(),
            decision.selection().policy().whyNot(candidate(snapshot, position), chosen(accept)),
            running,
            machine.maxJobs(),
            machine.speedFactor());
  }

  private static Candidate chosen(Decision.Accept accept) {
    return candidate(accept.selection().snapshot(), accept.position());
  }

  private static Candidate candidate(FarmSnapshot snapshot, int position) {
    return new Candidate(position, snapshot.machine(position), snapshot.state(position).running());
  }

  static String text(Decision decision) {
    List<MachineVerdict> verdicts = verdicts(decision);
    List<String> labels = Labels.of(decision.selection().snapshot().farm());
    StringBuilder out = new StringBuilder(firstLine(decision, verdicts, labels));
    if (verdicts.isEmpty()) {
      out.append("\n  there are no machines");
    } else if (verdicts.size() <= GROUP_ABOVE) {
      for (MachineVerdict verdict : verdicts) {
        line(out, labels.get(verdict.position()), verdict.verdict().text());
      }
    } else {
      grouped(out, verdicts, labels);
    }
    unknownNames(decision.selection()).ifPresent(line -> out.append("\n  ").append(line));
    decision
        .smallestChange()
        .ifPresent(change -> out.append("\nsmallest change: ").append(change.text()));
    return out.toString();
  }

  private static String firstLine(
      Decision decision, List<MachineVerdict> verdicts, List<String> labels) {
    String build = "the build for " + decision.selection().demand();
    return decision.match(
        accept ->
            labels.get(accept.position())
                + " takes "
                + build
                + " (policy "
                + decision.selection().policy().name()
                + ")",
        postpone -> {
          long later = verdicts.stream().filter(Explanation::mayTakeLater).count();
          return "no machine takes "
              + build
              + " now; "
              + later
              + (later == 1 ? " machine" : " machines")
              + " can later";
        },
        decline -> "no machine can take " + build);
  }

  private static boolean mayTakeLater(MachineVerdict verdict) {
    return !(verdict.verdict() instanceof Verdict.Rejected rejected && rejected.isLasting());
  }

  private static void grouped(
      StringBuilder out, List<MachineVerdict> verdicts, List<String> labels) {
    Map<String, List<String>> namesByText = new LinkedHashMap<>();
    for (MachineVerdict verdict : verdicts) {
      namesByText
          .computeIfAbsent(verdict.verdict().text(), text -> new ArrayList<>())
          .add(labels.get(verdict.position()));
    }
    namesByText.forEach((text, names) -> line(out, names(names), text));
  }

  private static String names(List<String> names) {
    if (names.size() <= NAMES_IN_GROUP) {
      return String.join(", ", names);
    }
    return String.join(", ", names.subList(0, NAMES_IN_GROUP))
        + " and "
        + (names.size() - NAMES_IN_GROUP)
        + " more";
  }

  /** The names in the request's rules that are nobody's: often a slip of the pen. */
  private static Optional<String> unknownNames(Selection selection) {
    SortedSet<String> names = new TreeSet<>();
    for (MachineRule rule : selection.demand().rules()) {
      if (rule instanceof MachineRule.Only only) {
        names.addAll(only.names());
      } else if (rule instanceof MachineRule.Except except) {
        names.addAll(except.names());
      }
    }
    if (!names.isEmpty()) {
      selection.snapshot().farm().machines().forEach(machine -> names.remove(machine.name()));
    }
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the request names "
                + String.join(", ", names)
                + (names.size() == 1
                    ? ", but no machine has that name"
                    : ", but no machine has one of these names"));
  }

  private static void line(StringBuilder out, String names, String text) {
    out.append("\n  ").append(names).append(": ").append(text);
  }
}
