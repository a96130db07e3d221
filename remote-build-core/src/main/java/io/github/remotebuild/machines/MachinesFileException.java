package io.github.remotebuild.machines;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A machines file that cannot be read, with everything that is wrong in it.
 *
 * @since 0.1
 */
public final class MachinesFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String source;
  private final transient List<MachinesProblem> problems;
  private final int unlistedProblems;

  /**
   * Makes the exception.
   *
   * @param source the file, or whatever name was given to the text
   * @param problems what is wrong, in the order of the text; at least one
   * @param unlistedProblems how many more there are that are not in the list
   */
  public MachinesFileException(
      String source, List<MachinesProblem> problems, int unlistedProblems) {
    super(message(requireNonNull(source, "source"), problems, unlistedProblems));
    this.source = source;
    this.problems = List.copyOf(problems);
    this.unlistedProblems = unlistedProblems;
  }

  /** The file, or whatever name was given to the text. */
  public String source() {
    return source;
  }

  /** What is wrong, in the order of the text; at least one. */
  public List<MachinesProblem> problems() {
    return problems;
  }

  /** How many more problems there are that are not in the list. */
  public int unlistedProblems() {
    return unlistedProblems;
  }

  private static String message(String source, List<MachinesProblem> problems, int unlisted) {
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("problems must not be empty");
    }
    int count = problems.size() + unlisted;
    StringBuilder out =
        new StringBuilder("Could not read the machines in ")
            .append(source)
            .append(": ")
            .append(count)
            .append(count == 1 ? " problem" : " problems");
    for (MachinesProblem problem : problems) {
      out.append("\n  ").append(problem);
    }
    if (unlisted > 0) {
      out.append("\n  and ").append(unlisted).append(" more");
    }
    return out.toString();
  }
}
