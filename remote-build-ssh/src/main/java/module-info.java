/**
 * Reaches machines over ssh.
 *
 * @since 0.1
 */
module io.github.remotebuild.ssh {
  requires static org.jspecify;
  requires transitive io.github.remotebuild.core;
  requires com.jcraft.jsch;
  requires jdk.net;
  requires org.slf4j;

  exports io.github.remotebuild.ssh;
}
