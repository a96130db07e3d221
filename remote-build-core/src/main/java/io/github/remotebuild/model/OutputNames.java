package io.github.remotebuild.model;

/** How outputs are named. */
final class OutputNames {
  static final String OUT = "out";

  private OutputNames() {}

  /** Whether {@code name} can stand at the end of a store path's name. */
  static boolean isValid(String name) {
    if (name.isEmpty() || name.length() > StorePath.NAME_LENGTH_LIMIT) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (!StorePath.isNameCharacter(name.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  static void require(String name) {
    if (!isValid(name)) {
      throw new IllegalArgumentException("'" + name + "' cannot be the name of an output");
    }
  }

  /** The name of the store path of this output. */
  static String pathName(String derivationName, String output) {
    return output.equals(OUT) ? derivationName : derivationName + "-" + output;
  }
}
