package io.github.remotebuild.machines;

/**
 * The columns of a machines file, in order, and the two things that are not columns.
 *
 * @since 0.1
 */
public enum MachineField {
  /** Column 0: where the machine's store is. */
  STORE_URI("store URI"),

  /** Column 1: the systems it runs. */
  SYSTEMS("systems"),

  /** Column 2: the private key file. */
  SSH_KEY("ssh key"),

  /** Column 3: how many builds it takes at once. */
  MAX_JOBS("max jobs"),

  /** Column 4: how fast it is. */
  SPEED_FACTOR("speed factor"),

  /** Column 5: what it has. */
  SUPPORTED_FEATURES("supported features"),

  /** Column 6: what a build must ask for. */
  MANDATORY_FEATURES("mandatory features"),

  /** Column 7: its public host key in base64. */
  PUBLIC_HOST_KEY("public host key"),

  /** An entry that names another file: {@code @path}. */
  INCLUDE("include"),

  /** The file as a whole, or what is in no column. */
  FILE("file");

  private final String label;

  MachineField(String label) {
    this.label = label;
  }

  /** What messages call the field, such as {@code max jobs}. */
  public String label() {
    return label;
  }
}
