package io.github.remotebuild.fake;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.Derivation;
import io.github.remotebuild.model.DerivationBuilder;
import io.github.remotebuild.model.DerivationHashes;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarTree;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.store.StoreException;
import io.github.remotebuild.store.StoreProblem;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Files in memory, and sessions that tell of them. Stricter checks than a map has it does not make.
 * Safe for use by several threads.
 */
public final class StubStore implements Store {
  public static final String SYSTEM = "x86_64-linux";

  private final Map<StorePath, ByteString> files = new ConcurrentHashMap<>();
  private final Map<StorePath, PathInfo> infos = new ConcurrentHashMap<>();
  private final Map<StorePath, Derivation> derivations = new ConcurrentHashMap<>();
  private final DerivationHashes hashes = DerivationHashes.over(derivations::get);
  private final Set<StubSession> sessions = ConcurrentHashMap.newKeySet();
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger filesRead = new AtomicInteger();
  private volatile Hook opening = Hook.nothing();
  private volatile Hook question = Hook.nothing();

  @Override
  public String name() {
    return "the hub";
  }

  @Override
  public StoreDir storeDir() {
    return StoreDir.NIX;
  }

  /** Does this before each session that is opened. */
  public void atOpening(Hook hook) {
    opening = hook;
  }

  /** Does this before each question is answered. */
  public void atQuestion(Hook hook) {
    question = hook;
  }

  @Override
  public StoreSession open(StderrSink stderr, ConnectOptions options, SessionSettings settings)
      throws TransportException {
    try {
      opening.run();
    } catch (InterruptedException e) {
      // As a process does that is interrupted before it greets.
      Thread.currentThread().interrupt();
      throw new StoreException(StoreProblem.ABORTED, name(), "interrupted", List.of(), e);
    }
    opened.incrementAndGet();
    StubSession session = new StubSession(this);
    sessions.add(session);
    return session;
  }

  void reachQuestion() throws InterruptedException, TransportException {
    question.run();
  }

  void ended(StubSession session) {
    sessions.remove(session);
  }

  /** How many sessions were opened. */
  public int opened() {
    return opened.get();
  }

  /** How many are open. */
  public int openSessions() {
    return sessions.size();
  }

  /** Breaks every session, so that the next question on it fails. */
  public void killSessions() {
    sessions.forEach(StubSession::kill);
  }

  /** How many files were read over sessions. */
  public int filesRead() {
    return filesRead.get();
  }

  ByteString read(StorePath path) {
    filesRead.incrementAndGet();
    return files.get(path);
  }

  public boolean isValid(StorePath path) {
    return infos.containsKey(path);
  }

  public Optional<PathInfo> info(StorePath path) {
    return Optional.ofNullable(infos.get(path));
  }

  /** Makes a path valid, whatever it refers to. */
  public void add(StorePath path, String text, StorePath... references) {
    byte[] nar = NarTree.file(text).toNar().toByteArray();
    files.put(path, ByteString.of(text));
    infos.put(
        path,
        PathInfo.of(
            path, Hash.compute(HashAlgorithm.SHA256, nar), nar.length, Arrays.asList(references)));
  }

  /** Adds a file that is addressed by its text. */
  public StorePath addText(String name, String text, StorePath... references) {
    StorePath path =
        storeDir().textPath(name, Arrays.asList(references), ByteString.of(text).toByteArray());
    add(path, text, references);
    return path;
  }

  public void remove(StorePath path) {
    infos.remove(path);
  }

  /** Adds a derivation with one output and these inputs. */
  public StorePath derivation(String name, StorePath... inputs) {
    DerivationBuilder builder = DerivationBuilder.named(name).system(SYSTEM).builder("/bin/sh");
    for (StorePath input : inputs) {
      builder =
          input.isDerivation() ? builder.input(input, "out") : builder.sources(List.of(input));
    }
    return derivation(builder);
  }

  /** Adds a derivation. */
  public StorePath derivation(DerivationBuilder builder) {
    Derivation derivation = builder.build(hashes);
    derivations.put(derivation.path(), derivation);
    add(derivation.path(), derivation.text().utf8());
    return derivation.path();
  }

  /** What an output of a derivation of ours is called. */
  public StorePath output(StorePath derivation, String name) {
    return derivations.get(derivation).outputs().get(name).path().orElseThrow();
  }

  /** What the only output of a derivation of ours is called. */
  public StorePath output(StorePath derivation) {
    return output(derivation, "out");
  }
}
