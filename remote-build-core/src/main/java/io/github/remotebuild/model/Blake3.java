package io.github.remotebuild.model;

import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The hash BLAKE3 with 32 bytes, which no Java runtime brings along.
 *
 * <p>Chunks of 1024 bytes are the leaves of a binary tree, which is completed from the left; on the
 * stack are the roots of the finished subtrees, the largest at the bottom.
 */
final class Blake3 extends MessageDigest {
  private static final int SIZE_BYTES = 32;
  private static final int BLOCK_BYTES = 64;
  private static final int BLOCKS_IN_CHUNK = 16;
  private static final int ROUNDS = 7;

  private static final int CHUNK_START = 1;
  private static final int CHUNK_END = 2;
  private static final int PARENT = 4;
  private static final int ROOT = 8;

  private static final int[] IV = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
  };
  private static final int[] PERMUTATION = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};

  private final Deque<int[]> subtrees = new ArrayDeque<>();
  private final byte[] block = new byte[BLOCK_BYTES];
  private int blockLength;
  private int blocksDone;
  private long chunksDone;
  private int[] chain = IV;

  Blake3() {
    super("BLAKE3");
  }

  @Override
  protected int engineGetDigestLength() {
    return SIZE_BYTES;
  }

  @Override
  protected void engineReset() {
    subtrees.clear();
    chunksDone = 0;
    beginChunk();
  }

  private void beginChunk() {
    chain = IV;
    blockLength = 0;
    blocksDone = 0;
  }

  @Override
  protected void engineUpdate(byte input) {
    engineUpdate(new byte[] {input}, 0, 1);
  }

  @Override
  protected void engineUpdate(byte[] input, int offset, int length) {
    int from = offset;
    int end = offset + length;
    while (from < end) {
      if (blockLength == BLOCK_BYTES) {
        endBlock();
      }
      int count = Math.min(BLOCK_BYTES - blockLength, end - from);
      System.arraycopy(input, from, block, blockLength, count);
      blockLength += count;
      from += count;
    }
  }

  /** Ends a full block after which something comes. */
  private void endBlock() {
    boolean isLast = blocksDone == BLOCKS_IN_CHUNK - 1;
    chain = compress(chain, words(), chunksDone, BLOCK_BYTES, chunkFlags(isLast));
    blockLength = 0;
    blocksDone++;
    if (isLast) {
      endChunk();
    }
  }

  private int chunkFlags(boolean isLast) {
    return (blocksDone == 0 ? CHUNK_START : 0) | (isLast ? CHUNK_END : 0);
  }

  private void endChunk() {
    int[] subtree = chain;
    chunksDone++;
    for (long rest = chunksDone; (rest & 1) == 0; rest >>= 1) {
      subtree = compress(IV, joined(subtrees.pop(), subtree), 0, BLOCK_BYTES, PARENT);
    }
    subtrees.push(subtree);
    beginChunk();
  }

  @Override
  protected byte[] engineDigest() {
    int flags = chunkFlags(true);
    int[] words = words();
    int[] key = chain;
    long counter = chunksDone;
    int length = blockLength;
    while (!subtrees.isEmpty()) {
      words = joined(subtrees.pop(), compress(key, words, counter, length, flags));
      key = IV;
      counter = 0;
      length = BLOCK_BYTES;
      flags = PARENT;
    }
    int[] root = compress(key, words, counter, length, flags | ROOT);
    engineReset();
    byte[] digest = new byte[SIZE_BYTES];
    for (int i = 0; i < SIZE_BYTES; i++) {
      digest[i] = (byte) (root[i / 4] >>> (i % 4 * 8));
    }
    return digest;
  }

  private static int[] joined(int[] left, int[] right) {
    int[] words = new int[16];
    System.arraycopy(left, 0, words, 0, 8);
    System.arraycopy(right, 0, words, 8, 8);
    return words;
  }

  /** The block as little-endian words, zeros after its end. */
  private int[] words() {
    int[] words = new int[16];
    for (int i = 0; i < blockLength; i++) {
      words[i / 4] |= (block[i] & 0xff) << (i % 4 * 8);
    }
    return words;
  }

  private static int[] compress(int[] chain, int[] block, long counter, int length, int flags) {
    int[] v = joined(chain, IV);
    v[12] = (int) counter;
    v[13] = (int) (counter >>> 32);
    v[14] = length;
    v[15] = flags;
    int[] m = block;
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < 4; i++) {
        mix(v, i, 4 + i, 8 + i, 12 + i, m[2 * i], m[2 * i + 1]);
      }
      for (int i = 0; i < 4; i++) {
        mix(v, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, m[8 + 2 * i], m[9 + 2 * i]);
      }
      int[] next = new int[16];
      for (int i = 0; i < 16; i++) {
        next[i] = m[PERMUTATION[i]];
      }
      m = next;
    }
    int[] out = new int[8];
    for (int i = 0; i < 8; i++) {
      out[i] = v[i] ^ v[i + 8];
    }
    return out;
  }

  private static void mix(int[] v, int a, int b, int c, int d, int x, int y) {
    v[a] += v[b] + x;
    v[d] = Integer.rotateRight(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = Integer.rotateRight(v[b] ^ v[c], 12);
    v[a] += v[b] + y;
    v[d] = Integer.rotateRight(v[d] ^ v[a], 8);
    v[c] += v[d];
    v[b] = Integer.rotateRight(v[b] ^ v[c], 7);
  }
}
