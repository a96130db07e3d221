package io.github.remotebuild.nar;

import io.github.remotebuild.model.ByteString;

/** The rules on names, targets and depth, for reader and writer alike. */
final class NarRules {
  /** {@code NAME_MAX}; checked by Nix 2.34 and later ({@code src/libutil/archive.cc}). */
  static final int NAME_LIMIT_BYTES = 255;

  /** {@code PATH_MAX} without its NUL; checked by Nix 2.34 and later. */
  static final int TARGET_LIMIT_BYTES = 4095;

  /** A node may be this many directories deep; checked by Nix 2.34 and later. */
  static final int DEPTH_LIMIT = 63;

  private NarRules() {}

  /** What is wrong with the name of an entry, or the empty string. */
  static String nameProblem(ByteString name) {
    int size = name.sizeBytes();
    if (size == 0 || size > NAME_LIMIT_BYTES) {
      return "a name of 1 to " + NAME_LIMIT_BYTES + " bytes";
    }
    if (name.byteAt(0) == '.' && (size == 1 || (size == 2 && name.byteAt(1) == '.'))) {
      return "a name other than '.' and '..'";
    }
    for (int i = 0; i < size; i++) {
      if (name.byteAt(i) == '/' || name.byteAt(i) == 0) {
        return "a name without slash and NUL";
      }
    }
    return "";
  }

  /** What is wrong with the target of a link, or the empty string. */
  static String targetProblem(ByteString target) {
    int size = target.sizeBytes();
    if (size == 0 || size > TARGET_LIMIT_BYTES) {
      return "a target of 1 to " + TARGET_LIMIT_BYTES + " bytes";
    }
    for (int i = 0; i < size; i++) {
      if (target.byteAt(i) == 0) {
        return "a target without NUL";
      }
    }
    return "";
  }
}
