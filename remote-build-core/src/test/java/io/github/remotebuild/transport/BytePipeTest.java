package io.github.remotebuild.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BytePipeTest {
  private final BytePipe pipe = BytePipe.ofCapacity(4);
  private final OutputStream writer = pipe.writer();
  private final InputStream reader = pipe.reader();

  private static Thread daemon(CompletableFuture<Throwable> thrown, Call call) {
    Thread thread =
        new Thread(
            () -> {
              try {
                call.run();
                thrown.completeExceptionally(new AssertionError("returned"));
              } catch (Throwable e) {
                thrown.complete(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private interface Call {
    void run() throws IOException;
  }

  private static Throwable get(CompletableFuture<Throwable> thrown)
      throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
    return thrown.get(10, TimeUnit.SECONDS);
  }

  private void awaitWaitingWriter() {
    while (!pipe.isWriterWaiting()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void the_end_comes_after_the_last_byte() throws IOException {
    writer.write(new byte[] {1, 2, 3});
    writer.close();

    assertThat(reader.readAllBytes()).containsExactly(1, 2, 3);
    assertThat(reader.read()).isEqualTo(-1);
  }

  @Test
  void bytes_are_not_signed() throws IOException {
    writer.write(0xff);
    assertThat(reader.read()).isEqualTo(0xff);
  }

  @Test
  void a_full_pipe_makes_the_writer_wait_for_the_reader() throws Exception {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    daemon(
        thrown,
        () -> {
          writer.write(new byte[] {1, 2, 3, 4, 5, 6, 7});
          writer.close();
        });
    awaitWaitingWriter();

    assertThat(reader.readAllBytes()).containsExactly(1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void a_failure_comes_after_what_was_written_and_stops_the_writer_at_once() throws IOException {
    writer.write(new byte[] {1, 2});
    pipe.fail(new TransportException(TransportProblem.LOST, "the cable was pulled"));

    assertThatThrownBy(() -> writer.write(3)).hasMessage("the cable was pulled");
    assertThat(reader.readNBytes(2)).containsExactly(1, 2);
    assertThatThrownBy(() -> reader.read())
        .isInstanceOfSatisfying(
            TransportException.class, e -> assertThat(e.problem()).isEqualTo(TransportProblem.LOST))
        .hasMessage("the cable was pulled");
  }

  @Test
  void a_failure_after_the_end_is_none() throws IOException {
    writer.write(1);
    writer.close();
    pipe.fail(new IOException("too late"));

    assertThat(reader.readAllBytes()).containsExactly(1);
  }

  @Test
  void closing_frees_reader_and_writer() throws Exception {
    BytePipe other = BytePipe.ofCapacity(4);
    CompletableFuture<Throwable> read = new CompletableFuture<>();
    CompletableFuture<Throwable> written = new CompletableFuture<>();
    daemon(read, () -> other.reader().read());
    daemon(written, () -> writer.write(new byte[5]));
    awaitWaitingWriter();

    pipe.close("enough");
    other.close();

    assertThat(get(written)).isInstanceOf(IOException.class).hasMessage("enough");
    assertThat(get(read)).isInstanceOf(IOException.class).hasMessage("the stream is closed");
    assertThatThrownBy(() -> reader.read()).hasMessage("enough");
  }

  @Test
  void an_interrupt_frees_the_writer_and_keeps_the_flag() throws Exception {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    Thread thread =
        daemon(
            thrown,
            () -> {
              try {
                writer.write(new byte[5]);
              } finally {
                flag.complete(Thread.currentThread().isInterrupted());
              }
            });
    awaitWaitingWriter();
    thread.interrupt();

    assertThat(get(thrown)).isInstanceOf(InterruptedIOException.class);
    assertThat(flag.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void an_interrupt_frees_the_reader() throws Exception {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    daemon(thrown, () -> reader.read()).interrupt();
    assertThat(get(thrown)).isInstanceOf(InterruptedIOException.class);
  }

  @Test
  void writing_after_the_end_fails() throws IOException {
    writer.close();
    assertThatThrownBy(() -> writer.write(1)).isInstanceOf(IOException.class);
  }

  @Test
  void nothing_can_be_held_by_no_capacity() {
    assertThatThrownBy(() -> BytePipe.ofCapacity(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
