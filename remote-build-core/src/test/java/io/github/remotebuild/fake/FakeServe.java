package io.github.remotebuild.fake;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.DerivationOutput;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.Signature;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarParser;
import io.github.remotebuild.wire.WireInput;
import io.github.remotebuild.wire.WireLimits;
import io.github.remotebuild.wire.WireOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The far side of one conversation in the serve protocol, version 2.7.
 *
 * <p>Like {@code nix-store --serve --write}, it knows no error messages: it throws {@link
 * FakeRefusal}, which goes to standard error, and is over. Source: {@code
 * src/nix-store/nix-store.cc}, Nix 2.8.
 */
final class FakeServe {
  private static final long CLIENT_MAGIC = 0x390c9debL;
  private static final long SERVER_MAGIC = 0x5452eecbL;
  private static final int VERSION = 0x207;
  private static final int LIMIT = 1 << 20;

  private final FakeMachine machine;
  private final FakeStore store;
  private final WireInput in;
  private final WireOutput out;
  private final Consumer<String> stderr;
  private final WireLimits limits = WireLimits.defaults();

  private boolean isInputOver;
  private @Nullable Thread builder;

  FakeServe(FakeMachine machine, InputStream stdin, OutputStream stdout, Consumer<String> stderr) {
    this.machine = machine;
    this.store = machine.store();
    this.in = new WireInput(stdin, "the client of " + machine);
    this.out = new WireOutput(stdout);
    this.stderr = stderr;
  }

  /** Answers until the client has nothing more to say, and returns the exit status. */
  int converse() throws IOException, InterruptedException {
    if (in.readLong("the client's magic number") != CLIENT_MAGIC) {
      throw new FakeRefusal("protocol mismatch");
    }
    in.readLong("the client's version");
    machine.reach(Step.GREET);
    out.writeLong(SERVER_MAGIC);
    out.writeLong(VERSION);
    out.flush();
    while (true) {
      int first = in.readByte();
      if (first < 0) {
        return 0;
      }
      for (int i = 1; i < Long.BYTES; i++) {
        if (in.readByte() != 0) {
          throw new FakeRefusal("a command with a number above 255");
        }
      }
      answer(first);
      out.flush();
    }
  }

  private void answer(int command) throws IOException, InterruptedException {
    switch (command) {
      case 1 -> queryValidPaths();
      case 2 -> queryPathInfos();
      case 3 -> dumpStorePath();
      case 7 -> queryClosure();
      case 8 -> buildDerivation();
      case 9 -> addToStoreNar();
      default -> throw new FakeRefusal("unknown serve command " + command);
    }
  }

  private StoreDir storeDir() {
    return store.storeDir();
  }

  private SortedSet<StorePath> paths() throws IOException {
    return in.readStorePaths("a path", storeDir(), LIMIT, limits);
  }

  private void queryValidPaths() throws IOException, InterruptedException {
    in.readBool("lock");
    in.readBool("substitute");
    SortedSet<StorePath> asked = paths();
    machine.reach(Step.QUERY_VALID_PATHS);
    asked.removeIf(path -> !store.isValid(path));
    out.writeStorePaths(asked);
  }

  private void queryPathInfos() throws IOException, InterruptedException {
    SortedSet<StorePath> asked = paths();
    machine.reach(Step.QUERY_PATH_INFOS);
    for (StorePath path : asked) {
      Optional<PathInfo> found = store.info(path);
      if (found.isPresent()) {
        PathInfo info = found.get();
        out.writeText(path.toString());
        out.writeText(info.deriver().map(StorePath::toString).orElse(""));
        out.writeStorePaths(info.references());
        out.writeLong(info.narSizeBytes());
        out.writeLong(info.narSizeBytes());
        out.writeText(info.narHash().toString());
        out.writeText(info.contentAddress().map(Object::toString).orElse(""));
        out.writeLong(info.signatures().size());
        for (Signature signature : info.signatures()) {
          out.writeText(signature.text());
        }
      }
    }
    out.writeText("");
  }

  private void dumpStorePath() throws IOException, InterruptedException {
    StorePath path = in.readStorePath("a path", storeDir(), limits);
    machine.reach(Step.DUMP_STORE_PATH);
    byte[] nar = store.nar(path);
    out.writeRaw(nar, 0, nar.length);
  }

  private void queryClosure() throws IOException, InterruptedException {
    if (in.readBool("whether outputs are wanted")) {
      throw new FakeRefusal("closures with outputs are not known here");
    }
    SortedSet<StorePath> asked = paths();
    machine.reach(Step.QUERY_CLOSURE);
    out.writeStorePaths(store.closure(asked));
  }

  private void addToStoreNar() throws IOException, InterruptedException {
    StorePath path = in.readStorePath("a path", storeDir(), limits);
    String deriver = in.readText("a deriver", LIMIT);
    Hash hash = Hash.parse(in.readText("a hash", LIMIT), HashAlgorithm.SHA256);
    SortedSet<StorePath> references = paths();
    in.readLong("a time");
    long size = in.readLong("a size");
    in.readBool("whether it was built there");
    SortedSet<Signature> signatures = new TreeSet<>();
    int count = in.readInt("the count of signatures", LIMIT);
    for (int i = 0; i < count; i++) {
      signatures.add(new Signature(in.readText("a signature", LIMIT)));
    }
    in.readText("a content address", LIMIT);
    machine.reach(Step.ADD_TO_STORE_NAR);
    ByteArrayOutputStream nar = new ByteArrayOutputStream();
    NarParser parser = new NarParser("the NAR of " + path);
    in.readArchive(
        parser,
        new WireInput.ArchiveSink() {
          @Override
          public void chunk(byte[] buffer, int offset, int length) {
            nar.write(buffer, offset, length);
          }

          @Override
          public void lastChunk(byte[] buffer, int offset, int length) {
            nar.write(buffer, offset, length);
          }
        });
    store.add(
        new PathInfo(
            path,
            hash,
            size,
            references,
            deriver.isEmpty() ? Optional.empty() : Optional.of(storeDir().parse(deriver)),
            signatures,
            Optional.empty()),
        nar.toByteArray());
    out.writeLong(1);
  }

  private void buildDerivation() throws IOException, InterruptedException {
    StorePath path = in.readStorePath("a derivation", storeDir(), limits);
    BasicDerivation derivation = derivation();
    BuildOptions options = options();
    machine.reach(Step.BUILD_DERIVATION);
    BuildStatus status = BuildStatus.ALREADY_VALID;
    String message = "";
    boolean isThere =
        derivation.outputs().values().stream()
            .allMatch(output -> store.isValid(output.path().orElseThrow()));
    if (!isThere) {
      for (StorePath input : derivation.inputSources()) {
        if (!store.isValid(input)) {
          throw new FakeRefusal("path '" + input + "' is not valid");
        }
      }
      try {
        new FakeBuildRun(machine, path, derivation, options, stderr).run(this);
        status = BuildStatus.BUILT;
      } catch (FakeBuild.Failed e) {
        status = e.status;
        message = String.valueOf(e.getMessage());
      }
    }
    out.writeLong(status.number());
    out.writeText(message);
    out.writeLong(status == BuildStatus.BUILT ? 1 : 0);
    out.writeBool(false);
    out.writeLong(0);
    out.writeLong(0);
    out.writeLong(0);
  }

  private BasicDerivation derivation() throws IOException {
    SortedMap<String, DerivationOutput> outputs = new TreeMap<>();
    int count = in.readInt("the count of outputs", LIMIT);
    for (int i = 0; i < count; i++) {
      String name = in.readText("the name of an output", LIMIT);
      StorePath path = in.readStorePath("the path of an output", storeDir(), limits);
      if (!in.readText("a hash algorithm", LIMIT).isEmpty()
          || !in.readText("a hash", LIMIT).isEmpty()) {
        throw new FakeRefusal("only input-addressed outputs are known here");
      }
      outputs.put(name, new DerivationOutput.InputAddressed(path));
    }
    SortedSet<StorePath> sources = paths();
    String platform = in.readText("a platform", LIMIT);
    ByteString builder = ByteString.of(in.readBytes("a builder", LIMIT));
    List<ByteString> arguments = new ArrayList<>();
    count = in.readInt("the count of arguments", LIMIT);
    for (int i = 0; i < count; i++) {
      arguments.add(ByteString.of(in.readBytes("an argument", LIMIT)));
    }
    SortedMap<ByteString, ByteString> environment = new TreeMap<>();
    count = in.readInt("the count of variables", LIMIT);
    for (int i = 0; i < count; i++) {
      ByteString key = ByteString.of(in.readBytes("a variable", LIMIT));
      environment.put(key, ByteString.of(in.readBytes("its value", LIMIT)));
    }
    return new BasicDerivation(outputs, sources, platform, builder, arguments, environment);
  }

  private BuildOptions options() throws IOException {
    Duration silence = Duration.ofSeconds(in.readLong("the bound on silence"));
    Duration timeout = Duration.ofSeconds(in.readLong("the bound on time"));
    long logBytes = in.readLong("the bound on the log");
    if (in.readLong("how often to repeat") != 0) {
      throw new FakeRefusal("client requested repeating builds, but this is not supported");
    }
    in.readBool("whether to enforce determinism");
    boolean isKept = in.readBool("whether to keep what failed");
    return new BuildOptions(silence, timeout, logBytes, isKept);
  }

  /** The client has closed its end: a build that runs is stopped, and none begins. */
  synchronized void inputEnded() {
    isInputOver = true;
    Thread building = builder;
    if (building != null) {
      building.interrupt();
    }
  }

  synchronized void buildBegins() throws InterruptedException {
    if (isInputOver) {
      throw new InterruptedException();
    }
    builder = Thread.currentThread();
  }

  synchronized void buildEnds() {
    builder = null;
  }
}
