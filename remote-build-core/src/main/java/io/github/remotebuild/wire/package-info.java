/**
 * The bytes of Nix's protocols: integers, strings, lists, and the serve dialect made of them.
 *
 * <p>For the {@code store} package, and for people who write tools that watch or imitate a store
 * process. Every read has a limit from {@link io.github.remotebuild.wire.WireLimits}.
 */
@NullMarked
package io.github.remotebuild.wire;

import org.jspecify.annotations.NullMarked;
