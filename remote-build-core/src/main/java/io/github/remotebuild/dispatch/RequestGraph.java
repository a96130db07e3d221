package io.github.remotebuild.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns what is to be built into nodes that know each other, or refuses it as a whole. */
final class RequestGraph {
  private RequestGraph() {}

  /**
   * Adds nodes to a request, linked to each other and to those that it has.
   *
   * @return the new ones
   * @throws IllegalArgumentException if one is there already, depends on one that is not there, or
   *     waits for itself; nothing changes
   */
  static List<Node> grow(Request request, List<BuildSpec> specs) {
    Map<BuildId, Node> added = new LinkedHashMap<>();
    for (BuildSpec spec : specs) {
      if (request.nodes.containsKey(spec.build())
          || added.putIfAbsent(spec.build(), new Node(spec, request)) != null) {
        throw new IllegalArgumentException(spec.build() + " is there twice");
      }
    }
    for (Node node : added.values()) {
      for (BuildId dependency : node.spec.dependsOn()) {
        Node needed = added.get(dependency);
        if (needed == null) {
          needed = request.nodes.get(dependency);
        } else {
          needed.dependents.add(node);
        }
        if (needed == null) {
          throw new IllegalArgumentException(
              node.id + " depends on " + dependency + ", which is not in the request");
        }
        node.dependencies.add(needed);
      }
    }
    measureChains(request, added.values());
    for (Node node : added.values()) {
      for (Node needed : node.dependencies) {
        if (request.nodes.containsKey(needed.id) && !needed.isEnded()) {
          needed.dependents.add(node);
        }
        if (!(needed.end instanceof BuildEnd.Succeeded)) {
          node.missingDependencies++;
        }
      }
    }
    request.nodes.putAll(added);
    request.unfinished += added.size();
    return new ArrayList<>(added.values());
  }

  /** Sets each new node's chain length, walking from those that nothing waits for. */
  private static void measureChains(Request request, Collection<Node> added) {
    Map<Node, Integer> openDependents = new HashMap<>();
    Deque<Node> settled = new ArrayDeque<>();
    for (Node node : added) {
      openDependents.put(node, node.dependents.size());
      if (node.dependents.isEmpty()) {
        settled.add(node);
      }
    }
    int count = 0;
    while (!settled.isEmpty()) {
      Node node = settled.remove();
      count++;
      for (Node needed : node.dependencies) {
        Integer open = openDependents.get(needed);
        if (open == null) {
          continue;
        }
        needed.chainLength = Math.max(needed.chainLength, node.chainLength + 1);
        openDependents.put(needed, open - 1);
        if (open == 1) {
          settled.add(needed);
        }
      }
    }
    if (count != added.size()) {
      throw new IllegalArgumentException(request.id + " has builds that wait for each other");
    }
  }

  /**
   * Makes the chains of those that new nodes wait for as long as they are now.
   *
   * @return those whose chain has become longer
   */
  static List<Node> lengthenChains(List<Node> added) {
    List<Node> longer = new ArrayList<>();
    Deque<Node> open = new ArrayDeque<>(added);
    while (!open.isEmpty()) {
      Node node = open.remove();
      for (Node needed : node.dependencies) {
        if (!needed.isEnded() && needed.chainLength <= node.chainLength) {
          needed.chainLength = node.chainLength + 1;
          longer.add(needed);
          open.add(needed);
        }
      }
    }
    return longer;
  }
}
