package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.nar.NarHasher;
import io.github.remotebuild.nar.NarParser;
import io.github.remotebuild.nar.NarSummary;
import io.github.remotebuild.wire.WireInput;
import java.io.IOException;
import java.nio.file.Path;

/** A NAR on its way into a store, unpacked under a name of its own until it is registered. */
final class IncomingNar implements WireInput.ArchiveSink, AutoCloseable {
  private final EmbeddedStore store;
  private final Path place;
  private final NarUnpacker unpacker;
  private final NarParser parser;
  private final NarHasher hasher = new NarHasher();
  private NarSummary summary;

  IncomingNar(EmbeddedStore store, Path place, String source) {
    this.store = store;
    this.place = place;
    this.unpacker = new NarUnpacker(place);
    this.parser = new NarParser(source, unpacker);
    this.summary = new NarHasher().finish();
  }

  NarParser parser() {
    return parser;
  }

  @Override
  public void chunk(byte[] buffer, int offset, int length) {
    hasher.update(buffer, offset, length);
  }

  @Override
  public void lastChunk(byte[] buffer, int offset, int length) {
    hasher.update(buffer, offset, length);
    summary = hasher.finish();
  }

  /** Hash and size, once the archive is complete. */
  NarSummary summary() {
    return summary;
  }

  /** Makes it a valid path, if it is what the info says. */
  void register(PathInfo info) throws IOException, InterruptedException {
    if (!summary.hash().equals(info.narHash())) {
      throw new EmbeddedStoreException(
          "hash mismatch importing path '"
              + info.path()
              + "'; specified: "
              + info.narHash()
              + ", got: "
              + summary.hash());
    }
    if (summary.sizeBytes() != info.narSizeBytes()) {
      throw new EmbeddedStoreException(
          "size mismatch importing path '"
              + info.path()
              + "'; specified: "
              + info.narSizeBytes()
              + ", got: "
              + summary.sizeBytes());
    }
    store.moveIn(place, info);
  }

  @Override
  public void close() throws IOException {
    unpacker.close();
    StoreFiles.delete(place);
  }
}
