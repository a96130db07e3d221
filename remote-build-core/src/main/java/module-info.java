/**
 * Builds Nix derivations on other machines.
 *
 * @since 0.1
 */
module io.github.remotebuild.core {
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.core;
  requires org.slf4j;

  exports io.github.remotebuild;
  exports io.github.remotebuild.dispatch;
  exports io.github.remotebuild.lease;
  exports io.github.remotebuild.machines;
  exports io.github.remotebuild.model;
  exports io.github.remotebuild.nar;
  exports io.github.remotebuild.policy;
  exports io.github.remotebuild.store;
  exports io.github.remotebuild.transport;
  exports io.github.remotebuild.wire;
}
