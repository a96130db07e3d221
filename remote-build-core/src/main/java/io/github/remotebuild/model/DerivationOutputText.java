package io.github.remotebuild.model;

/** Reads the three texts that say how the path of an output is decided. */
final class DerivationOutputText {
  static final String PATH = "path";
  static final String ALGORITHM = "algorithm";
  static final String HASH = "hash";

  /** What stands for the hash of an impure output. */
  static final String IMPURE = "impure";

  private DerivationOutputText() {}

  static DerivationOutput parse(StoreDir storeDir, String path, String algorithm, String hash) {
    if (algorithm.isEmpty()) {
      if (!hash.isEmpty()) {
        throw problem(HASH, "no hash, as there is no algorithm", hash);
      }
      return path.isEmpty()
          ? new DerivationOutput.Deferred()
          : new DerivationOutput.InputAddressed(path(storeDir, path));
    }
    ContentAddressMethod method = ContentAddressMethod.ofPrefixed(algorithm);
    HashAlgorithm named = algorithm(method, algorithm);
    if (!hash.isEmpty() && !hash.equals(IMPURE)) {
      return new DerivationOutput.Fixed(
          path(storeDir, path), new ContentAddress(method, hash(named, hash)));
    }
    if (!path.isEmpty()) {
      throw problem(PATH, "no path, as the content is not known beforehand", path);
    }
    return hash.isEmpty()
        ? new DerivationOutput.Floating(method, named)
        : new DerivationOutput.Impure(method, named);
  }

  private static HashAlgorithm algorithm(ContentAddressMethod method, String text) {
    HashAlgorithm algorithm;
    try {
      algorithm = HashAlgorithm.parse(text.substring(method.prefix().length()));
    } catch (FormatException e) {
      throw problem(ALGORITHM, e.expected(), text);
    }
    if (!method.allows(algorithm)) {
      throw problem(ALGORITHM, "an algorithm that the method allows", text);
    }
    return algorithm;
  }

  private static Hash hash(HashAlgorithm algorithm, String digits) {
    Hash hash;
    try {
      hash = Hash.parse(digits, algorithm);
    } catch (FormatException e) {
      throw problem(HASH, "a " + algorithm + " hash in base-16", digits);
    }
    if (!hash.base16().equals(digits)) {
      throw problem(HASH, "a hash in lower-case base-16 without its algorithm", digits);
    }
    return hash;
  }

  private static StorePath path(StoreDir storeDir, String text) {
    try {
      return storeDir.parse(text);
    } catch (FormatException e) {
      throw new FormatException("derivation output", PATH, e.expected(), e.found());
    }
  }

  private static FormatException problem(String place, String expected, String found) {
    return new FormatException("derivation output", place, expected, "'" + found + "'");
  }
}
