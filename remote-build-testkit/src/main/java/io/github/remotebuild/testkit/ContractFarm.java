package io.github.remotebuild.testkit;

import io.github.remotebuild.model.MachineBuilder;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.transport.Transport;
import java.util.List;

/**
 * Machines and a hub, on which an {@link EngineContract} can be run.
 *
 * <p>They may be new or have been used for years, and be used by others meanwhile: the tests build
 * what nobody has built before. Derivations run {@code /bin/sh} with {@code mkdir}, {@code cat} and
 * {@code sleep} on the path {@code /usr/bin:/bin}.
 *
 * @since 0.1
 */
public interface ContractFarm extends AutoCloseable {
  /**
   * At least two machines that build for {@link #system}, as far as address and keys go; the tests
   * add what they need. Each must take four builds at once, and builds that ask for the features
   * {@code foo} and {@code bar}.
   */
  List<MachineBuilder> machines();

  /** Reaches the machines. A machine that {@link #machines} does not list is unreachable for it. */
  Transport transport();

  /** The hub; must take unsigned paths. */
  Store hub();

  /** What the machines build for. */
  default String system() {
    return "x86_64-linux";
  }

  /** Whether a process with these words in its command line runs on one of the machines. */
  boolean isRunning(String words);

  /**
   * Lets the hub's garbage collector try to delete a path, to which no other refers.
   *
   * @return whether it is gone
   */
  boolean isDeletedFromHub(StorePath path);

  /** Ends what was started for the test. */
  @Override
  void close();
}
