package io.github.remotebuild.testkit;

import java.util.List;

/** With Nix 2.8. */
class Nix28EngineContractIT extends RealNixEngineContract {
  @Override
  List<String> machines() {
    return List.of("alpha", "gamma");
  }
}
