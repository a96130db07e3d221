/**
 * The dispatcher: a deterministic state machine that says what is to be done next.
 *
 * <p>Not for everyday use: {@code RemoteBuilds} drives it. It never reads a clock, opens a stream
 * or starts a thread: {@link io.github.remotebuild.dispatch.Dispatcher#handle} takes an {@link
 * io.github.remotebuild.dispatch.Event} and the time, and returns {@link
 * io.github.remotebuild.dispatch.Effect}s for somebody else to carry out, whose results come back
 * as further events. So every rule of it can be tested under virtual time, and a run is replayed by
 * giving it the same events.
 */
@NullMarked
package io.github.remotebuild.dispatch;

import org.jspecify.annotations.NullMarked;
