package io.github.remotebuild.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a store process is started: {@code nix-store --serve --write}, and with what around it.
 *
 * <p>The two options on caching let one process be used for more than one question about a path:
 * otherwise it remembers its first answer for an hour. To keep builds on a machine there are two
 * more: no builders, and one job, as a configuration that passes everything on may allow none. Nix
 * 2.8 and 2.26 do not pass on what they are asked to build by this protocol; other programs might.
 * Immutable.
 *
 * @param program the words that start {@code nix-store}
 * @param store the store to open there, or empty for the machine's own choice
 * @param isBuildingThere whether builds are kept on that machine
 * @since 0.1
 */
public record ServeCommand(List<String> program, Optional<String> store, boolean isBuildingThere) {
  private static final ServeCommand DEFAULT =
      new ServeCommand(List.of("nix-store"), Optional.empty(), false);

  /** Copies the list and checks that there is a program. */
  public ServeCommand {
    program = List.copyOf(program);
    if (program.isEmpty() || program.get(0).isEmpty()) {
      throw new IllegalArgumentException("There is no program to start");
    }
    if (store.isPresent() && store.get().isEmpty()) {
      throw new IllegalArgumentException("The store has an empty name");
    }
  }

  /** {@code nix-store} from the machine's path, on its own store. */
  public static ServeCommand nixStore() {
    return DEFAULT;
  }

  /** The same with another program, such as {@code ["/opt/nix/bin/nix-store"]}. */
  public ServeCommand withProgram(List<String> words) {
    return new ServeCommand(words, store, isBuildingThere);
  }

  /** The same on another store, such as {@code local?root=/mnt}. */
  public ServeCommand onStore(String uri) {
    return new ServeCommand(program, Optional.of(uri), isBuildingThere);
  }

  /** The same, never passing a build on to machines of its own. */
  public ServeCommand buildingThere() {
    return new ServeCommand(program, store, true);
  }

  /** All the words. */
  public List<String> words() {
    List<String> words = new ArrayList<>(program);
    words.add("--serve");
    words.add("--write");
    words.addAll(List.of("--option", "narinfo-cache-negative-ttl", "0"));
    words.addAll(List.of("--option", "narinfo-cache-positive-ttl", "0"));
    store.ifPresent(uri -> words.addAll(List.of("--store", uri)));
    if (isBuildingThere) {
      words.addAll(List.of("--builders", "", "--max-jobs", "1"));
    }
    return List.copyOf(words);
  }

  /** The words, with spaces between. */
  @Override
  public String toString() {
    return String.join(" ", words());
  }
}
