package io.github.remotebuild.testkit;

import java.util.List;

/** With Nix 2.26, beside one of 2.8. */
class Nix226EngineContractIT extends RealNixEngineContract {
  @Override
  List<String> machines() {
    return List.of("beta", "alpha");
  }
}
