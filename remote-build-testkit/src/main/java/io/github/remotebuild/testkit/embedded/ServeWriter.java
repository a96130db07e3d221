package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.Signature;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.wire.WireOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;

/** Writes the answers of serve commands, in the version that was agreed on. */
final class ServeWriter {
  private final WireOutput out;
  private final int version;

  ServeWriter(WireOutput out, int version) {
    this.out = out;
    this.version = version;
  }

  void pathInfo(PathInfo info) throws IOException {
    out.writeText(info.path().toString());
    out.writeText(info.deriver().map(StorePath::toString).orElse(""));
    out.writeStorePaths(info.references());
    out.writeLong(info.narSizeBytes());
    out.writeLong(info.narSizeBytes());
    if (version >= 0x204) {
      out.writeText(info.narHash().toString());
      out.writeText(info.contentAddress().map(Object::toString).orElse(""));
      out.writeLong(info.signatures().size());
      for (Signature signature : info.signatures()) {
        out.writeText(signature.text());
      }
    }
  }

  /**
   * The answer to command 8.
   *
   * @param outputs the paths of the outputs, by the identity that Nix gives them
   */
  void buildResult(
      int status, String message, Instant start, Instant stop, SortedMap<String, StorePath> outputs)
      throws IOException {
    out.writeLong(status);
    out.writeText(message);
    if (version >= 0x203) {
      out.writeLong(1);
      out.writeBool(false);
      out.writeLong(start.getEpochSecond());
      out.writeLong(stop.getEpochSecond());
    }
    if (version >= 0x206) {
      out.writeLong(outputs.size());
      for (Map.Entry<String, StorePath> output : outputs.entrySet()) {
        out.writeText(output.getKey());
        out.writeText(realisation(output.getKey(), output.getValue()));
      }
    }
  }

  /** None of these texts has a character that JSON would escape. */
  private static String realisation(String id, StorePath path) {
    return "{\"dependentRealisations\":{},\"id\":\""
        + id
        + "\",\"outPath\":\""
        + path.baseName()
        + "\",\"signatures\":[]}";
  }

  /** A stream that writes bytes as they are. */
  OutputStream raw() {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] buffer, int offset, int length) throws IOException {
        out.writeRaw(buffer, offset, length);
      }
    };
  }
}
