package io.github.remotebuild.nar;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.FormatException;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

final class NarProperties {
  @Property(tries = 80)
  void parsing_what_was_written_gives_the_same_tree(@ForAll("trees") NarTree tree) {
    assertThat(NarTree.parse("it", tree.toNar())).isEqualTo(tree);
  }

  /** The encoding is canonical, so a changed archive may be another archive, but never this one. */
  @Property(tries = 250)
  void whatever_is_accepted_is_written_back_byte_for_byte(
      @ForAll("trees") NarTree tree,
      @ForAll @IntRange(min = 0) int place,
      @ForAll byte replacement) {
    byte[] bytes = tree.toNar().toByteArray();
    bytes[place % bytes.length] = replacement;
    ByteString changed = ByteString.of(bytes);

    NarTree read;
    try {
      read = NarTree.parse("it", changed);
    } catch (FormatException e) {
      return;
    }

    assertThat(read.toNar()).isEqualTo(changed);
  }

  @Property(tries = 150)
  void bytes_taken_out_or_put_in_never_give_the_same_tree(
      @ForAll("trees") NarTree tree,
      @ForAll @IntRange(min = 0) int place,
      @ForAll @IntRange(min = 1, max = 16) int count,
      @ForAll boolean isInserted) {
    byte[] bytes = tree.toNar().toByteArray();
    int at = place % bytes.length;
    byte[] changed = isInserted ? with(bytes, at, count) : without(bytes, at, count);

    NarTree read;
    try {
      read = NarTree.parse("it", ByteString.of(changed));
    } catch (FormatException e) {
      return;
    }

    assertThat(read).isNotEqualTo(tree);
  }

  private static byte[] with(byte[] bytes, int at, int count) {
    byte[] longer = new byte[bytes.length + count];
    System.arraycopy(bytes, 0, longer, 0, at);
    System.arraycopy(bytes, at, longer, at + count, bytes.length - at);
    return longer;
  }

  private static byte[] without(byte[] bytes, int at, int count) {
    int taken = Math.min(count, bytes.length - at);
    byte[] shorter = new byte[bytes.length - taken];
    System.arraycopy(bytes, 0, shorter, 0, at);
    System.arraycopy(bytes, at + taken, shorter, at, shorter.length - at);
    return shorter;
  }

  @Provide
  Arbitrary<NarTree> trees() {
    return trees(3);
  }

  private static Arbitrary<NarTree> trees(int depth) {
    Arbitrary<NarTree> leaves =
        Arbitraries.oneOf(
            bytes(0, 40).map(contents -> new NarTree.File(contents, FileKind.PLAIN)),
            bytes(0, 40).map(contents -> new NarTree.File(contents, FileKind.EXECUTABLE)),
            names(20).map(NarTree.Symlink::new));
    if (depth == 0) {
      return leaves;
    }
    Arbitrary<NarTree> directories =
        Arbitraries.maps(names(12), trees(depth - 1))
            .ofMaxSize(4)
            .map(
                (Map<ByteString, NarTree> entries) ->
                    new NarTree.Directory(new TreeMap<>(entries)));
    return Arbitraries.oneOf(leaves, directories);
  }

  private static Arbitrary<ByteString> names(int most) {
    return bytes(1, most).filter(name -> NarRules.nameProblem(name).isEmpty());
  }

  private static Arbitrary<ByteString> bytes(int least, int most) {
    return Arbitraries.bytes()
        .array(byte[].class)
        .ofMinSize(least)
        .ofMaxSize(most)
        .map(ByteString::of);
  }
}
