package io.github.remotebuild.testkit;

import java.io.PrintStream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** What {@link NeedsRealPeers} does. */
final class RealPeersExtension implements ExecutionCondition, ParameterResolver {
  private final Computer computer;
  private final PrintStream out;

  /** On this computer. */
  RealPeersExtension() {
    this(Computer.here(), System.out);
  }

  /**
   * On another.
   *
   * @param out where it says which tests did not run, or what runs them
   */
  RealPeersExtension(Computer computer, PrintStream out) {
    this.computer = computer;
    this.out = out;
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return PeerSearch.on(computer) instanceof PeerSearch.Found.None none
        ? NotRun.leaveOut(context, none.lacking(), computer, out)
        : ConditionEvaluationResult.enabled("there are machines");
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == RealPeers.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    PeerSearch.Found found = PeerSearch.on(computer);
    if (found instanceof PeerSearch.Found.Named named) {
      return RealPeers.of(named.file());
    }
    if (found instanceof PeerSearch.Found.Startable startable) {
      return SharedFarm.of(context, startable.script(), out).peers();
    }
    throw new IllegalStateException("a test that was left out asks for machines");
  }
}
