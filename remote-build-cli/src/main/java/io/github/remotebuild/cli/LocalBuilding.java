package io.github.remotebuild.cli;

import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What the command line says of building on this computer. */
final class LocalBuilding {
  private static final Path KVM = Path.of("/dev/kvm");

  @Option(
      names = {"-j", "--max-jobs"},
      paramLabel = "N",
      converter = Jobs.class,
      description =
          "Build up to N derivations at once on this computer, too, or one for each processor if N"
              + " is 'auto' (default: 0, or what the line 'local' of the machines file says).")
  @Nullable Integer maxJobs;

  @Option(
      names = "--local",
      paramLabel = "MODE",
      converter = Modes.class,
      description =
          "When to build on this computer: as-nix (the default: what sets preferLocalBuild, and"
              + " the rest when no other machine is free), any, local-first, local-when-free,"
              + " remote-first, remote-when-free or never-local.")
  @Nullable Mode mode;

  /** When to build on this computer. */
  enum Mode {
    AS_NIX(Locality.REMOTE_WHEN_FREE, Locality.LOCAL_FIRST),
    ANY(Locality.ANY),
    LOCAL_FIRST(Locality.LOCAL_FIRST),
    LOCAL_WHEN_FREE(Locality.LOCAL_WHEN_FREE),
    REMOTE_FIRST(Locality.REMOTE_FIRST),
    REMOTE_WHEN_FREE(Locality.REMOTE_WHEN_FREE),
    NEVER_LOCAL(Locality.NEVER_LOCAL);

    private final Locality usually;
    private final Locality ifPreferringLocal;

    Mode(Locality always) {
      this(always, always);
    }

    Mode(Locality usually, Locality ifPreferringLocal) {
      this.usually = usually;
      this.ifPreferringLocal = ifPreferringLocal;
    }

    /** As it is written. */
    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it makes sense only where something can be built locally. */
    boolean needsLocalMachine() {
      return this == LOCAL_FIRST || this == LOCAL_WHEN_FREE;
    }
  }

  /** Reads a number of jobs. */
  static final class Jobs implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      if (text.equals("auto")) {
        return Runtime.getRuntime().availableProcessors();
      }
      if (!text.matches("[0-9]{1,9}")) {
        throw new TypeConversionException(
            "'" + text + "' is neither a number of builds nor 'auto'");
      }
      return Integer.valueOf(text);
    }
  }

  /** Reads a mode. */
  static final class Modes implements ITypeConverter<Mode> {
    @Override
    public Mode convert(String text) {
      return Arrays.stream(Mode.values())
          .filter(mode -> mode.word().equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'"
                          + text
                          + "' is not one of "
                          + Arrays.stream(Mode.values())
                              .map(Mode::word)
                              .collect(Collectors.joining(", "))));
    }
  }

  /** Whether machines elsewhere need not be named, because this computer builds. */
  boolean isEnough() {
    return maxJobs != null && maxJobs > 0;
  }

  /**
   * The farm with this computer in it, if it is to build.
   *
   * @param listed the machines that the file lists, perhaps with a line for this computer
   * @param system what this computer runs
   * @throws UsageProblem if the two say different things
   */
  Farm addTo(List<Machine> listed, String system) {
    List<Machine> machines = new ArrayList<>(listed);
    Integer jobs = maxJobs;
    if (jobs != null) {
      long lines = machines.stream().filter(Machine::isLocal).count();
      if (lines > 1) {
        throw new UsageProblem(
            "--max-jobs: the machines file has "
                + lines
                + " lines for this computer; say there how many builds each of them takes");
      }
      machines.replaceAll(machine -> machine.isLocal() ? machine.withMaxJobs(jobs) : machine);
      if (lines == 0 && jobs > 0) {
        machines.add(thisComputer(system).maxJobs(jobs).build());
      }
    }
    if (mode != null
        && mode.needsLocalMachine()
        && machines.stream().noneMatch(m -> m.isLocal() && m.isEnabled())) {
      throw new UsageProblem(
          "--local "
              + mode.word()
              + ": this computer builds nothing; say how many builds it takes with --max-jobs");
    }
    return Farm.of(machines);
  }

  /** What Nix takes this computer for if its configuration does not say. */
  private static MachineBuilder thisComputer(String system) {
    MachineBuilder machine =
        Machine.local().forSystems(system).supporting("benchmark", "big-parallel", "nixos-test");
    if (system.equals("x86_64-linux")) {
      machine = machine.forSystems("i686-linux");
    }
    boolean hasKvm = Files.isReadable(KVM) && Files.isWritable(KVM);
    return hasKvm ? machine.supporting("kvm") : machine;
  }

  /** The request, saying when to build on this computer. */
  BuildRequest place(BuildRequest request) {
    Mode chosen = mode == null ? Mode.AS_NIX : mode;
    return request.placing(chosen.usually, chosen.ifPreferringLocal);
  }
}
