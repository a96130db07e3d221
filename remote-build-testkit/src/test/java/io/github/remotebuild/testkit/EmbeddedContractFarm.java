package io.github.remotebuild.testkit;

import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineBuilder;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.testkit.embedded.EmbeddedFarm;
import io.github.remotebuild.testkit.embedded.EmbeddedFarmBuilder;
import io.github.remotebuild.testkit.embedded.EmbeddedMachine;
import io.github.remotebuild.testkit.embedded.EmbeddedMachineBuilder;
import io.github.remotebuild.transport.Transport;
import java.util.List;

/** Two embedded machines and an embedded hub. */
final class EmbeddedContractFarm implements ContractFarm {
  private final EmbeddedFarm farm;
  private final Transport transport;

  private EmbeddedContractFarm(EmbeddedFarm farm, Transport transport) {
    this.farm = farm;
    this.transport = transport;
  }

  private static EmbeddedFarmBuilder described() {
    return EmbeddedFarm.builder().machine(able("a")).machine(able("b"));
  }

  private static EmbeddedMachineBuilder able(String name) {
    return EmbeddedMachine.named(name).supporting("foo", "bar");
  }

  static ContractFarm overPipes() {
    EmbeddedFarm farm = described().start();
    return new EmbeddedContractFarm(farm, farm.transport());
  }

  static ContractFarm overSsh(Transport ssh) {
    EmbeddedFarm farm = described().overSsh().start();
    return new EmbeddedContractFarm(farm, farm.transport(ssh));
  }

  @Override
  public List<MachineBuilder> machines() {
    return farm.machines().stream().map(m -> Machine.at("ssh://" + m.name())).toList();
  }

  @Override
  public Transport transport() {
    return transport;
  }

  @Override
  public Store hub() {
    return farm.hub();
  }

  @Override
  public String system() {
    return EmbeddedMachineBuilder.DEFAULT_SYSTEM;
  }

  @Override
  public boolean isRunning(String words) {
    return !LinuxProcess.withWords(words).isEmpty();
  }

  @Override
  public boolean isDeletedFromHub(StorePath path) {
    farm.hub().store().collectGarbage();
    return !farm.hub().store().isValid(path);
  }

  @Override
  public void close() {
    farm.close();
  }
}
