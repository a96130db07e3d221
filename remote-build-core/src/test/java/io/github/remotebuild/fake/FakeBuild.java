package io.github.remotebuild.fake;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarTree;
import java.util.Collection;

/** One build on a {@link FakeMachine}, as its builder sees it. */
public interface FakeBuild {
  /** A builder: a function instead of a program. */
  @FunctionalInterface
  interface Builder {
    /** Builds, or throws {@link Failed}. Interrupted when the client goes away. */
    void build(FakeBuild build) throws InterruptedException;
  }

  /** How a builder says that it failed. */
  final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final BuildStatus status;

    public Failed(BuildStatus status, String message) {
      super(message);
      this.status = status;
    }
  }

  /** The derivation's path. */
  StorePath path();

  BasicDerivation derivation();

  BuildOptions options();

  /** Where it runs. */
  FakeMachine machine();

  /** Writes to the log. */
  void log(String text);

  /** Makes an output; those that are not made are files with the output's name. */
  void output(String name, NarTree tree, Collection<StorePath> references);
}
