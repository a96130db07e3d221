/**
 * Who may transfer which path where, and who waits: a deterministic state machine.
 *
 * <p>For the other packages of this module; not exported. {@link
 * io.github.remotebuild.internal.claims.TransferClaims} is the place to start. Like the dispatcher
 * it never reads a clock, opens a stream or starts a thread, so every rule of it can be tested
 * under virtual time.
 */
@NullMarked
package io.github.remotebuild.internal.claims;

import org.jspecify.annotations.NullMarked;
