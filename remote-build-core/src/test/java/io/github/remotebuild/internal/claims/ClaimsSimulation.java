package io.github.remotebuild.internal.claims;

import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StoreKey;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.model.StoreUri;
import io.github.remotebuild.model.TransferWait;
import io.github.remotebuild.model.TransferWait.Bound;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A world drawn from a seed: stores, paths, transfers that begin, die and are cancelled at any
 * time, paths that others add and that are collected as garbage. Checks after every event what must
 * always hold.
 */
final class ClaimsSimulation {
  private static final int TIME = 400;
  private static final int EVENT_LIMIT = 100_000;
  private static final int TRACE_SHOWN = 80;

  private record Due(long time, long order, Runnable action) {}

  private final long seed;
  private final Random random;
  private final ClaimsWorld world;
  private final TransferBounds bounds;

  /** No path is larger than what every transfer may have in flight. */
  private final boolean isEverythingSmall;

  private final TransferClaims claims;
  private final List<StoreKey> stores = new ArrayList<>();
  private final Map<Optional<StoreKey>, ClaimsWorld.Contents> contents = new HashMap<>();
  private final Map<Transfer, Client> clients =
      new TreeMap<>(Comparator.comparing(t -> t.number()));
  private final PriorityQueue<Due> due =
      new PriorityQueue<>(Comparator.comparing(Due::time).thenComparing(Due::order));
  private final List<String> trace = new ArrayList<>();
  private long now;
  private long order;
  private long lastTicket;
  private long counter;

  private ClaimsSimulation(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
    this.world = ClaimsWorld.draw(random, random.nextBoolean());
    this.bounds =
        new TransferBounds(
            1 + random.nextInt(4),
            1 + random.nextInt(3),
            16 + random.nextInt(200),
            8 + random.nextInt(100));
    this.isEverythingSmall =
        world.infos(world.paths()).stream()
            .allMatch(info -> info.narSizeBytes() <= bounds.shareBytes());
    this.claims = new TransferClaims(bounds);
  }

  /**
   * Runs the world of a seed to its end.
   *
   * @return a line for each event
   * @throws AssertionError if something did not hold; names the seed and shows what led there
   */
  static List<String> run(long seed) {
    ClaimsSimulation simulation = new ClaimsSimulation(seed);
    try {
      simulation.run();
    } catch (AssertionError | RuntimeException e) {
      List<String> trace = simulation.trace;
      List<String> shown = trace.subList(Math.max(0, trace.size() - TRACE_SHOWN), trace.size());
      throw new AssertionError(
          "seed "
              + seed
              + ": "
              + e
              + "\n"
              + simulation.bounds
              + "\n"
              + simulation.world.infos(simulation.world.paths()).stream()
                  .map(ClaimsSimulation::line)
                  .collect(Collectors.joining("\n"))
              + "\nthe last events:\n"
              + String.join("\n", shown),
          e);
    }
    return simulation.trace;
  }

  private static String line(PathInfo info) {
    return info.path().name()
        + " ("
        + info.narSizeBytes()
        + " bytes) refers to "
        + names(info.references());
  }

  private static String names(Collection<StorePath> paths) {
    return paths.stream().map(StorePath::name).collect(Collectors.joining(" ", "[", "]"));
  }

  private void run() {
    int storeCount = 1 + random.nextInt(3);
    for (int i = 0; i < storeCount; i++) {
      stores.add(StoreKey.from(StoreUri.parse("ssh://m" + i)));
    }
    stores.forEach(store -> contents.put(Optional.of(store), world.new Contents()));
    contents.put(Optional.empty(), world.new Contents());
    int count = 2 + random.nextInt(14);
    for (int i = 1; i <= count; i++) {
      Client client = new Client(i);
      clients.put(client.transfer, client);
      at(random.nextInt(TIME), client::begin);
      if (random.nextInt(4) == 0) {
        at(random.nextInt(TIME), client::die);
      }
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      at(random.nextInt(TIME), this::collectGarbage);
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      at(random.nextInt(TIME), this::addFromElsewhere);
    }
    int events = 0;
    while (!due.isEmpty()) {
      if (++events > EVENT_LIMIT) {
        throw new AssertionError("no end after " + EVENT_LIMIT + " events");
      }
      Due next = due.remove();
      now = next.time();
      next.action().run();
      wake();
      check();
    }
    for (Client client : clients.values()) {
      if (!client.isOver) {
        throw new AssertionError(client.transfer + " never ended; it waits " + client.waits);
      }
    }
    if (!claims.isIdle()) {
      throw new AssertionError("something is left in the claims");
    }
  }

  private void wake() {
    Collection<Transfer> woken = claims.takeWoken();
    while (!woken.isEmpty()) {
      for (Transfer transfer : woken) {
        Client client = clients.get(transfer);
        if (client.isOver) {
          throw new AssertionError(transfer + " was woken after its end");
        }
        if (client.waits.isPresent()) {
          client.waits = Optional.empty();
          client.lookedUp = ++counter;
          client.isCalled = true;
          in(soon(), client.unlessOver(client::act));
        }
      }
      woken = claims.takeWoken();
    }
  }

  private void collectGarbage() {
    say("garbage is collected");
    contents.values().forEach(ClaimsWorld.Contents::collectGarbage);
  }

  private void addFromElsewhere() {
    StorePath path = world.paths().get(random.nextInt(world.paths().size()));
    Optional<StoreKey> store =
        random.nextInt(3) == 0
            ? Optional.empty()
            : Optional.of(stores.get(random.nextInt(stores.size())));
    say("somebody else adds " + path.name() + " to " + store);
    contents.get(store).addFromElsewhere(path);
  }

  // ---- what must hold after every event ----

  private void check() {
    Map<Optional<StoreKey>, Set<StorePath>> inFlight = new HashMap<>();
    Map<StoreKey, List<Client>> perStore = new HashMap<>();
    List<Client> all = new ArrayList<>();
    for (Client client : clients.values()) {
      for (StorePath path : client.inFlight) {
        if (!inFlight.computeIfAbsent(client.to(), key -> new HashSet<>()).add(path)) {
          throw new AssertionError(path.name() + " is in flight twice to " + client.to());
        }
        if (!client.transfer.equals(claims.holder(client.to(), path))) {
          throw new AssertionError(client.transfer + " sends without a claim " + path.name());
        }
      }
      if (client.hasTurn) {
        all.add(client);
        perStore.computeIfAbsent(client.transfer.store(), key -> new ArrayList<>()).add(client);
      }
      if (client.waits.isPresent() && (client.hasTurn || !client.inFlight.isEmpty())) {
        throw new AssertionError(client.transfer + " waits and keeps others waiting");
      }
    }
    checkUse();
    checkBounds("all", all, bounds.transfers(), bounds.bytes(), bounds.largeBytes());
    perStore.forEach(
        (store, some) ->
            checkBounds(
                store.toString(),
                some,
                bounds.transfersPerStore(),
                bounds.bytesPerStore(),
                bounds.largeBytesPerStore()));
  }

  /** Nobody waits for room that nobody uses. */
  private void checkUse() {
    for (Client waiter : clients.values()) {
      if (waiter.waits.orElse(null) instanceof TransferWait.ForRoom room) {
        boolean isOfBytes =
            room.bound() == Bound.TRANSFER_BYTES || room.bound() == Bound.TRANSFER_BYTES_PER_STORE;
        boolean isUsed = isUsingTurns(waiter) || (isOfBytes && isUsingBytes());
        if (!isUsed && (isOfBytes || isEverythingSmall)) {
          throw new AssertionError(waiter.transfer + " waits " + room + ", and there is room");
        }
      }
    }
  }

  private boolean isUsingTurns(Client waiter) {
    StoreKey store = waiter.transfer.store();
    List<Client> users =
        clients.values().stream().filter(each -> each.hasTurn || each.isCalled).toList();
    return users.size() >= bounds.transfers()
        || users.stream().filter(each -> each.transfer.store().equals(store)).count()
            >= bounds.transfersPerStore();
  }

  /** Somebody sends a large path, or may be about to. */
  private boolean isUsingBytes() {
    return clients.values().stream()
        .anyMatch(
            each ->
                each.isCalled
                    || (each.hasTurn && each.isToHub() && each.inFlight.isEmpty())
                    || each.inFlight.stream()
                        .anyMatch(path -> world.info(path).narSizeBytes() > bounds.shareBytes()));
  }

  private void checkBounds(
      String what, List<Client> active, int transfers, long bytes, long forLarge) {
    if (active.size() > transfers) {
      throw new AssertionError(active.size() + " transfers at once: " + what);
    }
    long sum = 0;
    long hugest = 0;
    for (Client client : active) {
      for (StorePath path : client.inFlight) {
        long size = world.info(path).narSizeBytes();
        sum += size;
        hugest = Math.max(hugest, size);
      }
    }
    long limit = hugest > forLarge ? bytes - forLarge + hugest : bytes;
    if (sum > limit) {
      throw new AssertionError(sum + " bytes in flight at once: " + what);
    }
  }

  // ---- one transfer, as its attempt sees it ----

  private final class Client {
    final Transfer transfer;
    final Set<StorePath> roots = new TreeSet<>();
    final Set<StorePath> inFlight = new LinkedHashSet<>();
    Optional<TransferWait> waits = Optional.empty();
    boolean isOver;
    boolean hasTurn;

    /** It was woken, perhaps because it has its turn, and has not made use of that yet. */
    boolean isCalled;

    long ticket;
    long lookedUp;
    long waitsSince;
    private final Set<StorePath> described = new HashSet<>();

    Client(int number) {
      StoreKey store = stores.get(random.nextInt(stores.size()));
      Transfer.Direction direction =
          random.nextInt(3) == 0 ? Transfer.Direction.TO_HUB : Transfer.Direction.TO_MACHINE;
      this.transfer =
          new Transfer(number, direction, store, ClaimsWorld.path(10_000 + number, "d" + number));
      int count = 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        roots.add(world.paths().get(random.nextInt(world.paths().size())));
      }
    }

    Optional<StoreKey> to() {
      return transfer.destination();
    }

    boolean isToHub() {
      return to().isEmpty();
    }

    ClaimsWorld.Contents there() {
      return contents.get(to());
    }

    Runnable unlessOver(Runnable action) {
      return () -> {
        if (!isOver) {
          action.run();
        }
      };
    }

    void begin() {
      if (isOver) {
        return;
      }
      say(transfer + " needs " + names(roots));
      lookedUp = ++counter;
      claims.open(transfer, isToHub() ? roots : world.closure(roots));
      act();
    }

    void act() {
      if (hasTurn || ticket == 0) {
        lookedUp = ++counter;
      }
      Step step = claims.next(transfer);
      isCalled &= step instanceof Step.Ask;
      if (step instanceof Step.Ask ask) {
        say(transfer + " asks for " + names(ask.paths()));
        if (isToHub()) {
          obtained();
          described.clear();
          there().end(transfer);
          find(ask.paths(), new TreeSet<>(), new TreeSet<>());
        } else {
          ask(ask.paths(), valid -> act());
        }
      } else if (step instanceof Step.Send send) {
        say(transfer + " sends " + names(send.infos().stream().map(PathInfo::path).toList()));
        obtained();
        begin(send.infos());
      } else if (step instanceof Step.Wait wait) {
        say(transfer + " waits " + wait.reason());
        hasTurn = false;
        waits = Optional.of(wait.reason());
        waitsSince = ++counter;
        if (wait.reason() instanceof TransferWait.ForRoom && ticket == 0) {
          ticket = ++lastTicket;
        }
        if (isToHub()) {
          there().end(transfer);
        }
      } else {
        say(transfer + " is done");
        hasTurn = false;
        checkDone();
        in(soon(), unlessOver(this::close));
      }
    }

    private void checkDone() {
      for (StorePath path : world.closure(roots)) {
        boolean isKept = !isToHub() || roots.contains(path);
        if (!there().has(path) || (isKept && !there().isRooted(transfer, path))) {
          throw new AssertionError(transfer + " is done, but " + path.name() + " is not safe");
        }
      }
    }

    /** Nobody who came later and wants the same may have got in before. */
    private void obtained() {
      if (hasTurn) {
        return;
      }
      hasTurn = true;
      if (ticket == 0) {
        ticket = ++lastTicket;
      }
      for (Client other : clients.values()) {
        if (isEverythingSmall
            && other.waits.filter(TransferWait.ForRoom.class::isInstance).isPresent()
            && other.transfer.store().equals(transfer.store())
            && other.ticket < ticket
            && other.waitsSince < lookedUp) {
          throw new AssertionError(transfer + " overtook " + other.transfer);
        }
      }
    }

    private interface Then {
      void go(Set<StorePath> valid);
    }

    /** The answer is as things were at some time between question and answer. */
    private void ask(Collection<StorePath> paths, Then then) {
      claims.asking(transfer, paths);
      in(
          soon(),
          unlessOver(
              () -> {
                Set<StorePath> valid = new TreeSet<>(paths);
                valid.removeIf(path -> !there().has(path));
                valid.forEach(path -> there().root(transfer, path));
                in(
                    soon(),
                    unlessOver(
                        () -> {
                          say("  answer to " + transfer + ": " + names(valid));
                          claims.answered(transfer, paths, valid);
                          if (!isToHub()) {
                            Set<StorePath> missing = new TreeSet<>(paths);
                            missing.removeAll(valid);
                            missing.removeAll(described);
                            described.addAll(missing);
                            claims.describe(transfer, world.infos(missing));
                          }
                          then.go(valid);
                        }));
              }));
    }

    /** Level by level, what the hub lacks. */
    private void find(Set<StorePath> frontier, Set<StorePath> asked, Set<StorePath> missing) {
      if (frontier.isEmpty()) {
        claims.describe(transfer, world.infos(missing));
        act();
        return;
      }
      asked.addAll(frontier);
      ask(
          frontier,
          valid -> {
            Set<StorePath> lacking = new TreeSet<>(frontier);
            lacking.removeAll(valid);
            missing.addAll(lacking);
            Set<StorePath> next = new TreeSet<>();
            lacking.forEach(path -> next.addAll(world.info(path).references()));
            next.removeAll(asked);
            find(next, asked, missing);
          });
    }

    private void begin(List<PathInfo> batch) {
      Set<StorePath> coming = new HashSet<>();
      for (PathInfo info : batch) {
        StorePath path = info.path();
        if (there().has(path) && there().wasTransferred(path)) {
          throw new AssertionError(path.name() + " is sent again by " + transfer);
        }
        for (StorePath reference : info.otherReferences()) {
          if (!coming.contains(reference) && !isSafe(reference)) {
            throw new AssertionError(transfer + " sends " + path.name() + " too early");
          }
        }
        coming.add(path);
        inFlight.add(path);
      }
      send(batch, 0);
    }

    /** It is there, and a garbage collection leaves it there. */
    private boolean isSafe(StorePath path) {
      return there().isRooted(transfer, path);
    }

    private void send(List<PathInfo> batch, int position) {
      if (position == batch.size()) {
        return;
      }
      StorePath path = batch.get(position).path();
      in(
          soon(),
          unlessOver(
              () -> {
                there().arrive(path);
                there().root(transfer, path);
                in(soon(), unlessOver(() -> confirm(path)));
                send(batch, position + 1);
              }));
    }

    private final Set<StorePath> early = new HashSet<>();

    /** Confirmations come in the order of the paths. */
    private void confirm(StorePath path) {
      early.add(path);
      while (!inFlight.isEmpty() && early.remove(inFlight.iterator().next())) {
        StorePath first = inFlight.iterator().next();
        say("  " + first.name() + " of " + transfer + " is confirmed");
        inFlight.remove(first);
        claims.confirmed(transfer, first);
        if (inFlight.isEmpty()) {
          in(soon(), unlessOver(this::act));
        }
      }
    }

    /** The session is lost, or the build is cancelled; one more path may get through. */
    void die() {
      if (isOver) {
        return;
      }
      say(transfer + " dies");
      for (StorePath path : inFlight) {
        boolean isPossible =
            world.info(path).otherReferences().stream().allMatch(ref -> there().has(ref));
        if (isPossible && random.nextBoolean()) {
          there().arrive(path);
        }
      }
      close();
    }

    private void close() {
      isOver = true;
      isCalled = false;
      hasTurn = false;
      waits = Optional.empty();
      inFlight.clear();
      there().end(transfer);
      claims.close(transfer);
    }
  }

  private void say(String line) {
    trace.add(now + ": " + line);
  }

  private long soon() {
    return random.nextInt(3) == 0 ? 0 : random.nextInt(20);
  }

  private void in(long delay, Runnable action) {
    at(now + delay, action);
  }

  private void at(long time, Runnable action) {
    due.add(new Due(time, order++, action));
  }
}
