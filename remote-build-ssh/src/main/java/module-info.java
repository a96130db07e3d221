/**
 * Reaches machines over ssh.
 *
 * @since 0.1
 */
module io.github.remotebuild.ssh {
  requires static org.jspecify;
  requires io.github.remotebuild.core;
}
