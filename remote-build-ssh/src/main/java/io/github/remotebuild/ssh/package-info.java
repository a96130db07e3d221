/**
 * Reaches machines over ssh, without starting an {@code ssh} program.
 *
 * <p>For everybody whose machines are not this computer. Start with {@link
 * io.github.remotebuild.ssh.SshTransport}. Host keys are always checked, nothing is ever asked of a
 * person, and no file or agent is used that was not named.
 */
@NullMarked
package io.github.remotebuild.ssh;

import org.jspecify.annotations.NullMarked;
