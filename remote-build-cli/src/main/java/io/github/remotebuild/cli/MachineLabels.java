package io.github.remotebuild.cli;

import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Short names for the machines of a farm. */
final class MachineLabels {
  private MachineLabels() {}

  /** The names without the user, if they can still be told apart. */
  static UnaryOperator<String> of(Farm farm) {
    List<String> names = farm.machines().stream().map(Machine::name).distinct().toList();
    Map<String, String> labels = new HashMap<>();
    for (String name : names) {
      labels.put(name, name.substring(name.indexOf('@') + 1));
    }
    boolean isClear = labels.values().stream().distinct().count() == names.size();
    return isClear ? name -> labels.getOrDefault(name, name) : name -> name;
  }
}
