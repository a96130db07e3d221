package io.github.remotebuild.store;

import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarHandler;
import io.github.remotebuild.nar.NarParser;
import io.github.remotebuild.wire.ServeRequests;
import io.github.remotebuild.wire.WireInput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** Asks for NARs ahead of reading them, with a bound on the requests that are unanswered. */
final class NarPipeline {
  private final ServeRequests requests;
  private final WireInput in;
  private final int aheadLimitBytes;

  NarPipeline(ServeRequests requests, WireInput in, int aheadLimitBytes) {
    this.requests = requests;
    this.in = in;
    this.aheadLimitBytes = aheadLimitBytes;
  }

  /** Streams the paths to the receiver; {@code progress} hears each path before it is read. */
  void read(List<StorePath> paths, NarReceiver receiver, Consumer<StorePath> progress)
      throws IOException {
    NarHandler handler = receiver instanceof NarHandler events ? events : new NarHandler() {};
    WireInput.ArchiveSink sink = new ReceiverSink(receiver);
    Deque<Integer> ahead = new ArrayDeque<>();
    int aheadBytes = 0;
    int asked = 0;
    for (StorePath path : paths) {
      while (asked < paths.size()) {
        int bytes = ServeRequests.dumpStorePathBytes(paths.get(asked));
        if (!ahead.isEmpty() && aheadBytes + bytes > aheadLimitBytes) {
          break;
        }
        requests.dumpStorePath(paths.get(asked++));
        ahead.add(bytes);
        aheadBytes += bytes;
      }
      progress.accept(path);
      receiver.begin(path);
      in.readArchive(new NarParser("the NAR of " + path, handler), sink);
      aheadBytes -= ahead.remove();
    }
  }

  private record ReceiverSink(NarReceiver receiver) implements WireInput.ArchiveSink {
    @Override
    public void chunk(byte[] buffer, int offset, int length) {
      receiver.chunk(buffer, offset, length);
    }

    @Override
    public void lastChunk(byte[] buffer, int offset, int length) {
      receiver.lastChunk(buffer, offset, length);
    }
  }
}
