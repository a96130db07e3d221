package io.github.remotebuild.wire;

/**
 * The most that is accepted from a peer. Immutable.
 *
 * <p>Nix itself has no limits here; these stop a broken or hostile peer from filling the memory,
 * and are far above what real stores send.
 *
 * @param noiseBytes what may come before the greeting, such as the output of shell start-up files
 * @param paths the paths in one answer
 * @param references the references of one path
 * @param signatures the signatures of one path or output
 * @param outputs the outputs in one build result
 * @param stringBytes one string that is neither a message nor a realisation: a path, a hash, a
 *     signature, a content address
 * @param realisationBytes one realisation in JSON
 * @param messageBytes one error message
 * @since 0.1
 */
public record WireLimits(
    int noiseBytes,
    int paths,
    int references,
    int signatures,
    int outputs,
    int stringBytes,
    int realisationBytes,
    int messageBytes) {
  private static final WireLimits DEFAULTS =
      new WireLimits(
          64 * 1024, 1_000_000, 100_000, 1_000, 1_000, 4 * 1024, 1024 * 1024, 1024 * 1024);

  /** Checks that every limit is positive. */
  public WireLimits {
    check(noiseBytes, "noiseBytes");
    check(paths, "paths");
    check(references, "references");
    check(signatures, "signatures");
    check(outputs, "outputs");
    check(stringBytes, "stringBytes");
    check(realisationBytes, "realisationBytes");
    check(messageBytes, "messageBytes");
  }

  /**
   * 64 KiB of noise, a million paths, 100 000 references, 1000 signatures, 1000 outputs, strings of
   * 4 KiB, realisations and messages of 1 MiB.
   */
  public static WireLimits defaults() {
    return DEFAULTS;
  }

  private static void check(int limit, String name) {
    if (limit < 1) {
      throw new IllegalArgumentException(name + " must be at least 1: " + limit);
    }
  }
}
