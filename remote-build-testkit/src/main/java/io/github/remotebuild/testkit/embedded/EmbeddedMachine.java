package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.testkit.fault.Fault;
import io.github.remotebuild.testkit.fault.FaultPlan;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * A build machine inside this process: a store of its own, builders, and a far side of the serve
 * protocol that records everything it is told.
 *
 * <p>Made by an {@link EmbeddedFarm}; begin with {@link #named}. Safe for use by several threads.
 *
 * @since 0.1
 */
public final class EmbeddedMachine {
  private static final Duration END_PATIENCE = Duration.ofSeconds(10);

  private final String name;
  private final int serveVersion;
  private final EmbeddedStore store;
  private final EmbeddedBuilder builder;
  private final Path directory;
  private final MachineThreads threads;
  private final ReentrantLock planLock = new ReentrantLock();
  private final AtomicInteger connections = new AtomicInteger();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final ReentrantLock linksLock = new ReentrantLock();
  private final Condition linksChanged = linksLock.newCondition();
  private final Set<StoreProgram> programs = ConcurrentHashMap.newKeySet();
  private final StepHooks hooks = new StepHooks();
  private final MachineStory story = new MachineStory();
  private volatile FaultPlan plan;
  private volatile boolean isDead;

  EmbeddedMachine(EmbeddedMachineBuilder described, EmbeddedStore store, Path directory) {
    this.name = described.name();
    this.serveVersion = described.serveVersion();
    this.store = store;
    this.directory = directory;
    this.threads = new MachineThreads(name);
    this.plan = described.plan();
    this.builder =
        new EmbeddedBuilder(
            name,
            store,
            directory,
            described.systems(),
            described::features,
            described.functions(),
            threads);
  }

  /** Begins to describe a machine. */
  public static EmbeddedMachineBuilder named(String name) {
    return EmbeddedMachineBuilder.named(name);
  }

  /** What it is called, in the farm and in messages. */
  public String name() {
    return name;
  }

  /** Its store. */
  public EmbeddedStore store() {
    return store;
  }

  int serveVersion() {
    return serveVersion;
  }

  ThreadFactory threads() {
    return threads;
  }

  ServeServer serve(
      ServeServer.Access access,
      ServeServer.Host host,
      InputStream in,
      OutputStream out,
      OutputStream err) {
    return new ServeServer(store, builder, access, host, in, out, err);
  }

  /** Lets every connection, those there are and those to come, suffer this too. */
  public void suffer(Fault fault) {
    suffer(fault.always());
  }

  /** Lets connections suffer this too. */
  public void suffer(FaultPlan more) {
    change(now -> now.and(more));
  }

  /** Takes one fault away again. */
  public void recoverFrom(Fault fault) {
    change(now -> now.without(fault));
  }

  /** Takes every fault away. */
  public void recover() {
    change(now -> FaultPlan.none());
  }

  private void change(UnaryOperator<FaultPlan> change) {
    planLock.lock();
    try {
      plan = change.apply(plan);
    } finally {
      planLock.unlock();
    }
  }

  /** What connections suffer just now. */
  public FaultPlan faults() {
    return plan;
  }

  List<Fault> faultsOn(int connection) {
    return plan.on(connection);
  }

  /**
   * Does this each time the step is reached, instead of what was said for it before. Clients that
   * do not come through a transport of the farm do not reach {@link Step#CONNECT}.
   */
  public void at(Step step, StepHook hook) {
    hooks.always(step, hook);
  }

  /** Does this the next time the step is reached, and nothing after that. */
  public void once(Step step, StepHook hook) {
    hooks.once(step, hook);
  }

  /** Steps in nowhere any longer. Whoever waits in a hook still waits. */
  public void undisturbed() {
    hooks.clear();
  }

  void reach(Step step) throws IOException, InterruptedException {
    hooks.reach(step);
  }

  /** Breaks every connection and ends every builder; nobody listens there until it is revived. */
  public void die() {
    isDead = true;
    hangUp();
    builder.cancelAll();
  }

  /** Lets a dead machine listen again. What its store had it still has. */
  public void revive() {
    isDead = false;
  }

  /** Whether it is there. */
  public boolean isAlive() {
    return !isDead;
  }

  /** Breaks every connection there is. */
  public void hangUp() {
    links.forEach(Link::cut);
  }

  /** Ends every store process, without a word, as an administrator may; the connections stay. */
  public void killPrograms() {
    programs.forEach(StoreProgram::terminate);
  }

  void began(StoreProgram program) {
    programs.add(program);
  }

  void ended(StoreProgram program) {
    programs.remove(program);
  }

  /** Somebody connects; whether the machine lets him is for the transport to ask. */
  Link admit() {
    Link link = new Link(this, connections.incrementAndGet());
    links.add(link);
    link.tell(new MachineEvent.Connected());
    return link;
  }

  /** Whether the next connection will be refused, or never answered. */
  List<Fault> faultsOnNext() {
    return faultsOn(connections.get() + 1);
  }

  void ended(Link link) {
    linksLock.lock();
    try {
      links.remove(link);
      linksChanged.signalAll();
    } finally {
      linksLock.unlock();
    }
  }

  /**
   * Waits until nobody is connected any more: over ssh a machine hears of a client's end a moment
   * later.
   *
   * @param patience how long to wait at most
   * @return whether nobody is
   * @throws InterruptedException if the calling thread is interrupted
   */
  public boolean awaitNoConnections(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    linksLock.lockInterruptibly();
    try {
      while (!links.isEmpty() && left > 0) {
        left = linksChanged.awaitNanos(left);
      }
      return links.isEmpty();
    } finally {
      linksLock.unlock();
    }
  }

  void tell(int connection, MachineEvent event) {
    story.tell(connection, event);
  }

  /** Everything it was told and did so far, oldest first. */
  public List<StoryLine> storyLines() {
    return story.lines();
  }

  /** The events of one kind, oldest first. */
  public <E extends MachineEvent> List<E> told(Class<E> kind) {
    return story.told(kind);
  }

  /** Everything it was told and did so far, as text: a line for each, connections numbered. */
  public String story() {
    return name + ":\n" + story.text();
  }

  /** The derivations that it was asked to build, in this order. */
  public List<StorePath> buildsAsked() {
    return told(MachineEvent.BuildAsked.class).stream()
        .map(MachineEvent.BuildAsked::derivation)
        .toList();
  }

  /** The derivations that it has built, in this order. */
  public List<StorePath> built() {
    return told(MachineEvent.BuildEnded.class).stream()
        .filter(end -> end.status().isSuccess())
        .map(MachineEvent.BuildEnded::derivation)
        .toList();
  }

  /** What clients did that the protocol does not allow. */
  public List<String> violations() {
    return told(MachineEvent.Violated.class).stream().map(MachineEvent.Violated::how).toList();
  }

  /** How often somebody has connected, or tried to. */
  public int connectionsSoFar() {
    return connections.get();
  }

  /** How many connections there are now. */
  public int connectionsNow() {
    return links.size();
  }

  /** How many store processes there are now; one that lost its client takes a moment to end. */
  public int programsNow() {
    return programs.size();
  }

  /** How many builds run now. */
  public int buildsNow() {
    return builder.running();
  }

  /** The most builds that have run at once. */
  public int mostBuildsAtOnce() {
    return builder.mostRunning();
  }

  /** Ends everything, deletes everything, and tells what would not go. */
  List<String> close() throws InterruptedException {
    die();
    List<String> left = new ArrayList<>(threads.leftAfter(END_PATIENCE));
    StrayProcesses.below(directory)
        .forEach(process -> left.add("process " + process.pid() + " of a builder on " + name));
    store.close();
    return left;
  }

  @Override
  public String toString() {
    return name;
  }
}
