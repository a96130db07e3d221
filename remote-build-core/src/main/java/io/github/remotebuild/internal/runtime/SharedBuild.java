package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.Attempt;
import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.model.StorePath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What is done once for every request that wants it: whom it is for, what they want of it, and what
 * was tried.
 *
 * <p>The engine's own thread lets nodes in and out; what an attempt asks and tells is safe for use
 * by several threads.
 */
final class SharedBuild {
  private final Consumer<BuildEvent> toAll;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<ActiveRequest.Node> members = new ArrayList<>();
  private final Set<ActiveRequest> audience = new LinkedHashSet<>();

  /** Grows only while an attempt is under way. */
  private final SortedMap<String, StorePath> wanted = new TreeMap<>();

  /** What somebody who joins now must hear to understand what comes next. */
  private final List<BuildEvent> story = new ArrayList<>();

  /** The attempts that are over; for the engine's thread only. */
  final List<Attempt> attempts = new ArrayList<>();

  SharedBuild(Consumer<BuildEvent> toAll) {
    this.toAll = toAll;
  }

  /** Lets a node in, and tells its request how far the attempt is that is under way. */
  void join(ActiveRequest.Node node) {
    lock.lock();
    try {
      members.add(node);
      wanted.putAll(node.job.wanted());
      if (audience.add(node.request)) {
        story.forEach(node.request.delivery::post);
      }
    } finally {
      lock.unlock();
    }
  }

  void leave(ActiveRequest.Node node) {
    lock.lock();
    try {
      members.remove(node);
      audience.clear();
      members.forEach(member -> audience.add(member.request));
    } finally {
      lock.unlock();
    }
  }

  /** The nodes it is done for. */
  List<ActiveRequest.Node> members() {
    lock.lock();
    try {
      return List.copyOf(members);
    } finally {
      lock.unlock();
    }
  }

  /** The outputs that the attempt under way must bring, by name; there may be more later. */
  SortedMap<String, StorePath> wanted() {
    lock.lock();
    try {
      return Collections.unmodifiableSortedMap(new TreeMap<>(wanted));
    } finally {
      lock.unlock();
    }
  }

  void attemptBegins(BuildEvent.AttemptStarted event) {
    lock.lock();
    try {
      wanted.clear();
      members.forEach(member -> wanted.putAll(member.job.wanted()));
      story.clear();
      story.add(event);
      post(event);
    } finally {
      lock.unlock();
    }
  }

  void attemptIsOver(Attempt attempt) {
    attempts.add(attempt);
    lock.lock();
    try {
      story.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Tells every request it is done for, and once those who listen to everything. */
  void post(BuildEvent event) {
    lock.lock();
    try {
      boolean isStep =
          event instanceof BuildEvent.UploadStarted
              || event instanceof BuildEvent.BuildStarted
              || event instanceof BuildEvent.DownloadStarted;
      if (isStep && !story.isEmpty()) {
        story.subList(1, story.size()).clear();
        story.add(event);
      }
      audience.forEach(request -> request.delivery.post(event));
      toAll.accept(event);
    } finally {
      lock.unlock();
    }
  }
}
