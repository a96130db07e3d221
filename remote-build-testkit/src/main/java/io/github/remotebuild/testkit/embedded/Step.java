package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.Phase;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The places at which a test can step in on an embedded machine, in the order in which a connection
 * comes to them; see {@link EmbeddedMachine#at}.
 *
 * @since 0.1
 */
public enum Step {
  /** Before a connection is there; on the thread of the client. */
  CONNECT(Phase.CONNECT),
  /**
   * Before a program is there: over pipes on the thread of the client, over ssh when the client has
   * been told already that it was started.
   */
  START(null),
  /** Before the store process greets, when the client has done so. */
  GREET(Phase.HANDSHAKE),
  /** Before it says which paths are valid. */
  QUERY_VALID_PATHS(Phase.QUERY),
  /** Before it says what it knows of paths. */
  QUERY_PATH_INFOS(Phase.QUERY),
  /** Before it says what a closure is. */
  QUERY_CLOSURE(Phase.QUERY),
  /** Before it takes NARs, when it has been told of which path. */
  ADD_TO_STORE_NAR(Phase.UPLOAD),
  /** Before it builds. */
  BUILD_DERIVATION(Phase.BUILD),
  /** Before it sends a NAR. */
  DUMP_STORE_PATH(Phase.DOWNLOAD);

  private final Optional<Phase> phase;

  Step(@Nullable Phase phase) {
    this.phase = Optional.ofNullable(phase);
  }

  /** The phase whose faults take effect here. */
  Optional<Phase> phase() {
    return phase;
  }
}
