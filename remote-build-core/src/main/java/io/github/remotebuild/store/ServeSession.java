package io.github.remotebuild.store;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.BuildResult;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.wire.ServeGreeting;
import io.github.remotebuild.wire.ServeRequests;
import io.github.remotebuild.wire.ServeRequests.Flag;
import io.github.remotebuild.wire.ServeResponses;
import io.github.remotebuild.wire.WireInput;
import io.github.remotebuild.wire.WireOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A session with {@code nix-store --serve --write}, protocol 2.5 to 2.7 (Nix 2.1 to 2.34).
 *
 * <p>The protocol has no error messages: a store process that refuses writes the reason to its
 * standard error and ends. That reason is the evidence of the {@link StoreException}.
 *
 * @since 0.1
 */
public final class ServeSession implements StoreSession {
  private enum State {
    IDLE,
    ASKED,
    UPLOADING,
    /** Out of step, after a question that failed. */
    UNUSABLE,
    /** Out of step, and the process may be writing a NAR that nobody will read. */
    ADRIFT
  }

  /** Something asked and answered. */
  @FunctionalInterface
  private interface Question<T> {
    T ask() throws IOException;
  }

  private final String name;
  private final SessionSettings settings;
  private final ServeProcess process;
  private final ServeGreeting greeting;
  private final WireInput in;
  private final WireOutput out;
  private final ServeRequests requests;
  private final ServeResponses responses;
  private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

  ServeSession(
      String name,
      SessionSettings settings,
      ServeProcess process,
      ServeGreeting greeting,
      WireInput in,
      WireOutput out) {
    this.name = name;
    this.settings = settings;
    this.process = process;
    this.greeting = greeting;
    this.in = in;
    this.out = out;
    this.requests = new ServeRequests(out, greeting.version());
    this.responses =
        new ServeResponses(in, greeting.version(), settings.storeDir(), settings.limits());
    in.beforeWaiting(out::flush);
  }

  /**
   * Starts a store process and greets it.
   *
   * <p>Blocks until the greeting has arrived; a timer that must end this closes the connection.
   * Closing the session leaves the connection open, for the next process.
   *
   * @param name what messages call the machine or store
   * @param connection where to start the process
   * @param command what to start
   * @param stderr gets everything that the process writes to its standard error, unchanged
   * @param settings store directory and bounds
   * @return the session, which the caller closes
   * @throws StoreException if the process cannot be started, or is no store process we can talk to
   * @throws InterruptedException if the calling thread is interrupted
   */
  public static ServeSession open(
      String name,
      Connection connection,
      ServeCommand command,
      StderrSink stderr,
      SessionSettings settings)
      throws InterruptedException {
    return new ServeOpening(name, command, settings).open(connection, stderr);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public StoreDir storeDir() {
    return settings.storeDir();
  }

  /** The version of the protocol that the store process announced, such as {@code 2.7}. */
  public String serverVersion() {
    return ServeGreeting.versionText(greeting.serverVersion());
  }

  /** What the far side printed before its greeting; usually empty. */
  public String noise() {
    return greeting.noise();
  }

  @Override
  public boolean isUsable() {
    return !isOutOfStep() && process.end().isEmpty();
  }

  @Override
  public SortedSet<StorePath> queryValidPaths(
      Collection<StorePath> paths, Set<ValidityOption> options) {
    SortedSet<StorePath> asked = checked(paths);
    return ask(
        "ask which of " + asked.size() + " paths are valid",
        () -> {
          requests.queryValidPaths(
              asked,
              options.contains(ValidityOption.LOCK) ? Flag.ON : Flag.OFF,
              options.contains(ValidityOption.SUBSTITUTE) ? Flag.ON : Flag.OFF);
          return responses.validPaths(asked);
        });
  }

  @Override
  public SortedMap<StorePath, PathInfo> queryPathInfos(Collection<StorePath> paths) {
    SortedSet<StorePath> asked = checked(paths);
    return ask(
        "ask about " + asked.size() + " paths",
        () -> {
          requests.queryPathInfos(asked);
          return responses.pathInfos(asked);
        });
  }

  @Override
  public SortedSet<StorePath> queryClosure(Collection<StorePath> paths) {
    SortedSet<StorePath> asked = checked(paths);
    return ask(
        "ask for the closure of " + asked.size() + " paths",
        () -> {
          requests.queryClosure(asked);
          return responses.closure();
        });
  }

  @Override
  public SortedMap<StorePath, ByteString> readFiles(Collection<StorePath> paths, int limitBytes) {
    SortedMap<StorePath, ByteString> files = new TreeMap<>();
    FileCollector collector =
        new FileCollector(name, limitBytes, (path, contents) -> files.put(path, contents));
    readNars(List.copyOf(checked(paths)), collector);
    return files;
  }

  @Override
  public void readNars(List<StorePath> paths, NarReceiver receiver) {
    List<StorePath> asked = List.copyOf(paths);
    asked.forEach(this::check);
    StringBuilder attempt = new StringBuilder("read " + asked.size() + " paths");
    NarPipeline pipeline = new NarPipeline(requests, in, settings.requestAheadBytes());
    ask(
        attempt,
        State.ADRIFT,
        () -> {
          in.beforeWaiting(
              () -> {
                out.flush();
                receiver.beforeWaiting();
              });
          try {
            pipeline.read(
                asked, receiver, path -> attempt.replace(0, attempt.length(), "read " + path));
          } finally {
            in.beforeWaiting(out::flush);
          }
          return asked;
        });
  }

  @Override
  public NarUpload addNars(NarUpload.Listener listener) {
    begin(State.UPLOADING);
    return new ServeUpload(this, listener);
  }

  @Override
  public BuildResult buildDerivation(
      StorePath drvPath, BasicDerivation derivation, BuildOptions options) {
    check(drvPath);
    derivation.inputSources().forEach(this::check);
    derivation.outputs().values().forEach(output -> output.path().ifPresent(this::check));
    if (!drvPath.isDerivation()) {
      throw new IllegalArgumentException(drvPath + " is not the path of a derivation");
    }
    return ask(
        "build " + drvPath,
        () -> {
          requests.buildDerivation(drvPath, derivation, options);
          return responses.buildResult();
        });
  }

  @Override
  public List<String> lastStderrLines() {
    return process.stderrLines();
  }

  @Override
  public SessionEnd finish() {
    // A process that is blocked in its output does not see the end of its input.
    return process.finish(state.get() == State.ADRIFT ? Duration.ZERO : settings.closeGrace());
  }

  @Override
  public Optional<SessionEnd> end() {
    return process.end();
  }

  @Override
  public void abort() {
    process.abort();
  }

  @Override
  public String toString() {
    return "session with " + name;
  }

  private boolean isOutOfStep() {
    return state.get() == State.UNUSABLE || state.get() == State.ADRIFT;
  }

  private <T> T ask(CharSequence attempt, Question<T> question) {
    return ask(attempt, State.UNUSABLE, question);
  }

  private <T> T ask(CharSequence attempt, State afterFailure, Question<T> question) {
    begin(State.ASKED);
    State next = afterFailure;
    try {
      T answer = question.ask();
      next = State.IDLE;
      return answer;
    } catch (IOException | FormatException e) {
      throw explain(attempt.toString(), e);
    } finally {
      state.set(next);
    }
  }

  private void begin(State next) {
    if (process.end().isPresent()) {
      throw new StoreException(
          StoreProblem.UNUSABLE,
          name,
          "Could not ask anything on " + name + ": the session is over",
          List.of());
    }
    if (!state.compareAndSet(State.IDLE, next)) {
      if (isOutOfStep()) {
        throw new StoreException(
            StoreProblem.UNUSABLE,
            name,
            "Could not ask anything on " + name + ": an earlier question failed half-way",
            process.stderrLines());
      }
      throw new IllegalStateException(name + " is still busy with another question");
    }
  }

  StoreException explain(String attempt, Exception cause) {
    return process.explain(attempt, cause);
  }

  WireInput input() {
    return in;
  }

  WireOutput output() {
    return out;
  }

  ServeRequests requests() {
    return requests;
  }

  ServeResponses responses() {
    return responses;
  }

  SessionSettings settings() {
    return settings;
  }

  void uploadDone() {
    state.compareAndSet(State.UPLOADING, State.IDLE);
  }

  void uploadFailed() {
    state.set(State.UNUSABLE);
    process.hangUpInput();
  }

  void check(StorePath path) {
    if (!path.storeDir().equals(settings.storeDir())) {
      throw new IllegalArgumentException(
          path + " does not lie in " + settings.storeDir() + ", the store directory of " + name);
    }
  }

  private SortedSet<StorePath> checked(Collection<StorePath> paths) {
    SortedSet<StorePath> sorted = new TreeSet<>(paths);
    sorted.forEach(this::check);
    return sorted;
  }
}
