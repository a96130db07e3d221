/**
 * The ssh transport on top of JSch. Not exported.
 *
 * <p>JSch moves all data of a login on one thread, writes what arrives straight into the receiving
 * stream, ignores interrupts while it writes, and holds its locks meanwhile. From this follow the
 * rules here: one program at a time on a connection; a {@link
 * io.github.remotebuild.transport.BytePipe} between JSch and every caller; to free anything, close
 * the socket first and tell JSch afterwards.
 */
@NullMarked
package io.github.remotebuild.ssh.jsch;

import org.jspecify.annotations.NullMarked;
