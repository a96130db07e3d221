package io.github.remotebuild.nar;

import io.github.remotebuild.model.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The archives that Nix wrote, and what is in them. */
final class Golden {
  private Golden() {}

  static byte[] bytes(String file) {
    try (InputStream in = Golden.class.getResourceAsStream("/golden/nar/" + file)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static NarTree tree() {
    SortedMap<ByteString, NarTree> entries = new TreeMap<>();
    entries.put(ByteString.of("Z"), NarTree.file(""));
    entries.put(ByteString.of("a"), NarTree.file("hello\n"));
    entries.put(ByteString.of("caf\u00e9"), NarTree.file("x"));
    entries.put(ByteString.of("empty"), NarTree.directory(Map.of()));
    entries.put(
        ByteString.of(new byte[] {'n', 'o', 't', '-', 'u', 't', 'f', '8', '-', (byte) 0xff}),
        NarTree.file("y"));
    entries.put(
        ByteString.of("sub"),
        NarTree.directory(
            Map.of(
                "deep",
                NarTree.directory(
                    Map.of("nine", NarTree.file("123456789"), "up", NarTree.symlink("../a"))),
                "eight",
                NarTree.file("12345678"),
                "link",
                NarTree.symlink("/absolute/target"),
                "run",
                NarTree.executable("#!/bin/sh\n"),
                "seven",
                NarTree.file("1234567"))));
    return new NarTree.Directory(entries);
  }
}
