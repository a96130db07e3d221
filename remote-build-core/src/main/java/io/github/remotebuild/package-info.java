/**
 * Builds Nix derivations on other machines. Start with {@link io.github.remotebuild.RemoteBuilds}.
 *
 * <p>A {@link io.github.remotebuild.BuildRequest} says what to build, a {@link
 * io.github.remotebuild.BuildOutcome} what came of it, and a {@link
 * io.github.remotebuild.BuildListener} hears of everything in between. A build that fails is an
 * outcome, not an exception.
 */
@NullMarked
package io.github.remotebuild;

import org.jspecify.annotations.NullMarked;
