package io.github.remotebuild.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One machine of a farm of real ones. Immutable; safe for use by several threads.
 *
 * @since 0.1
 */
public final class RealMachine {
  private final RealPeers peers;
  private final String name;

  RealMachine(RealPeers peers, String name) {
    this.peers = peers;
    this.name = name;
  }

  /** Its name in the farm, which is its host name as well. */
  public String name() {
    return name;
  }

  /** Its address. */
  public String host() {
    return peers.property(name + ".host");
  }

  /** What Nix calls it: {@code ssh://root@address}. */
  public String uri() {
    return "ssh://" + peers.property(name + ".user") + "@" + host();
  }

  /** The version of its Nix. */
  public String nixVersion() {
    return peers.property(name + ".nixVersion");
  }

  /** Its {@code /nix} as it is seen from here. */
  public Path nix() {
    return Path.of(peers.property(name + ".storeRoot"));
  }

  /** Its line of a machines file: four slots, speed 1, no features, client key and host key. */
  public MachineEntry entry() {
    return new MachineEntry(
        uri(),
        "x86_64-linux",
        peers.identity().toString(),
        4,
        "1",
        "-",
        "-",
        Optional.of(peers.hostKey(name)));
  }

  /** Runs a command there, without ssh. */
  public Tool.Result run(String... command) {
    List<String> words =
        new ArrayList<>(List.of(peers.script(), "exec", name, peers.directory().toString()));
    words.addAll(List.of(command));
    return Tool.of(words).run();
  }

  /** Whether a store path is valid there. */
  public boolean isValid(String path) {
    return run("nix-store", "--check-validity", path).status() == 0;
  }

  /** Drops every packet to and from it, silently. */
  public void vanish() {
    script("vanish");
  }

  /** Undoes {@link #vanish}. */
  public void comeBack() {
    script("return");
  }

  /** Kills its sshd and all ssh sessions; from then on it refuses connections. */
  public void killSshd() {
    script("kill-sshd");
  }

  /** Starts its sshd again. */
  public void startSshd() {
    script("start-sshd");
  }

  private void script(String verb) {
    Tool.of(peers.script(), verb, name, peers.directory().toString()).run().orThrow();
  }

  /** The command lines of its processes by process id, but for those that are always there. */
  public SortedMap<Long, String> processes() {
    SortedMap<Long, String> found = new TreeMap<>();
    Tool.of("ip", "netns", "pids", peers.property(name + ".netns"))
        .run()
        .orThrow()
        .out()
        .lines()
        .map(Long::valueOf)
        .forEach(pid -> LinuxProcess.commandLine(pid).ifPresent(words -> found.put(pid, words)));
    found
        .values()
        .removeIf(words -> words.equals("sleep infinity") || words.contains("[listener]"));
    return found;
  }

  @Override
  public String toString() {
    return name;
  }
}
