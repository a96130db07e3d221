package io.github.remotebuild.wire;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The greeting that client and server of the serve protocol exchange.
 *
 * <pre>
 * client: integer 0x390c9deb, integer version
 * server: integer 0x5452eecb, integer version
 * </pre>
 *
 * <p>A version is major * 256 + minor, and both sides use the lower one. This library announces 2.7
 * and accepts servers from 2.5 (Nix 2.1) on; later minors fall back to 2.7. What the far side
 * prints before its greeting, such as the output of shell start-up files, is skipped up to {@link
 * WireLimits#noiseBytes}. Immutable. Source: {@code src/libstore/serve-protocol.hh}.
 *
 * @param serverVersion the version that the server announced
 * @param noise what came before its greeting, read as UTF-8; usually empty
 * @since 0.1
 */
public record ServeGreeting(int serverVersion, String noise) {
  /** The version this library speaks: 2.7. */
  public static final int CLIENT_VERSION = 0x207;

  /** The lowest version it accepts: 2.5, the first that can add an archive as a stream. */
  public static final int LOWEST_VERSION = 0x205;

  static final long CLIENT_MAGIC = 0x390c9debL;
  static final long SERVER_MAGIC = 0x5452eecbL;

  /** Refuses null. */
  public ServeGreeting {
    requireNonNull(noise, "noise");
  }

  /** The version that both sides use. */
  public int version() {
    return Math.min(serverVersion, CLIENT_VERSION);
  }

  /** A version as people write it, such as {@code 2.7}. */
  public static String versionText(long version) {
    return (version >>> 8) + "." + (version & 0xff);
  }

  /**
   * Greets a server.
   *
   * @throws GreetingException if it is none, or one of a version we do not speak
   * @throws IOException if a stream throws it
   */
  public static ServeGreeting exchange(WireInput in, WireOutput out, WireLimits limits)
      throws IOException {
    Optional<IOException> unsent = send(out);
    String noise;
    try {
      noise = skipToMagic(in, limits.noiseBytes());
    } catch (GreetingException e) {
      unsent.ifPresent(e::addSuppressed);
      throw e;
    }
    if (unsent.isPresent()) {
      throw unsent.get();
    }
    long version = in.readLong("the version of the serve protocol");
    if (version >>> 8 != 2 || version < LOWEST_VERSION) {
      throw new GreetingException(
          GreetingException.Reason.WRONG_VERSION,
          "it speaks version "
              + versionText(version)
              + " of the serve protocol, and 2.5 or a later 2.x is needed (Nix 2.1 or later)",
          noise);
    }
    return new ServeGreeting((int) version, noise);
  }

  /**
   * What kept the greeting from being sent: who has ended does not read it, but may have spoken.
   */
  private static Optional<IOException> send(WireOutput out) {
    try {
      out.writeLong(CLIENT_MAGIC);
      out.writeLong(CLIENT_VERSION);
      out.flush();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e);
    }
  }

  private static String skipToMagic(WireInput in, int limitBytes) throws IOException {
    byte[] noise = new byte[256];
    int count = 0;
    long window = 0;
    while (true) {
      int next;
      try {
        next = in.readByte();
      } catch (IOException e) {
        throw new GreetingException(
            GreetingException.Reason.ENDED, "it broke off", text(noise, count), e);
      }
      if (next < 0) {
        throw new GreetingException(
            GreetingException.Reason.ENDED, "it ended without a greeting", text(noise, count));
      }
      if (count == noise.length) {
        noise = java.util.Arrays.copyOf(noise, count * 2);
      }
      noise[count++] = (byte) next;
      window = window >>> 8 | (long) next << 56;
      if (count >= Long.BYTES && window == SERVER_MAGIC) {
        return text(noise, count - Long.BYTES);
      }
      if (count >= limitBytes + Long.BYTES) {
        throw new GreetingException(
            GreetingException.Reason.NOISE,
            "it sent " + limitBytes + " bytes that are no greeting",
            text(noise, count));
      }
    }
  }

  private static String text(byte[] noise, int count) {
    return new String(noise, 0, count, StandardCharsets.UTF_8);
  }
}
