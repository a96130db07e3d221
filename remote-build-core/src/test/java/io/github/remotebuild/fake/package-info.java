/**
 * Machines, a hub and the way to them, in memory: strict, and able to say what was left open.
 *
 * <p>Real transports, sessions and copies run against them; only the far ends of the streams are
 * made up. Start with {@link io.github.remotebuild.fake.FakeFarm}.
 */
@NullMarked
package io.github.remotebuild.fake;

import org.jspecify.annotations.NullMarked;
