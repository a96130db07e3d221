package io.github.remotebuild.testkit;

/** With Nix 2.26. */
class Nix226StoreContractIT extends RealNixStoreContract {
  @Override
  String machine() {
    return "beta";
  }
}
