package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;

/**
 * The script that starts a builder.
 *
 * <p>It opens the machine's store as descriptor 9, so that the logical paths are true for the
 * builder and for all that inherits the descriptor, and hands over the environment. A file, because
 * the bytes of arguments and environment need not be text, which is all that Java passes on.
 */
final class BuilderScript {
  private static final int DESCRIPTOR = 9;

  private BuilderScript() {}

  /**
   * Writes the script.
   *
   * @param realStore where the files of the store are
   * @param directory the builder's own
   */
  static void write(
      Path script,
      BasicDerivation derivation,
      SortedMap<ByteString, ByteString> environment,
      OutputPlaces places,
      Path realStore,
      Path directory)
      throws IOException, BuildFailedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    put(out, "cd ");
    quote(out, ByteString.of(directory.toString()));
    put(out, " || exit 126\nexec " + DESCRIPTOR + "<");
    quote(out, ByteString.of(realStore.toString()));
    put(out, " || exit 126\nexec /usr/bin/env -i");
    for (Map.Entry<ByteString, ByteString> variable : environment.entrySet()) {
      put(out, " \\\n ");
      ByteArrayOutputStream assignment = new ByteArrayOutputStream();
      assignment.writeBytes(variable.getKey().toByteArray());
      assignment.write('=');
      assignment.writeBytes(variable.getValue().toByteArray());
      quote(out, ByteString.of(assignment.toByteArray()));
    }
    put(out, " \\\n ");
    quote(out, derivation.builder());
    for (ByteString argument : derivation.arguments()) {
      put(out, " ");
      quote(out, places.forBuilder(argument));
    }
    put(out, "\n");
    Files.write(script, out.toByteArray());
  }

  private static void quote(ByteArrayOutputStream out, ByteString word)
      throws BuildFailedException {
    out.write('\'');
    for (byte b : word.toByteArray()) {
      if (b == 0) {
        throw new BuildFailedException(
            BuildStatus.INPUT_REJECTED, "a program cannot be given the byte NUL");
      }
      if (b == '\'') {
        put(out, "'\\''");
      } else {
        out.write(b);
      }
    }
    out.write('\'');
  }

  private static void put(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
