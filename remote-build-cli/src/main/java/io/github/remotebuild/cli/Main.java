package io.github.remotebuild.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The program {@code remote-build}.
 *
 * @since 0.1
 */
@Command(
    name = "remote-build",
    description = "Builds Nix derivations on other machines.",
    subcommands = {BuildCommand.class, DemoCommand.class, CommandLine.HelpCommand.class},
    mixinStandardHelpOptions = true,
    version = "remote-build 0.1.0",
    synopsisSubcommandLabel = "COMMAND")
public final class Main {
  private Main() {}

  /** Runs the program and ends the process with its exit status. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Runs the program and returns its exit status. */
  static int run(String... arguments) {
    return run(new CommandLine(new Main()), arguments);
  }

  /** The same, with other streams than those of the process. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return run(new CommandLine(new Main()).setOut(out).setErr(err), arguments);
  }

  private static int run(CommandLine line, String... arguments) {
    line.setParameterExceptionHandler(
        (exception, given) -> {
          CommandLine command = exception.getCommandLine();
          String name = command.getCommandSpec().qualifiedName();
          command.getErr().println("remote-build: " + exception.getMessage());
          command.getErr().println("Try '" + name + " --help'.");
          return ExitStatus.USAGE;
        });
    line.setExecutionExceptionHandler(
        (exception, command, parsed) -> {
          if (exception instanceof UsageProblem) {
            command.getErr().println("remote-build: " + exception.getMessage());
            return ExitStatus.USAGE;
          }
          if (exception instanceof OutLinks.LinkProblem) {
            command.getErr().println("error: " + exception.getMessage());
            return ExitStatus.TROUBLE;
          }
          command.getErr().println("remote-build: a defect in remote-build: " + exception);
          exception.printStackTrace(command.getErr());
          return ExitStatus.TROUBLE;
        });
    return line.execute(arguments);
  }
}
