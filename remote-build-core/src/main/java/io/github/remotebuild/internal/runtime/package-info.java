/**
 * The runtime: carries out what the dispatcher wants, and tells it what came of it.
 *
 * <p>Not exported. One thread runs the dispatcher and the timers, one thread each attempt, one
 * thread each listener; all come from the embedder's factory and end with {@code
 * RemoteBuilds.close()}.
 */
@NullMarked
package io.github.remotebuild.internal.runtime;

import org.jspecify.annotations.NullMarked;
