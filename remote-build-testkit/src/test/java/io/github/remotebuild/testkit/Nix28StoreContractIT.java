package io.github.remotebuild.testkit;

/** With Nix 2.8. */
class Nix28StoreContractIT extends RealNixStoreContract {
  @Override
  String machine() {
    return "alpha";
  }
}
