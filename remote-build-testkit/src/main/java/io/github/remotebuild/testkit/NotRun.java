package io.github.remotebuild.testkit;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/**
 * The tests of a run that this computer lacks something for. When the run ends it tells of them,
 * once and loudly; JUnit closes it then. Safe for use by several threads.
 */
final class NotRun implements AutoCloseable {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(NotRun.class);
  private static final int WIDTH = 76;

  private final PrintStream out;
  private final Map<Lacking, Tests> tests = new LinkedHashMap<>();

  private NotRun(PrintStream out) {
    this.out = out;
  }

  /** What does not run for one reason. */
  private static final class Tests {
    final Set<String> classes = new LinkedHashSet<>();
    int methods;
  }

  /**
   * Leaves a test, or a class of them, out of a run.
   *
   * @param out what the run is told of, at its end
   * @throws AssertionError if the environment demands that it run
   */
  static ConditionEvaluationResult leaveOut(
      ExtensionContext context, Lacking lacking, Computer computer, PrintStream out) {
    if (computer.variable(RealPeers.REQUIRED).filter("1"::equals).isPresent()) {
      throw new AssertionError(RealPeers.REQUIRED + "=1 demands that this runs, but " + lacking);
    }
    context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(NotRun.class, key -> new NotRun(out), NotRun.class)
        .add(context, lacking);
    return ConditionEvaluationResult.disabled(lacking.toString());
  }

  private synchronized void add(ExtensionContext context, Lacking lacking) {
    Class<?> testClass = context.getRequiredTestClass();
    Tests those = tests.computeIfAbsent(lacking, key -> new Tests());
    those.classes.add(testClass.getName());
    those.methods += context.getTestMethod().isPresent() ? 1 : testsIn(testClass);
  }

  private static int testsIn(Class<?> testClass) {
    return AnnotationSupport.findAnnotatedMethods(
            testClass, Testable.class, HierarchyTraversalMode.TOP_DOWN)
        .size();
  }

  @Override
  public synchronized void close() {
    tests.forEach((lacking, those) -> out.print(notice(lacking, those)));
    out.flush();
  }

  private static String notice(Lacking lacking, Tests those) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "NOT RUN, for want of %s: %s in %s"
            .formatted(
                lacking.wanted(),
                counted(those.methods, "test", "tests"),
                counted(those.classes.size(), "class", "classes")));
    lines.add("");
    lines.add("What is missing here:");
    lacking.missing().forEach(each -> lines.addAll(item(each)));
    lines.add("What to do:");
    lacking.remedies().forEach(each -> lines.addAll(item(each)));
    return boxed(lines);
  }

  private static String counted(int count, String one, String many) {
    return count + " " + (count == 1 ? one : many);
  }

  /** An item of a list, in as many lines as it takes. */
  private static List<String> item(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder("  -");
    for (String word : text.split(" ", -1)) {
      if (line.length() + 1 + word.length() > WIDTH && line.length() > 3) {
        lines.add(line.toString());
        line = new StringBuilder("   ");
      }
      line.append(' ').append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  private static String boxed(List<String> lines) {
    int width = Math.max(WIDTH, lines.stream().mapToInt(String::length).max().orElse(0));
    String edge = "+" + "-".repeat(width + 2) + "+" + System.lineSeparator();
    StringBuilder box = new StringBuilder(System.lineSeparator()).append(edge);
    for (String line : lines) {
      box.append("| ").append(line).append(" ".repeat(width - line.length())).append(" |");
      box.append(System.lineSeparator());
    }
    return box.append(edge).append(System.lineSeparator()).toString();
  }
}
