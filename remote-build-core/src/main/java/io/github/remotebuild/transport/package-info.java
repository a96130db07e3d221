/**
 * The seam between the store protocols and whatever carries them: start this command, give me its
 * streams, hang up.
 *
 * <p>For people who write a transport. Start with {@link
 * io.github.remotebuild.transport.Transport}; a transport is finished when it passes the testkit's
 * {@code TransportContract}. Nothing here knows a store protocol.
 */
@NullMarked
package io.github.remotebuild.transport;

import org.jspecify.annotations.NullMarked;
