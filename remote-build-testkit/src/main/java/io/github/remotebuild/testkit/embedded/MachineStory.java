package io.github.remotebuild.testkit.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/** What a machine was told and did, as far as there is room. Safe for use by several threads. */
final class MachineStory {
  /** The longest story that is kept, in lines; what comes later is only counted. */
  static final int LIMIT_LINES = 200_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final List<StoryLine> lines = new ArrayList<>();
  private long linesLost;

  void tell(int connection, MachineEvent event) {
    lock.lock();
    try {
      if (lines.size() < LIMIT_LINES) {
        lines.add(new StoryLine(connection, event));
      } else {
        linesLost++;
      }
    } finally {
      lock.unlock();
    }
  }

  List<StoryLine> lines() {
    lock.lock();
    try {
      return List.copyOf(lines);
    } finally {
      lock.unlock();
    }
  }

  <E extends MachineEvent> List<E> told(Class<E> kind) {
    return lines().stream().map(StoryLine::event).filter(kind::isInstance).map(kind::cast).toList();
  }

  String text() {
    lock.lock();
    try {
      String told = lines.stream().map(StoryLine::toString).collect(Collectors.joining("\n"));
      return linesLost == 0 ? told : told + "\n  and " + linesLost + " more";
    } finally {
      lock.unlock();
    }
  }
}
