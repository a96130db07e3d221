/**
 * Which machine takes a build: pure functions from a demand and a picture of the farm to a decision
 * with reasons.
 *
 * <p>Start with {@link io.github.remotebuild.policy.SelectionPolicy}. {@code SelectionPolicy.nix()}
 * chooses as Nix's build hook does, {@code classic()} as the Perl hook of old did, {@code hydra()}
 * as Hydra's queue runner did. A {@link io.github.remotebuild.policy.FarmSnapshot} says how busy
 * each machine is and whether it can be used at all; the {@link
 * io.github.remotebuild.policy.Decision} is to accept on a machine, to postpone, or to decline.
 *
 * <p>Every decision explains itself. {@code explain()} says for each machine why it was chosen or
 * not, {@code verdicts()} says the same as types, and {@code smallestChange()} names the least that
 * would have to change for the demand to be admitted. This is worked out only when asked for; a
 * decision itself is a few comparisons for each machine.
 *
 * <p>To choose by a rule of your own, give a comparator to {@code SelectionPolicy.ranking}: who is
 * able to take the build is decided for you. To decide everything yourself, implement the interface
 * and make the decision with a {@link io.github.remotebuild.policy.Selection}. Nothing in this
 * package reads a clock, a file or the network, and everything in it is immutable, so that {@code
 * plan(demands, snapshot)} can try out what would happen without anything happening.
 */
@NullMarked
package io.github.remotebuild.policy;

import org.jspecify.annotations.NullMarked;
