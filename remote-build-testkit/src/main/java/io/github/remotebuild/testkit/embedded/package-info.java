/**
 * Build machines inside this process: a store, builders and the serve protocol's far side, without
 * Nix, without root and without a network.
 *
 * <p>Start with {@link io.github.remotebuild.testkit.embedded.EmbeddedFarm}, which owns a hub and
 * some machines and closes all of it. {@link io.github.remotebuild.testkit.embedded.EmbeddedStore}
 * can be used alone: it is a store in a directory.
 */
@NullMarked
package io.github.remotebuild.testkit.embedded;

import org.jspecify.annotations.NullMarked;
