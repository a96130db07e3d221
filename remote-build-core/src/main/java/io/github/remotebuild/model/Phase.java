package io.github.remotebuild.model;

/**
 * The stages of one attempt to build a derivation, in the order in which it goes through them.
 *
 * @since 0.1
 */
public enum Phase {
  /** Reading the derivations and asking the hub what is valid. */
  PLAN("planning"),
  /** Waiting for inputs, or for a machine. */
  WAIT("waiting"),
  /** Asking for a slot. */
  LEASE("getting a slot"),
  /** Reaching the machine and logging in. */
  CONNECT("connecting"),
  /** Starting the remote store process and agreeing on a version. */
  HANDSHAKE("starting the store process"),
  /** Locking the inputs and asking which of them are there. */
  QUERY("asking for valid paths"),
  /** Sending the inputs that are missing. */
  UPLOAD("sending inputs"),
  /** The build itself. */
  BUILD("building"),
  /** Fetching outputs and registering them in the hub. */
  DOWNLOAD("fetching outputs");

  private final String doing;

  Phase(String doing) {
    this.doing = doing;
  }

  /** What is being done, for a sentence: {@code sending inputs}. */
  public String doing() {
    return doing;
  }
}
