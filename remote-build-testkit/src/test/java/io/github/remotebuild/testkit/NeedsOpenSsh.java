package io.github.remotebuild.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Marks a test class that needs OpenSSH's own programs; it is left out, loudly, without them. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsOpenSsh.Condition.class)
@interface NeedsOpenSsh {
  /** Looks for the programs. */
  final class Condition implements ExecutionCondition {
    private static final List<String> PROGRAMS = List.of("ssh-keygen", "ssh-agent", "ssh-add");

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      Computer computer = Computer.here();
      List<String> missing = new ArrayList<>();
      if (!computer.isProgram(OpenSshd.PROGRAM)) {
        missing.add("there is no " + OpenSshd.PROGRAM);
      }
      PROGRAMS.stream()
          .filter(program -> computer.program(program).isEmpty())
          .forEach(program -> missing.add(program + " is not on the PATH"));
      return missing.isEmpty()
          ? ConditionEvaluationResult.enabled("there is an sshd")
          : NotRun.leaveOut(
              context,
              new Lacking(
                  "OpenSSH's own programs",
                  missing,
                  List.of("install openssh-server and openssh-client")),
              computer,
              System.out);
    }
  }
}
