package io.github.remotebuild.store;

import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarTree;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.wire.WireInput;
import io.github.remotebuild.wire.WireLimits;
import io.github.remotebuild.wire.WireOutput;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A store process in memory, behind pipes of a chosen size, that can be told to misbehave.
 *
 * <p>One thread per process; it ends when its input does, or when it is closed.
 */
final class FakePeer implements Connection {
  final Map<StorePath, PathInfo> infos = new ConcurrentHashMap<>();
  final Map<StorePath, byte[]> nars = new ConcurrentHashMap<>();

  /** Counted down when a command arrives that is never answered. */
  final CountDownLatch isStuck = new CountDownLatch(1);

  /** The length of each archive that was being received when the input ended. */
  final List<Integer> partial = new CopyOnWriteArrayList<>();

  private final int stdinBytes;
  private final int stdoutBytes;
  private final Set<StorePath> vanished = new HashSet<>();
  private final Set<StorePath> rejected = new HashSet<>();
  private final Set<StorePath> stuck = new HashSet<>();
  private boolean isDeaf;
  private int confirmEvery = 1;

  FakePeer() {
    this(64 * 1024, 64 * 1024);
  }

  FakePeer(int stdinBytes, int stdoutBytes) {
    this.stdinBytes = stdinBytes;
    this.stdoutBytes = stdoutBytes;
  }

  PathInfo put(String name, NarTree tree, StorePath... references) {
    byte[] digest =
        Hash.compute(HashAlgorithm.SHA256, name.getBytes(StandardCharsets.UTF_8)).toByteArray();
    StorePath path = StorePath.of(StoreDir.NIX, java.util.Arrays.copyOf(digest, 20), name);
    PathInfo info = Conversations.info(path, tree, List.of(references));
    infos.put(path, info);
    nars.put(path, tree.toNar().toByteArray());
    return info;
  }

  /** The path cannot be read, though it is valid. */
  void lose(PathInfo info) {
    vanished.add(info.path());
  }

  /** The path is not accepted. */
  void reject(PathInfo info) {
    rejected.add(info.path());
  }

  /** Nothing happens any more once this path is read or added. */
  void getStuckAt(PathInfo info) {
    stuck.add(info.path());
  }

  /** It does not notice the end of its input. */
  void beDeaf() {
    isDeaf = true;
  }

  /** Added paths are confirmed in groups of this size. */
  void confirmEvery(int count) {
    confirmEvery = count;
  }

  @Override
  public RemoteProcess start(List<String> command, StderrSink stderr) {
    return new Running(stderr);
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}

  /** Reads little at a time, so that the process holds hardly more than the pipe does. */
  private static InputStream inSips(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        return super.read(bytes, offset, Math.min(length, 64));
      }
    };
  }

  private final class Running implements RemoteProcess, Runnable {
    private final BoundedPipe stdin = new BoundedPipe(stdinBytes);
    private final BoundedPipe stdout = new BoundedPipe(stdoutBytes);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final StderrSink stderr;
    private final WireInput in = new WireInput(inSips(stdin.input()), "the request");
    private final WireOutput out = new WireOutput(stdout.output());
    private int unconfirmed;
    private volatile int status;

    Running(StderrSink stderr) {
      this.stderr = stderr;
      in.beforeWaiting(out::flush);
      Thread thread = new Thread(this, "fake store");
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void run() {
      try {
        in.readLong("magic");
        in.readLong("version");
        out.writeLong(0x5452eecbL);
        out.writeLong(0x207);
        while (answerNext()) {
          out.flush();
        }
        if (isDeaf) {
          closed.await();
        }
      } catch (EOFException e) {
        fail("error: unexpected end-of-file");
      } catch (Refusal e) {
        fail("error: " + e.getMessage());
      } catch (IOException | InterruptedException e) {
        status = 141;
      } finally {
        try {
          out.flush();
          stdout.output().close();
        } catch (IOException e) {
          // Nobody reads.
        }
        stdin.breakOff();
        stderr.end();
        ended.countDown();
      }
    }

    private void fail(String message) {
      byte[] bytes = (message + "\n").getBytes(StandardCharsets.UTF_8);
      stderr.accept(bytes, 0, bytes.length);
      status = 1;
    }

    private boolean answerNext() throws IOException, InterruptedException {
      long command;
      try {
        command = in.readLong("a command");
      } catch (EOFException e) {
        return false;
      }
      switch ((int) command) {
        case 1 -> {
          in.readLong("lock");
          in.readLong("substitute");
          SortedSet<StorePath> valid = paths();
          valid.retainAll(infos.keySet());
          out.writeStorePaths(valid);
        }
        case 3 -> dump(in.readStorePath("a path", StoreDir.NIX, WireLimits.defaults()));
        case 8 -> {
          isStuck.countDown();
          in.readBytes("forever", 1 << 20);
          while (in.readByte() >= 0) {
            // The rest of the request, and then the end of the input, as in a build.
          }
          throw new Refusal("interrupted by the user");
        }
        case 9 -> add();
        default -> throw new Refusal("unknown serve command " + command);
      }
      return true;
    }

    private SortedSet<StorePath> paths() throws IOException {
      return in.readStorePaths("a path", StoreDir.NIX, 1_000_000, WireLimits.defaults());
    }

    private void dump(StorePath path) throws IOException, InterruptedException {
      byte[] nar = nars.get(path);
      if (nar == null || vanished.contains(path)) {
        throw new Refusal("path '" + path + "' is not valid");
      }
      stickAt(path);
      out.writeRaw(nar, 0, nar.length);
    }

    private void stickAt(StorePath path) throws IOException, InterruptedException {
      if (stuck.contains(path)) {
        out.flush();
        isStuck.countDown();
        closed.await();
        throw new IOException("closed");
      }
    }

    private void add() throws IOException, InterruptedException {
      StorePath path = in.readStorePath("a path", StoreDir.NIX, WireLimits.defaults());
      in.readText("a deriver", 1000);
      Hash hash = Hash.parse(in.readText("a hash", 1000), HashAlgorithm.SHA256);
      SortedSet<StorePath> references = paths();
      in.readLong("a time");
      int size = (int) in.readLong("a size");
      in.readLong("ultimate");
      in.readLong("signatures");
      in.readText("a content address", 1000);
      stickAt(path);
      byte[] nar = receive(size);
      if (rejected.contains(path) || !hash.equals(Hash.compute(HashAlgorithm.SHA256, nar))) {
        throw new Refusal("hash mismatch importing path '" + path + "'");
      }
      for (StorePath reference : references) {
        if (!reference.equals(path) && !infos.containsKey(reference)) {
          throw new Refusal("path '" + reference + "' is not valid");
        }
      }
      infos.put(path, PathInfo.of(path, hash, size, references));
      nars.put(path, nar);
      unconfirmed++;
      if (unconfirmed == confirmEvery) {
        for (; unconfirmed > 0; unconfirmed--) {
          out.writeLong(1);
        }
      }
    }

    private byte[] receive(int size) throws IOException {
      byte[] nar = new byte[size];
      for (int i = 0; i < size; i++) {
        int next = in.readByte();
        if (next < 0) {
          partial.add(i);
          throw new EOFException();
        }
        nar[i] = (byte) next;
      }
      return nar;
    }

    @Override
    public OutputStream stdin() {
      return stdin.output();
    }

    @Override
    public InputStream stdout() {
      return stdout.input();
    }

    @Override
    public OptionalInt awaitExit(Duration timeout) throws InterruptedException {
      return ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS)
          ? OptionalInt.of(status)
          : OptionalInt.empty();
    }

    @Override
    public boolean isEnded() {
      return ended.getCount() == 0;
    }

    @Override
    public void close() {
      closed.countDown();
      stdin.breakOff();
      stdout.breakOff();
    }
  }

  private static final class Refusal extends IOException {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
      super(message);
    }
  }
}
