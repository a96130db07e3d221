/**
 * What the tests of remote-build, and of programs that use it, stand on.
 *
 * <p>For people who write a part of their own: the contract classes say what it must do, as tests
 * to inherit. Start with {@link io.github.remotebuild.testkit.TransportContract}. For tests against
 * a real Nix on real machines: start with {@link io.github.remotebuild.testkit.NeedsRealPeers}.
 */
@NullMarked
package io.github.remotebuild.testkit;

import org.jspecify.annotations.NullMarked;
