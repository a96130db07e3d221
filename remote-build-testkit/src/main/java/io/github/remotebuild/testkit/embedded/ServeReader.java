package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.ContentAddress;
import io.github.remotebuild.model.DerivationOutput;
import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.Signature;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.wire.WireInput;
import io.github.remotebuild.wire.WireLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads the arguments of serve commands, as {@code opServe} in {@code nix-store.cc} does, and
 * refuses what only luck would make work.
 */
final class ServeReader {
  /** The most of one part of a derivation, and the most parts of one kind. */
  private static final int DERIVATION_PART_BYTES = 16 << 20;

  private static final int DERIVATION_PARTS = 100_000;

  private final WireInput in;
  private final StoreDir storeDir;
  private final WireLimits limits = WireLimits.defaults();

  ServeReader(WireInput in, StoreDir storeDir) {
    this.in = in;
    this.storeDir = storeDir;
  }

  WireInput input() {
    return in;
  }

  /** The number of the next command, or nothing if the client has nothing more to say. */
  Optional<Long> command() throws IOException {
    int first = in.readByte();
    if (first < 0) {
      return Optional.empty();
    }
    long number = first;
    for (int i = 1; i < Long.BYTES; i++) {
      int next = in.readByte();
      if (next < 0) {
        throw new java.io.EOFException("the input ends inside the number of a command");
      }
      number |= (long) next << (8 * i);
    }
    return Optional.of(number);
  }

  /** A truth value, which every client writes as 0 or 1. */
  boolean bool(String what) throws IOException {
    return in.readInt(what, 1) == 1;
  }

  StorePath path(String what) throws IOException {
    return in.readStorePath(what, storeDir, limits);
  }

  SortedSet<StorePath> paths(String what) throws IOException {
    return in.readStorePaths(what, storeDir, limits.paths(), limits);
  }

  /** The arguments of AddToStoreNar, up to the archive. */
  PathInfo addedInfo() throws IOException {
    StorePath path = path("the path to add");
    Optional<StorePath> deriver = optional("the deriver", storeDir::parse);
    String hashText = in.readText("the NAR hash", limits.stringBytes());
    Hash hash = Hash.parse(hashText, HashAlgorithm.SHA256);
    SortedSet<StorePath> references =
        in.readStorePaths("a reference", storeDir, limits.references(), limits);
    in.readLong("the registration time");
    long size = in.readLong("the NAR size");
    if (size == 0) {
      throw wrong("the NAR size of " + path, "at least 1", "0");
    }
    bool("ultimate");
    int count = in.readInt("the count of signatures", limits.signatures());
    SortedSet<Signature> signatures = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      signatures.add(new Signature(in.readText("a signature", limits.stringBytes())));
    }
    Optional<ContentAddress> address = optional("the content address", ContentAddress::parse);
    return new PathInfo(path, hash, size, references, deriver, signatures, address);
  }

  /** What follows an archive in an export stream, up to and without the signature flag. */
  record ExportedMeta(
      StorePath path, SortedSet<StorePath> references, Optional<StorePath> deriver) {}

  ExportedMeta exportedMeta() throws IOException {
    StorePath path = path("the imported path");
    SortedSet<StorePath> references =
        in.readStorePaths("a reference", storeDir, limits.references(), limits);
    Optional<StorePath> deriver = optional("the deriver", storeDir::parse);
    if (bool("the signature flag")) {
      in.readBytes("a legacy signature", limits.stringBytes());
    }
    return new ExportedMeta(path, references, deriver);
  }

  BasicDerivation derivation() throws IOException {
    int outputCount = in.readInt("the count of outputs", limits.outputs());
    SortedMap<String, DerivationOutput> outputs = new TreeMap<>();
    for (int i = 0; i < outputCount; i++) {
      String name = in.readText("the name of an output", limits.stringBytes());
      outputs.put(
          name,
          DerivationOutput.parse(
              storeDir,
              in.readText("the path of an output", limits.stringBytes()),
              in.readText("the algorithm of an output", limits.stringBytes()),
              in.readText("the hash of an output", limits.stringBytes())));
    }
    SortedSet<StorePath> sources = paths("an input source");
    String platform = in.readText("the platform", limits.stringBytes());
    ByteString builder = bytes("the builder");
    int argumentCount = in.readInt("the count of arguments", DERIVATION_PARTS);
    List<ByteString> arguments = new ArrayList<>();
    for (int i = 0; i < argumentCount; i++) {
      arguments.add(bytes("an argument"));
    }
    int variableCount = in.readInt("the count of variables", DERIVATION_PARTS);
    SortedMap<ByteString, ByteString> variables = new TreeMap<>();
    for (int i = 0; i < variableCount; i++) {
      variables.put(bytes("the name of a variable"), bytes("the value of a variable"));
    }
    return new BasicDerivation(outputs, sources, platform, builder, arguments, variables);
  }

  private ByteString bytes(String what) throws IOException {
    return ByteString.of(in.readBytes(what, DERIVATION_PART_BYTES));
  }

  /** The options of commands 6 and 8. */
  BuildOptions buildOptions(int version) throws IOException {
    Duration silence = seconds("max-silent-time");
    Duration timeout = seconds("timeout");
    long logSize = version >= 0x202 ? in.readLong("max-log-size") : 0;
    if (version >= 0x203) {
      in.readInt("the count of repeats", 0);
      bool("enforce-determinism");
    }
    boolean isKept = version >= 0x207 && bool("keep-failed");
    return new BuildOptions(silence, timeout, logSize, isKept);
  }

  private Duration seconds(String what) throws IOException {
    return Duration.ofSeconds(in.readInt(what, Integer.MAX_VALUE));
  }

  private <T> Optional<T> optional(String what, Function<String, T> parse) throws IOException {
    String text = in.readText(what, limits.stringBytes());
    return text.isEmpty() ? Optional.empty() : Optional.of(parse.apply(text));
  }

  FormatException wrong(String what, String expected, String found) {
    return new FormatException(
        "the client's request", "byte " + in.offset() + " (" + what + ")", expected, found);
  }
}
