package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.Phase;
import io.github.remotebuild.testkit.fault.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** The machine's end of one connection, where its faults take effect. Safe for several threads. */
final class Link {
  private final EmbeddedMachine machine;
  private final int number;
  private final AtomicLong toMachine = new AtomicLong();
  private final AtomicLong fromMachine = new AtomicLong();
  private final AtomicBoolean isOver = new AtomicBoolean();
  private final CountDownLatch over = new CountDownLatch(1);
  private final CopyOnWriteArrayList<Runnable> hangUps = new CopyOnWriteArrayList<>();
  private final Set<StoreProgram> programs = ConcurrentHashMap.newKeySet();
  private final Set<Fault> told = ConcurrentHashMap.newKeySet();

  Link(EmbeddedMachine machine, int number) {
    this.machine = machine;
    this.number = number;
  }

  int number() {
    return number;
  }

  EmbeddedMachine machine() {
    return machine;
  }

  void tell(MachineEvent event) {
    // That programs lose their streams when the connection ends is no news.
    if (!(isOver() && event instanceof MachineEvent.BrokeOff)) {
      machine.tell(number, event);
    }
  }

  /** The first fault of this kind from which the connection suffers just now. */
  <F extends Fault> Optional<F> suffers(Class<F> kind) {
    return machine.faultsOn(number).stream().filter(kind::isInstance).map(kind::cast).findFirst();
  }

  /** The same, and it is told that it takes effect. */
  <F extends Fault> Optional<F> strikes(Class<F> kind) {
    Optional<F> fault = suffers(kind);
    fault.ifPresent(this::tellOnce);
    return fault;
  }

  private void tellOnce(Fault fault) {
    if (told.add(fault)) {
      tell(new MachineEvent.Suffered(fault.toString()));
    }
  }

  /** Does this when the connection is cut, at once if it is over. */
  void onCut(Runnable hangUp) {
    hangUps.add(hangUp);
    if (isOver()) {
      hangUp.run();
    }
  }

  void add(StoreProgram program) {
    programs.add(program);
    machine.began(program);
    if (isOver()) {
      program.kill();
    }
  }

  void remove(StoreProgram program) {
    programs.remove(program);
    machine.ended(program);
  }

  boolean isOver() {
    return isOver.get();
  }

  /** Breaks the connection from the machine's side. */
  void cut() {
    // The client loses the connection before the programs end, so that it does not hear of that.
    end(() -> hangUps.forEach(Runnable::run));
  }

  /** The client has hung up. */
  void hungUp() {
    end(() -> {});
  }

  private void end(Runnable first) {
    if (isOver.compareAndSet(false, true)) {
      machine.ended(this);
      first.run();
      over.countDown();
      programs.forEach(StoreProgram::kill);
      tell(new MachineEvent.Disconnected());
    }
  }

  /** Waits until the connection is over. */
  boolean awaitEnd(long nanos) throws InterruptedException {
    return over.await(nanos, java.util.concurrent.TimeUnit.NANOSECONDS);
  }

  /** A step is reached: the faults of its phase take effect, and then the test steps in. */
  void reach(Step step) throws IOException, InterruptedException {
    Optional<Phase> phase = step.phase();
    if (phase.isPresent()) {
      enter(phase.get());
    }
    machine.reach(step);
  }

  /** A phase begins, and with it what should happen then. */
  void enter(Phase phase) throws IOException {
    for (Fault fault : machine.faultsOn(number)) {
      if (fault instanceof Fault.DieAt die && die.phase() == phase) {
        tellOnce(fault);
        machine.die();
        throw new IOException("the machine died");
      }
      if (fault instanceof Fault.CutAt at && at.phase() == phase) {
        tellOnce(fault);
        cut();
        throw new IOException("the connection was cut");
      }
    }
  }

  /** What the client sends, as far as it gets through. */
  InputStream toMachine(InputStream in) {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        long allowed = allowed(Fault.Direction.TO_MACHINE);
        int wanted = (int) Math.min(length, Math.max(1, Math.min(allowed, pace())));
        int got = in.read(buffer, offset, wanted);
        if (got > 0) {
          // What came may be more than passes by now, as both directions can count together.
          if (allowed == 0) {
            stop(Fault.Direction.TO_MACHINE);
          }
          toMachine.addAndGet(got);
          dawdle(got);
        }
        return got;
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }

  /** What the machine sends, as far as it gets through. */
  OutputStream fromMachine(OutputStream out) {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] buffer, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
          long allowed = allowed(Fault.Direction.FROM_MACHINE);
          if (allowed == 0) {
            out.flush();
            stop(Fault.Direction.FROM_MACHINE);
          }
          int piece = (int) Math.min(length - done, Math.min(allowed, pace()));
          out.write(buffer, offset + done, piece);
          fromMachine.addAndGet(piece);
          done += piece;
          dawdle(piece);
        }
      }

      @Override
      public void flush() throws IOException {
        out.flush();
      }

      @Override
      public void close() throws IOException {
        out.close();
      }
    };
  }

  private long allowed(Fault.Direction direction) {
    long least = Long.MAX_VALUE;
    for (Fault fault : machine.faultsOn(number)) {
      least = Math.min(least, allowed(fault, direction));
    }
    return Math.max(0, least);
  }

  private long allowed(Fault fault, Fault.Direction direction) {
    if (fault instanceof Fault.Cut cut && counts(cut.direction(), direction)) {
      return cut.bytes() - counted(cut.direction());
    }
    if (fault instanceof Fault.Stall stall && counts(stall.direction(), direction)) {
      return stall.bytes() - counted(stall.direction());
    }
    return Long.MAX_VALUE;
  }

  private static boolean counts(Fault.Direction counted, Fault.Direction passing) {
    return counted == Fault.Direction.BOTH || counted == passing;
  }

  private long counted(Fault.Direction direction) {
    return switch (direction) {
      case TO_MACHINE -> toMachine.get();
      case FROM_MACHINE -> fromMachine.get();
      case BOTH -> toMachine.get() + fromMachine.get();
    };
  }

  /** Lets the fault that allows no more bytes take effect. */
  private void stop(Fault.Direction direction) throws IOException {
    for (Fault fault : machine.faultsOn(number)) {
      if (allowed(fault, direction) > 0) {
        continue;
      }
      tellOnce(fault);
      if (fault instanceof Fault.Stall) {
        stall(fault, direction);
        return;
      }
      cut();
      throw new IOException("the connection was cut");
    }
  }

  private void stall(Fault fault, Fault.Direction direction) throws IOException {
    try {
      while (allowed(fault, direction) <= 0 && machine.faultsOn(number).contains(fault)) {
        if (awaitEnd(20_000_000)) {
          throw new IOException("the connection was cut");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("interrupted while nothing moved");
    }
  }

  private long pace() {
    return suffers(Fault.Slow.class)
        .map(slow -> Math.max(1, slow.bytesPerSecond() / 50))
        .orElse(Long.MAX_VALUE);
  }

  private void dawdle(int bytes) throws IOException {
    Optional<Fault.Slow> slow = suffers(Fault.Slow.class);
    if (slow.isEmpty()) {
      return;
    }
    tellOnce(slow.get());
    try {
      if (awaitEnd(bytes * 1_000_000_000L / slow.get().bytesPerSecond())) {
        throw new IOException("the connection was cut");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("interrupted while little moved");
    }
  }
}
