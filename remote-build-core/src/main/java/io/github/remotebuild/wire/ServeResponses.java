package io.github.remotebuild.wire;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.internal.json.RealisationJson;
import io.github.remotebuild.model.BuildResult;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.ContentAddress;
import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.Realisation;
import io.github.remotebuild.model.Signature;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import java.io.EOFException;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads the answers of the serve protocol. For one thread at a time.
 *
 * <p>Every method throws {@link FormatException} if the answer is not what the protocol allows,
 * {@link EOFException} if the stream ends before the answer does, and whatever the stream throws.
 * Source: {@code src/libstore/legacy-ssh-store.cc} and {@code serve-protocol.cc}, Nix 2.8 to 2.34.
 *
 * @since 0.1
 */
public final class ServeResponses {
  private final WireInput in;
  private final int version;
  private final StoreDir storeDir;
  private final WireLimits limits;

  /**
   * Makes a reader.
   *
   * @param in where the answers come from
   * @param version the version that both sides use
   * @param storeDir the store directory of every path
   * @param limits the most that is accepted
   */
  public ServeResponses(WireInput in, int version, StoreDir storeDir, WireLimits limits) {
    this.in = requireNonNull(in, "in");
    this.version = version;
    this.storeDir = requireNonNull(storeDir, "storeDir");
    this.limits = requireNonNull(limits, "limits");
  }

  /**
   * The answer to command 1.
   *
   * @param asked the paths that were asked for; others are refused
   */
  public SortedSet<StorePath> validPaths(Collection<StorePath> asked) throws IOException {
    Set<StorePath> possible = new HashSet<>(asked);
    SortedSet<StorePath> valid =
        in.readStorePaths("a valid path", storeDir, possible.size(), limits);
    for (StorePath path : valid) {
      if (!possible.contains(path)) {
        throw in.problem("the valid paths", "only paths that were asked for", path.toString());
      }
    }
    return valid;
  }

  /**
   * The answer to command 2.
   *
   * @param asked the paths that were asked for; others are refused
   */
  public SortedMap<StorePath, PathInfo> pathInfos(Collection<StorePath> asked) throws IOException {
    Set<StorePath> missing = new HashSet<>(asked);
    SortedMap<StorePath, PathInfo> infos = new TreeMap<>();
    while (true) {
      long at = in.offset();
      String text = in.readText("the path of a path info", limits.stringBytes());
      if (text.isEmpty()) {
        return infos;
      }
      StorePath path = in.parsePath("the path of a path info", at, text, storeDir);
      if (!missing.remove(path)) {
        throw in.problem(
            "the path infos", "each path that was asked for at most once", path.toString());
      }
      infos.put(path, pathInfo(path));
    }
  }

  private PathInfo pathInfo(StorePath path) throws IOException {
    Optional<StorePath> deriver = optional("a deriver", storeDir::parse);
    SortedSet<StorePath> references =
        in.readStorePaths("a reference", storeDir, limits.references(), limits);
    in.readLong("a download size");
    long sizeBytes = in.readLong("a NAR size");
    if (sizeBytes == 0) {
      throw in.problem("the NAR size of " + path, "a NAR size", "0");
    }
    Optional<Hash> hash = optional("a NAR hash", text -> Hash.parse(text, HashAlgorithm.SHA256));
    if (hash.isEmpty()) {
      throw in.problem("the NAR hash of " + path, "a NAR hash", "nothing");
    }
    Optional<ContentAddress> contentAddress = optional("a content address", ContentAddress::parse);
    int count = in.readInt("the count of signatures", limits.signatures());
    SortedSet<Signature> signatures = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      signatures.add(new Signature(in.readText("a signature", limits.stringBytes())));
    }
    return new PathInfo(
        path, hash.get(), sizeBytes, references, deriver, signatures, contentAddress);
  }

  /** The answer to command 7. */
  public SortedSet<StorePath> closure() throws IOException {
    return in.readStorePaths("a path of the closure", storeDir, limits.paths(), limits);
  }

  /** The answer to command 9: that the path was added. */
  public void added() throws IOException {
    long answer = in.readLong("the confirmation of a path");
    if (answer != 1) {
      throw in.problem("the confirmation of a path", "1", Long.toString(answer));
    }
  }

  /**
   * The answer to command 8.
   *
   * <p>Servers of Nix 2.4 to 2.10 send the outputs to every client; that is what those of 2.6 and
   * later do with a client that announces 2.7, as {@link ServeGreeting} does, so it needs no care
   * here.
   */
  public BuildResult buildResult() throws IOException {
    long number = in.readLong("a build status");
    String message = in.readText("the message of a build result", limits.messageBytes());
    long timesBuilt = in.readLong("how often it was built");
    boolean isNonDeterministic = in.readBool("whether it is non-deterministic");
    Optional<Instant> start = time("the start of a build");
    Optional<Instant> stop = time("the end of a build");
    SortedMap<String, Realisation> outputs = new TreeMap<>();
    if (version >= 0x206) {
      int count = in.readInt("the count of outputs", limits.outputs());
      for (int i = 0; i < count; i++) {
        in.readText("the identity of an output", limits.stringBytes());
        Realisation realisation = realisation();
        outputs.put(realisation.outputName(), realisation);
      }
    }
    return new BuildResult(
        BuildStatus.ofNumber(number),
        number,
        message,
        timesBuilt,
        isNonDeterministic,
        start,
        stop,
        outputs);
  }

  private Realisation realisation() throws IOException {
    long at = in.offset();
    byte[] json = in.readBytes("a realisation", limits.realisationBytes());
    try {
      return RealisationJson.read(json, storeDir, limits.signatures());
    } catch (FormatException e) {
      throw in.problem("a realisation at byte " + at, e.expected(), e.found());
    }
  }

  private Optional<Instant> time(String what) throws IOException {
    long seconds = in.readLong(what);
    if (seconds > Instant.MAX.getEpochSecond()) {
      throw in.problem(what, "a time", Long.toString(seconds));
    }
    return seconds == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seconds));
  }

  private <T> Optional<T> optional(String what, Function<String, T> parse) throws IOException {
    String text = in.readText(what, limits.stringBytes());
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(parse.apply(text));
    } catch (FormatException | IllegalArgumentException e) {
      throw in.problem(what, what, "'" + text + "'");
    }
  }
}
