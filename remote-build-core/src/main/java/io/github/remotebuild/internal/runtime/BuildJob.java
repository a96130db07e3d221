package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.StorePath;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything an attempt needs to know of a build.
 *
 * @param derivation its path
 * @param basic what the machine is asked to build
 * @param wanted the outputs that must be in the hub afterwards, by name
 * @param asked the outputs to tell the caller of, by name
 * @param options the limits that the machine is asked to keep
 */
record BuildJob(
    StorePath derivation,
    BasicDerivation basic,
    SortedMap<String, StorePath> wanted,
    SortedMap<String, StorePath> asked,
    BuildOptions options) {
  BuildJob {
    wanted = Collections.unmodifiableSortedMap(new TreeMap<>(wanted));
    asked = Collections.unmodifiableSortedMap(new TreeMap<>(asked));
  }
}
