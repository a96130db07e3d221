package io.github.remotebuild.cli;

import java.io.PrintWriter;
import java.util.Optional;
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
    line.setParameterExceptionHandler((exception, given) -> explain(exception));
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

  /** Says what is wrong with the command line, and with what to go on. */
  private static int explain(CommandLine.ParameterException exception) {
    CommandLine command = exception.getCommandLine();
    PrintWriter err = command.getErr();
    boolean isWithoutCommand = command.getParent() == null;
    Optional<String> unknown =
        exception instanceof CommandLine.UnmatchedArgumentException unmatched
            ? unmatched.getUnmatched().stream().findFirst().filter(word -> !word.startsWith("-"))
            : Optional.empty();
    if (isWithoutCommand && unknown.isPresent()) {
      err.println("remote-build: Unknown command: '" + unknown.get() + "'");
    } else {
      err.println("remote-build: " + exception.getMessage());
    }
    if (isWithoutCommand) {
      err.println("Commands:");
      err.print(command.getHelp().commandList());
    }
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return ExitStatus.USAGE;
  }
}
