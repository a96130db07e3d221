package io.github.remotebuild.machines;

import java.util.ArrayList;
import java.util.List;

/** Collects problems and warnings, up to {@link MachinesFile#PROBLEM_LIMIT} of each. */
final class Findings {
  private final List<MachinesProblem> problems = new ArrayList<>();
  private final List<MachinesWarning> warnings = new ArrayList<>();
  private int unlisted;

  void problem(Spot spot, MachineField field, String expected, String found) {
    if (problems.size() == MachinesFile.PROBLEM_LIMIT) {
      unlisted++;
      return;
    }
    problems.add(
        new MachinesProblem(spot.source(), spot.line(), spot.column(), field, expected, found));
  }

  void warning(Spot spot, String message) {
    if (warnings.size() < MachinesFile.PROBLEM_LIMIT) {
      warnings.add(new MachinesWarning(spot.source(), spot.line(), spot.column(), message));
    }
  }

  List<MachinesWarning> warnings() {
    return warnings;
  }

  void throwIfAny(String source) {
    if (!problems.isEmpty()) {
      throw new MachinesFileException(source, problems, unlisted);
    }
  }
}
