package io.github.remotebuild.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out how tests come by real machines on a computer. It only looks; what it finds follows
 * from what the {@link Computer} says.
 */
final class PeerSearch {
  /** The value of {@link RealPeers#VARIABLE} that keeps the tests from running. */
  static final String NONE = "none";

  private static final String WANTED = "real Nix machines";
  private static final String DOCUMENT = "more in docs/real-peers.md";
  private static final Path SCRIPT = Path.of(".ci", "real-peers");
  private static final Path SSHD = Path.of("/usr/sbin/sshd");
  private static final Path HUB_CONFIGURATION = Path.of("/etc/nix/nix.conf");
  private static final String HUB_MARK = "# written by real-peers";
  private static final List<String> NIX = List.of("nix-store", "nix-instantiate");
  private static final List<String> SSH = List.of("ssh", "ssh-keygen");
  private static final List<String> TOOLS =
      List.of("bash", "ip", "ss", "unshare", "nsenter", "mount", "hostname", "flock", "dpkg");

  /** Directories that are on root's path, and often not on another user's. */
  private static final List<String> ROOTS_DIRECTORIES =
      List.of("/usr/local/sbin", "/usr/sbin", "/sbin");

  /** To make network namespaces and to mount: CAP_NET_ADMIN and CAP_SYS_ADMIN. */
  private static final long CAPABILITIES = 1L << 12 | 1L << 21;

  private final Computer computer;
  private final String user;
  private final boolean isRoot;
  private final List<String> missing = new ArrayList<>();
  private final List<String> remedies = new ArrayList<>();

  private PeerSearch(Computer computer) {
    this.computer = computer;
    this.user = status("Uid:").map(text -> text.split("\\s+", -1)[1]).orElse("of unknown number");
    this.isRoot = user.equals("0");
  }

  /** How tests come by machines. */
  sealed interface Found {
    /** Somebody has started a farm and says where its {@code peers.properties} is. */
    record Named(Path file) implements Found {}

    /** This script can start one. */
    record Startable(Path script) implements Found {}

    /** They do not. */
    record None(Lacking lacking) implements Found {}
  }

  /** Looks around. */
  static Found on(Computer computer) {
    Optional<String> named = computer.variable(RealPeers.VARIABLE);
    if (named.isPresent()) {
      return named.get().equals(NONE) ? switchedOff() : new Found.Named(Path.of(named.get()));
    }
    return new PeerSearch(computer).search();
  }

  private static Found switchedOff() {
    return new Found.None(
        new Lacking(
            WANTED,
            List.of(RealPeers.VARIABLE + "=" + NONE + " says that they shall not run"),
            List.of(
                "unset " + RealPeers.VARIABLE + ", or let it name a farm's peers.properties",
                DOCUMENT)));
  }

  private Found search() {
    Optional<Path> script = script();
    if (!computer.system().equals("Linux amd64")) {
      lacks("Linux on x86_64: this is " + computer.system(), "run the tests on Debian 12, x86_64");
    } else {
      lookForRights();
      if (script.isEmpty()) {
        lacks(
            "the script " + SCRIPT + ": it is neither in " + computer.directory() + " nor above",
            "run the tests in a checkout of remote-build");
      }
      lookForWhatTheScriptInstalls();
    }
    if (script.isPresent() && missing.isEmpty()) {
      return new Found.Startable(script.get());
    }
    remedies.add("or name a farm's peers.properties in " + RealPeers.VARIABLE);
    remedies.add(DOCUMENT);
    return new Found.None(new Lacking(WANTED, missing, remedies));
  }

  private void lookForRights() {
    if (!isRoot) {
      lacks("root: this is user " + user, "run the tests as root");
      return;
    }
    long held = status("CapEff:").map(text -> Long.parseUnsignedLong(text, 16)).orElse(-1L);
    if ((held & CAPABILITIES) != CAPABILITIES) {
      lacks(
          "the right to make network namespaces and to mount, which this root has not",
          "give the container CAP_NET_ADMIN and CAP_SYS_ADMIN");
    }
  }

  private void lookForWhatTheScriptInstalls() {
    int before = missing.size();
    lookFor("Nix", NIX);
    if (!computer.isProgram(SSHD)) {
      missing.add("sshd: there is no " + SSHD);
    }
    lookFor("ssh", SSH);
    lookFor("other programs", TOOLS);
    if (!computer.isDirectory(chroot()) && isMissing("debootstrap")) {
      missing.add("debootstrap, to make " + chroot());
    }
    if (!computer.isDirectory(Path.of("/nix"))) {
      missing.add("the store of the hub: there is no /nix");
    }
    if (!isConfigured()) {
      missing.add("the hub's settings: " + HUB_CONFIGURATION + " is not the one the script writes");
    }
    if (missing.size() > before) {
      remedies.add("run, as root on Debian 12, in the checkout: " + SCRIPT + " install");
    }
  }

  private void lookFor(String what, List<String> programs) {
    List<String> gone = programs.stream().filter(this::isMissing).toList();
    if (!gone.isEmpty()) {
      missing.add(
          what
              + ": "
              + String.join(", ", gone)
              + (gone.size() == 1 ? " is" : " are")
              + " not on the PATH");
    }
  }

  private boolean isMissing(String program) {
    return computer.program(program).isEmpty()
        && (isRoot
            || ROOTS_DIRECTORIES.stream()
                .noneMatch(each -> computer.isProgram(Path.of(each, program))));
  }

  /** Where the script keeps what it has made for machine beta. */
  private Path chroot() {
    String cache = computer.variable("REAL_PEERS_CACHE").orElse("/var/cache/remote-build-peers");
    return Path.of(cache, "trixie-amd64");
  }

  private boolean isConfigured() {
    return computer
        .text(HUB_CONFIGURATION)
        .map(text -> text.lines().anyMatch(HUB_MARK::equals))
        .orElse(false);
  }

  private Optional<Path> script() {
    for (Path each = computer.directory(); each != null; each = each.getParent()) {
      Path script = each.resolve(SCRIPT);
      if (computer.isProgram(script)) {
        return Optional.of(script);
      }
    }
    return Optional.empty();
  }

  /** What the kernel says of this process under a heading, behind blanks. */
  private Optional<String> status(String heading) {
    return computer
        .text(Path.of("/proc/self/status"))
        .flatMap(text -> text.lines().filter(line -> line.startsWith(heading)).findFirst())
        .map(line -> line.substring(heading.length()).strip());
  }

  private void lacks(String thing, String remedy) {
    missing.add(thing);
    remedies.add(remedy);
  }
}
