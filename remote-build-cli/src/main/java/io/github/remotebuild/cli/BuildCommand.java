package io.github.remotebuild.cli;

import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.machines.MachinesFile;
import io.github.remotebuild.machines.MachinesFileException;
import io.github.remotebuild.model.DerivedPath;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.SystemType;
import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.store.ServeCommand;
import io.github.remotebuild.store.ServeStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code remote-build build}. */
@Command(
    name = "build",
    description = "Builds derivations on the machines of a file.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:everything asked for is valid in the local store",
      "1:trouble on the way",
      "2:bad usage",
      "100:a build failed",
      "101:a build took too long"
    })
@SuppressWarnings("NullAway.Init")
final class BuildCommand implements Callable<Integer> {
  private static final Path SYSTEM_MACHINES = Path.of("/etc/nix/machines");
  private static final Path SYSTEM_KNOWN_HOSTS = Path.of("/etc/ssh/ssh_known_hosts");

  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "DRV",
      arity = "1..*",
      description = {
        "Path of a .drv file in the local store.",
        "DRV^out,dev or DRV!out,dev asks for some of its outputs only."
      })
  List<String> derivations;

  @Option(
      names = {"-m", "--machines"},
      paramLabel = "FILE",
      description = "The machines, in the format of /etc/nix/machines (default: that file).")
  @Nullable Path machines;

  @Mixin LocalBuilding local;

  @Option(
      names = {"-o", "--out-link"},
      paramLabel = "LINK",
      description = "Make a symlink to the result, and root it against garbage collection.")
  @Nullable Path outLink;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print only what went wrong, and the results.")
  boolean isQuiet;

  @Option(
      names = {"-v", "--verbose"},
      description = "Print also why a build waits, what is copied, and every log line.")
  boolean isVerbose;

  @Option(
      names = "--view",
      paramLabel = "plain|live",
      description =
          "Print a line for each thing that happens, or keep a block at the bottom of the terminal"
              + " up to date (default: live on a terminal, unless -q or -v is given).")
  @Nullable ViewKind view;

  @Option(
      names = {"-k", "--keep-going"},
      description = "After a failure, go on with what does not depend on it.")
  boolean isKeepingGoing;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Stop a build that runs longer.")
  long timeoutSeconds;

  @Option(
      names = "--max-silent-time",
      paramLabel = "SECONDS",
      description = "Stop a build that prints nothing for longer.")
  long maxSilentSeconds;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      description = "Wait that long for a machine that is not there now (default: 0).")
  long patienceSeconds;

  @Option(
      names = "--known-hosts",
      paramLabel = "FILE",
      description =
          "Host keys of machines whose line has none, besides ~/.ssh/known_hosts and"
              + " /etc/ssh/ssh_known_hosts.")
  List<Path> knownHosts = new ArrayList<>();

  @Option(
      names = {"-i", "--identity"},
      paramLabel = "FILE",
      description = "A private key to try, besides those of ~/.ssh and of the agent.")
  List<Path> identities = new ArrayList<>();

  @Option(
      names = "--store",
      paramLabel = "URI",
      description = "Use this local store as the hub (default: that of nix-store).")
  @Nullable String store;

  @Option(
      names = "--no-substitutes",
      description = "Never download outputs; build whatever is not there.")
  boolean isWithoutSubstitutes;

  @Option(
      names = "--system",
      paramLabel = "SYSTEM",
      description = "The system of machines whose line names none (default: this computer's).")
  String system = LocalSystem.name();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<DerivedPath.Built> targets = targets();
    BuildRequest request = request(targets);
    MachinesFile file = readMachines();
    file.warnings().forEach(warning -> err.println("warning: " + warning));
    Farm farm = local.addTo(file.machines(), system);
    if (farm.isEmpty()) {
      throw new UsageProblem(machinesFile() + " names no machine");
    }
    BuildOutcome outcome;
    try (RemoteBuilds builds = open(farm);
        View shown = openView(farm, err);
        Interruption interruption =
            new Interruption(builds, request.listening(shown), shown::close)) {
      outcome = interruption.await();
      shown.conclude(outcome);
      if (outcome instanceof BuildOutcome.Built built && outLink != null) {
        OutLinks.make(built, targets, outLink, Optional.ofNullable(store));
      }
    }
    if (outcome instanceof BuildOutcome.Built built) {
      targets.stream()
          .map(DerivedPath.Built::path)
          .distinct()
          .forEach(drv -> built.outputs(drv).values().forEach(out::println));
      out.flush();
    }
    return ExitStatus.of(outcome);
  }

  private List<DerivedPath.Built> targets() {
    List<DerivedPath.Built> targets = new ArrayList<>();
    for (String text : derivations) {
      try {
        DerivedPath parsed = DerivedPath.parse(StoreDir.NIX, text);
        targets.add(
            parsed.match(
                opaque -> {
                  throw new UsageProblem(
                      "'" + text + "' is no derivation: expected the path of a .drv file");
                },
                built -> built));
      } catch (FormatException e) {
        throw new UsageProblem(String.valueOf(e.getMessage()));
      }
    }
    return targets;
  }

  private BuildRequest request(List<DerivedPath.Built> targets) {
    BuildRequest request =
        BuildRequest.of(targets)
            .timeout(seconds("--timeout", timeoutSeconds))
            .maxSilentTime(seconds("--max-silent-time", maxSilentSeconds))
            .patience(seconds("--patience", patienceSeconds));
    return local.place(isKeepingGoing ? request.keepGoing() : request);
  }

  private static Duration seconds(String option, long value) {
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new UsageProblem(
          option + " must be from 0 to " + Integer.MAX_VALUE + " seconds, not " + value);
    }
    return Duration.ofSeconds(value);
  }

  private Path machinesFile() {
    return machines == null ? SYSTEM_MACHINES : machines;
  }

  private MachinesFile readMachines() {
    Path file = machinesFile();
    try {
      SystemType ofThisComputer = SystemType.of(system);
      return machines == null && local.isEnough() && !Files.exists(file)
          ? new MachinesFile(List.of(), List.of())
          : MachinesFile.read(file, ofThisComputer);
    } catch (IOException e) {
      throw new UsageProblem(
          "Could not read the machines file "
              + file
              + ": "
              + (Files.exists(file) ? e.getMessage() : "there is no such file")
              + (machines == null ? "; name another with --machines" : ""));
    } catch (MachinesFileException e) {
      throw new UsageProblem(String.valueOf(e.getMessage()));
    } catch (FormatException | IllegalArgumentException e) {
      throw new UsageProblem("--system: " + e.getMessage());
    }
  }

  private View openView(Farm farm, PrintWriter err) {
    boolean isPlain =
        view == null
            ? isQuiet || isVerbose || !Terminal.isThere(System.getenv())
            : view == ViewKind.plain;
    if (isPlain) {
      return new PlainView(err, isQuiet, isVerbose);
    }
    Glyphs glyphs = Glyphs.in(Terminal.charset());
    UnaryOperator<String> label = MachineLabels.of(farm);
    return LiveView.open(Terminal.live(err, glyphs), farm, label, new Milestones(glyphs, label));
  }

  private RemoteBuilds open(Farm farm) {
    ServeCommand hub = ServeCommand.nixStore();
    var builder =
        RemoteBuilds.on(farm)
            .connectingWith(transport())
            .hub(ServeStore.local(store == null ? hub : hub.onStore(store)));
    return (isWithoutSubstitutes ? builder.withoutSubstitution() : builder).open();
  }

  private SshTransport transport() {
    Path home = Path.of(System.getProperty("user.home"));
    Optional<Path> agent =
        Optional.ofNullable(System.getenv("SSH_AUTH_SOCK"))
            .filter(socket -> !socket.isEmpty())
            .map(Path::of);
    SshTransport transport =
        SshTransport.fromUserHome(home, agent, System.getProperty("user.name"));
    if (Files.isReadable(SYSTEM_KNOWN_HOSTS)) {
      transport = transport.knownHosts(SYSTEM_KNOWN_HOSTS);
    }
    for (Path file : knownHosts) {
      transport = transport.knownHosts(file);
    }
    for (Path file : identities) {
      transport = transport.identity(file);
    }
    return transport;
  }
}
