package io.github.remotebuild.policy;

import io.github.remotebuild.model.Locality;

/**
 * Whose turn it is to take a build: the local machine's, the others', or anybody's. This is the
 * stage before the ranking, one for all policies; a farm without a local machine skips it.
 */
enum Turn {
  ANYBODYS,
  LOCALS,
  OTHERS;

  private static final int FREE = 0;

  /** Whose turn it is now. */
  static Turn now(Selection selection, boolean[] fitting) {
    Locality locality = selection.demand().locality();
    if (locality == Locality.LOCAL_WHEN_FREE && isAny(LOCALS, selection, fitting, FREE)) {
      return LOCALS;
    }
    if (locality == Locality.REMOTE_WHEN_FREE && isAny(OTHERS, selection, fitting, FREE)) {
      return OTHERS;
    }
    return lasting(selection, fitting);
  }

  /** Whose turn it is for as long as nothing but loads and rests changes. */
  static Turn lasting(Selection selection, boolean[] fitting) {
    return switch (selection.demand().locality()) {
      case ANY, LOCAL_WHEN_FREE, REMOTE_WHEN_FREE -> ANYBODYS;
      case LOCAL_FIRST -> isAny(LOCALS, selection, fitting, StateChunk.LATER) ? LOCALS : ANYBODYS;
      case REMOTE_FIRST -> isAny(OTHERS, selection, fitting, StateChunk.LATER) ? OTHERS : ANYBODYS;
      case NEVER_LOCAL -> OTHERS;
    };
  }

  /** Whether one of them fits and is at least that close to being free. */
  private static boolean isAny(Turn turn, Selection selection, boolean[] fitting, int leastLoad) {
    FarmSnapshot snapshot = selection.snapshot();
    FarmIndex index = snapshot.index();
    if (turn == LOCALS) {
      for (int position : index.locals()) {
        if (selection.isAtLeast(position, fitting, leastLoad)) {
          return true;
        }
      }
      return false;
    }
    for (int position = 0; position < snapshot.size(); position++) {
      if (!index.isLocal(position) && selection.isAtLeast(position, fitting, leastLoad)) {
        return true;
      }
    }
    return false;
  }

  boolean isOf(boolean isLocal) {
    return this == ANYBODYS || (this == LOCALS) == isLocal;
  }
}
