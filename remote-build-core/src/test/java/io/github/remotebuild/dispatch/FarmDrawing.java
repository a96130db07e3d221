package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineBuilder;
import io.github.remotebuild.model.StoreUri;
import io.github.remotebuild.model.SystemType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Draws farms, what becomes of them, and orders to their machines. */
final class FarmDrawing {
  private static final int HOSTS = 6;

  private final Random random;
  private final List<Machine> removed = new ArrayList<>();

  /** Keeps lines apart, so that an effect tells which one it means. */
  private int lastSpeed;

  FarmDrawing(Random random) {
    this.random = random;
  }

  private boolean chance(double part) {
    return random.nextDouble() < part;
  }

  Farm farm() {
    List<Machine> machines = new ArrayList<>();
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      // Sometimes a second entry for the host before.
      boolean isSecond = i > 0 && chance(0.25);
      machines.add(machine(localOr(isSecond ? "ssh-ng://m" + (i - 1) : "ssh://m" + i)));
    }
    return Farm.of(machines);
  }

  private String localOr(String uri) {
    return !chance(0.25) ? uri : chance(0.8) ? "local" : "daemon";
  }

  private Machine machine(String uri) {
    MachineBuilder machine =
        Machine.at(uri)
            .forSystems(chance(0.8) ? "x86_64-linux" : "aarch64-linux")
            .maxJobs(chance(0.1) ? 0 : 1 + random.nextInt(3))
            .speedFactor(++lastSpeed);
    if (chance(0.4)) {
      machine = machine.supporting("kvm");
    }
    if (chance(0.1)) {
      machine = machine.insistingOn("big");
    }
    return machine.build();
  }

  /** The farm after a few edits. */
  Farm edited(Farm farm) {
    List<Machine> machines = new ArrayList<>(farm.machines());
    for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
      edit(machines);
    }
    return Farm.of(machines);
  }

  private void edit(List<Machine> machines) {
    int kind = random.nextInt(6);
    if (kind == 0 || machines.isEmpty()) {
      String scheme = chance(0.8) ? "ssh://m" : "ssh-ng://m";
      insert(machines, machine(localOr(scheme + random.nextInt(HOSTS))));
    } else if (kind == 1) {
      removed.add(machines.remove(random.nextInt(machines.size())));
    } else if (kind == 2 && !removed.isEmpty()) {
      insert(machines, removed.remove(random.nextInt(removed.size())));
    } else if (kind == 3) {
      Collections.shuffle(machines, random);
    } else {
      int position = random.nextInt(machines.size());
      machines.set(position, changed(machines.get(position)));
    }
  }

  private void insert(List<Machine> machines, Machine machine) {
    machines.add(random.nextInt(machines.size() + 1), machine);
  }

  private Machine changed(Machine machine) {
    Machine changed = machine.withSpeedFactor(++lastSpeed);
    return switch (random.nextInt(5)) {
      case 0 -> changed.withFeatures(Features.of("kvm"), Features.none());
      case 1 -> changed.withFeatures(Features.none(), Features.of(chance(0.5) ? "big" : "kvm"));
      case 2 ->
          changed.withSystems(
              new TreeSet<>(Set.of(SystemType.of(chance(0.5) ? "x86_64-linux" : "aarch64-linux"))));
      case 3 -> {
        String uri = machine.storeUri().toString();
        yield at(uri.startsWith("ssh:") ? uri.replace("ssh:", "ssh-ng:") : uri + "?x=1", changed);
      }
      default -> changed.withMaxJobs(random.nextInt(5));
    };
  }

  private static Machine at(String uri, Machine machine) {
    return new Machine(
        StoreUri.parse(uri),
        machine.systems(),
        machine.sshKey(),
        machine.maxJobs(),
        machine.speedFactor(),
        machine.supportedFeatures(),
        machine.mandatoryFeatures(),
        machine.publicHostKey());
  }

  /** An order to a machine, now and then to one that is not on the list. */
  Event.MachinesOrdered order(Farm farm, Instant now) {
    List<Machine> known = new ArrayList<>(farm.machines());
    known.addAll(removed);
    Set<Machine> meant =
        known.isEmpty() ? Set.of() : Set.of(known.get(random.nextInt(known.size())));
    MachineOrder order =
        switch (random.nextInt(6)) {
          case 0 -> new MachineOrder.Disable("sold");
          case 1, 2 -> new MachineOrder.Resume();
          case 3 ->
              new MachineOrder.Rest(now.plus(Duration.ofMillis(random.nextInt(60_000))), "backup");
          case 4 -> new MachineOrder.EndRest();
          default -> new MachineOrder.Drain("reboot");
        };
    return new Event.MachinesOrdered(meant, order);
  }

  static String describe(Farm farm) {
    return farm.machines().stream().map(FarmDrawing::describe).toList().toString();
  }

  private static String describe(Machine machine) {
    return machine.name()
        + " "
        + machine.systems()
        + " "
        + machine.maxJobs()
        + " jobs, speed "
        + (int) machine.speedFactor()
        + ", "
        + machine.features()
        + ", insists on "
        + machine.mandatoryFeatures();
  }
}
