package io.github.remotebuild.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class BytePipeProperties {
  @Property(tries = 60)
  void what_goes_in_comes_out(
      @ForAll @IntRange(min = 1, max = 70_000) int capacity,
      @ForAll @Size(max = 20) List<@IntRange(max = 40_000) Integer> writes,
      @ForAll @IntRange(min = 1, max = 50_000) int readSize)
      throws Exception {
    BytePipe pipe = BytePipe.ofCapacity(capacity);
    int total = writes.stream().mapToInt(Integer::intValue).sum();
    byte[] data = new byte[total];
    new Random(total).nextBytes(data);

    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              try (OutputStream out = pipe.writer()) {
                int at = 0;
                for (int size : writes) {
                  out.write(data, at, size);
                  at += size;
                }
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    ByteArrayOutputStream found = new ByteArrayOutputStream();
    InputStream in = pipe.reader();
    byte[] buffer = new byte[readSize];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      assertThat(in.available()).isLessThanOrEqualTo(capacity);
      found.write(buffer, 0, read);
    }
    writing.get();

    assertThat(found.toByteArray()).isEqualTo(data);
  }
}
