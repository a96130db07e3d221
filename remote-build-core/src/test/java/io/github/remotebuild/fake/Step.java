package io.github.remotebuild.fake;

/** The places at which a test can step in; see {@link FakeMachine#at}. */
public enum Step {
  /** Before a connection is there. */
  CONNECT,
  /** Before a store process is there. */
  START,
  /** Before the store process greets. */
  GREET,
  /** Before it says which paths are valid. */
  QUERY_VALID_PATHS,
  /** Before it says what it knows of paths. */
  QUERY_PATH_INFOS,
  /** Before it sends a NAR. */
  DUMP_STORE_PATH,
  /** Before it says what a closure is. */
  QUERY_CLOSURE,
  /** Before it builds. */
  BUILD_DERIVATION,
  /** Before it takes a NAR. */
  ADD_TO_STORE_NAR,
  /** After its input was closed, before it ends. */
  EXIT
}
