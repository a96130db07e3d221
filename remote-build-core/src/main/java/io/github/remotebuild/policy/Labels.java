package io.github.remotebuild.policy;

import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What explanations call the machines of a farm, so that no two are called the same. */
final class Labels {
  private Labels() {}

  /** The names; where several machines share one, with their places in the farm counted from 1. */
  static List<String> of(Farm farm) {
    Map<String, Integer> uses = new HashMap<>();
    for (Machine machine : farm.machines()) {
      uses.merge(machine.name(), 1, Integer::sum);
    }
    List<String> labels = new ArrayList<>(farm.size());
    for (Machine machine : farm.machines()) {
      String name = machine.name();
      boolean isShared = uses.getOrDefault(name, 0) > 1;
      labels.add(isShared ? name + " (entry " + (labels.size() + 1) + ")" : name);
    }
    return labels;
  }
}
