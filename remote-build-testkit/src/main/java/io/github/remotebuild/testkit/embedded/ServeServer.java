package io.github.remotebuild.testkit.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.wire.WireInput;
import io.github.remotebuild.wire.WireOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The far side of one conversation in the serve protocol, as {@code nix-store --serve} is.
 *
 * <p>Where the real one would take anything and fail later, this one is strict: what the client may
 * not do at this moment is a {@link MachineEvent.Violated}. Like the real one it has no error
 * messages: it writes the reason to its standard error and ends with status 1. Source: {@code
 * opServe} in {@code src/nix-store/nix-store.cc}, Nix 2.8 to 2.26.
 */
final class ServeServer {
  private static final long CLIENT_MAGIC = 0x390c9debL;
  private static final long SERVER_MAGIC = 0x5452eecbL;
  private static final long EXPORT_MAGIC = 0x4558494eL;

  /** Whether the client may change the store. */
  enum Access {
    READ_ONLY,
    WRITABLE
  }

  /** What it is part of. */
  interface Host {
    /** A step is reached; throws to end the conversation. */
    void reach(Step step) throws IOException, InterruptedException;

    /** Hears of everything. */
    void tell(MachineEvent event);

    /** The version to announce, as major * 256 + minor. */
    int version();
  }

  /** The client broke a rule. */
  private static final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Violation(String message) {
      super(message);
    }
  }

  private final EmbeddedStore store;
  private final ServeBuilds builds;
  private final Access access;
  private final Host host;
  private final ServeReader in;
  private final WireOutput out;
  private final OutputStream stderr;
  private final SessionRoots roots;
  private ServeWriter answers;
  private int version;

  ServeServer(
      EmbeddedStore store,
      EmbeddedBuilder builder,
      Access access,
      Host host,
      InputStream stdin,
      OutputStream stdout,
      OutputStream stderr) {
    this.store = requireNonNull(store, "store");
    this.builds = new ServeBuilds(store, builder, host, stderr);
    this.access = access;
    this.host = host;
    this.in = new ServeReader(new WireInput(stdin, "the client's request"), store.storeDir());
    this.out = new WireOutput(stdout);
    this.stderr = stderr;
    this.roots = store.openRoots();
    this.answers = new ServeWriter(out, 0);
  }

  /** Tells that the client has closed its side, from whoever reads it: a running build is ended. */
  void inputEnded() {
    builds.inputEnded();
  }

  /** Answers until the client has nothing more to say, and returns the exit status. */
  int converse() {
    try (roots) {
      greet();
      for (Optional<Long> command = in.command(); command.isPresent(); command = in.command()) {
        answer(command.get());
        out.flush();
      }
      return 0;
    } catch (Violation | FormatException | IllegalArgumentException e) {
      host.tell(new MachineEvent.Violated(String.valueOf(e.getMessage())));
      return fail(e);
    } catch (EmbeddedStoreException e) {
      host.tell(new MachineEvent.Refused(String.valueOf(e.getMessage())));
      return fail(e);
    } catch (InterruptedException e) {
      return fail(new IOException("interrupted by the user"));
    } catch (IOException e) {
      host.tell(new MachineEvent.BrokeOff(String.valueOf(e.getMessage())));
      return fail(e);
    }
  }

  private int fail(Exception e) {
    try {
      out.flush();
      stderr.write(("error: " + e.getMessage() + "\n").getBytes(UTF_8));
      stderr.flush();
    } catch (IOException gone) {
      // Nobody is there to hear it.
      return 1;
    }
    return 1;
  }

  private void greet() throws IOException, InterruptedException {
    long magic = in.input().readLong("the client's magic number");
    if (magic != CLIENT_MAGIC) {
      throw new Violation("protocol mismatch: the client began with " + Long.toHexString(magic));
    }
    host.reach(Step.GREET);
    int announced = host.version();
    out.writeLong(SERVER_MAGIC);
    out.writeLong(announced);
    out.flush();
    int client = in.input().readInt("the client's version", 0xffff);
    version = Math.min(client, announced);
    answers = new ServeWriter(out, version);
    host.tell(new MachineEvent.Greeted(client, version));
  }

  private void answer(long command) throws IOException, InterruptedException {
    switch ((int) Math.min(command, Integer.MAX_VALUE)) {
      case 1 -> queryValidPaths();
      case 2 -> queryPathInfos();
      case 3 -> dumpStorePath();
      case 4 -> importPaths();
      case 5 -> exportPaths();
      case 7 -> queryClosure();
      case 8 -> buildDerivation();
      case 9 -> addToStoreNar();
      default -> throw new Violation("unknown serve command " + command);
    }
  }

  private void require(int since, String command) {
    if (version < since) {
      throw new Violation(
          command
              + " was asked in version 2."
              + (version & 0xff)
              + ", and there is none before 2."
              + (since & 0xff));
    }
  }

  private void requireWritable(String command) {
    if (access != Access.WRITABLE) {
      throw new Violation(command + " was asked of a process started without --write");
    }
  }

  private void queryValidPaths() throws IOException, InterruptedException {
    boolean isLocking = in.bool("lock");
    boolean isSubstituting = in.bool("substitute");
    SortedSet<StorePath> asked = in.paths("a path");
    host.reach(Step.QUERY_VALID_PATHS);
    if (isLocking && access == Access.WRITABLE) {
      roots.hold(asked);
    }
    SortedSet<StorePath> valid = new TreeSet<>(asked);
    valid.removeIf(path -> !store.isValid(path));
    host.tell(new MachineEvent.QueriedValidPaths(asked, valid, isLocking, isSubstituting));
    out.writeStorePaths(valid);
  }

  private void queryPathInfos() throws IOException, InterruptedException {
    SortedSet<StorePath> asked = in.paths("a path");
    host.reach(Step.QUERY_PATH_INFOS);
    int found = 0;
    for (StorePath path : asked) {
      Optional<PathInfo> info = store.info(path);
      if (info.isPresent()) {
        answers.pathInfo(info.get());
        found++;
      }
    }
    out.writeText("");
    host.tell(new MachineEvent.QueriedPathInfos(asked, found));
  }

  private void queryClosure() throws IOException, InterruptedException {
    boolean isWithOutputs = in.bool("include outputs");
    SortedSet<StorePath> asked = in.paths("a path");
    host.reach(Step.QUERY_CLOSURE);
    SortedSet<StorePath> closure = store.closure(asked);
    if (isWithOutputs) {
      SortedSet<StorePath> outputs = new TreeSet<>();
      for (StorePath path : closure) {
        if (path.isDerivation()) {
          outputs.addAll(validOutputs(path));
        }
      }
      closure.addAll(store.closure(outputs));
    }
    host.tell(new MachineEvent.QueriedClosure(asked, closure.size()));
    out.writeStorePaths(closure);
  }

  private List<StorePath> validOutputs(StorePath derivation) {
    return store.derivation(derivation).outputs().values().stream()
        .flatMap(output -> output.path().stream())
        .filter(store::isValid)
        .toList();
  }

  private void dumpStorePath() throws IOException, InterruptedException {
    StorePath path = in.path("the path to dump");
    host.reach(Step.DUMP_STORE_PATH);
    store.dump(path, answers.raw());
    host.tell(new MachineEvent.Dumped(path));
  }

  private void exportPaths() throws IOException, InterruptedException {
    in.input().readLong("the sign flag");
    List<StorePath> order = referencesFirst(in.paths("a path to export"));
    host.reach(Step.DUMP_STORE_PATH);
    for (StorePath path : order) {
      PathInfo info = store.info(path).orElseThrow();
      out.writeLong(1);
      store.dump(path, answers.raw());
      out.writeLong(EXPORT_MAGIC);
      out.writeText(path.toString());
      out.writeStorePaths(info.references());
      out.writeText(info.deriver().map(StorePath::toString).orElse(""));
      out.writeLong(0);
      host.tell(new MachineEvent.Dumped(path));
    }
    out.writeLong(0);
  }

  private List<StorePath> referencesFirst(SortedSet<StorePath> paths) {
    List<StorePath> order = new ArrayList<>();
    SortedSet<StorePath> left = new TreeSet<>(paths);
    while (!left.isEmpty()) {
      for (StorePath path : List.copyOf(left)) {
        SortedSet<StorePath> references = store.closure(List.of(path));
        references.remove(path);
        references.retainAll(left);
        if (references.isEmpty()) {
          order.add(path);
          left.remove(path);
        }
      }
    }
    return order;
  }

  private void importPaths() throws IOException, InterruptedException {
    requireWritable("ImportPaths");
    host.reach(Step.ADD_TO_STORE_NAR);
    while (in.bool("whether there is another path")) {
      try (IncomingNar nar = store.receive("an imported path")) {
        in.input().readArchive(nar.parser(), nar);
        long magic = in.input().readLong("the mark after an exported archive");
        if (magic != EXPORT_MAGIC) {
          throw new Violation("Nix archive cannot be imported; wrong format");
        }
        ServeReader.ExportedMeta meta = in.exportedMeta();
        add(
            nar,
            new PathInfo(
                meta.path(),
                nar.summary().hash(),
                nar.summary().sizeBytes(),
                meta.references(),
                meta.deriver(),
                new TreeSet<>(),
                Optional.empty()));
      }
    }
    out.writeLong(1);
  }

  private void addToStoreNar() throws IOException, InterruptedException {
    require(0x205, "AddToStoreNar");
    requireWritable("AddToStoreNar");
    PathInfo info = in.addedInfo();
    host.reach(Step.ADD_TO_STORE_NAR);
    try (IncomingNar nar = store.receive(info.path().toString())) {
      in.input().readArchive(nar.parser(), nar);
      add(nar, info);
    }
    out.writeLong(1);
  }

  private void add(IncomingNar nar, PathInfo info) throws IOException, InterruptedException {
    roots.hold(List.of(info.path()));
    for (StorePath reference : info.otherReferences()) {
      if (!store.isValid(reference)) {
        throw new Violation(
            info.path() + " was added before " + reference + ", to which it refers");
      }
    }
    try {
      nar.register(info);
    } catch (EmbeddedStoreException e) {
      throw new Violation(String.valueOf(e.getMessage()));
    }
    host.tell(new MachineEvent.Added(info.path(), info.narSizeBytes()));
  }

  private void buildDerivation() throws IOException, InterruptedException {
    require(0x201, "BuildDerivation");
    requireWritable("BuildDerivation");
    StorePath path = in.path("the path of the derivation");
    if (!path.isDerivation()) {
      throw new Violation("a build of " + path + " was asked, which is not a derivation");
    }
    BasicDerivation derivation = in.derivation();
    BuildOptions options = in.buildOptions(version);
    host.tell(new MachineEvent.BuildAsked(path, options));
    for (StorePath input : derivation.inputSources()) {
      if (!store.isValid(input)) {
        throw new Violation(
            "a build of " + path + " was asked while its input " + input + " was not valid");
      }
    }
    derivation.outputs().values().stream()
        .flatMap(output -> output.path().stream())
        .forEach(output -> roots.hold(List.of(output)));
    roots.hold(derivation.inputSources());
    builds.build(path, derivation, options, answers);
  }
}
