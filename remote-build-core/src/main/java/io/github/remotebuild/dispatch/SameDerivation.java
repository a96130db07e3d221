package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.StorePath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The builds of one derivation, each on terms of its own, of which one at a time is attempted. */
final class SameDerivation {
  final StorePath path;

  /** Those that others may join, oldest first. */
  final List<Build> builds = new ArrayList<>(1);

  /** The one attempt that is not over; its build is not among the others once it is stopped. */
  @Nullable Attempt attempt;

  SameDerivation(StorePath path) {
    this.path = path;
  }

  boolean isEmpty() {
    return builds.isEmpty() && attempt == null;
  }

  /** The build that does what this node wants, on the same terms, or null. */
  @Nullable Build onTermsOf(BuildSpec spec) {
    for (Build build : builds) {
      if (build.asked.equals(spec.demand()) && build.options.equals(spec.wanted().options())) {
        return build;
      }
    }
    return null;
  }
}
