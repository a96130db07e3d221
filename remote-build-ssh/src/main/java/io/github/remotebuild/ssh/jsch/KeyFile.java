package io.github.remotebuild.ssh.jsch;

import com.jcraft.jsch.Identity;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.KeyPair;
import io.github.remotebuild.ssh.PassphraseSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A private key that was read from a file and unlocked. */
final class KeyFile implements Identity {
  /** The largest private key file that is read; a 16384-bit RSA key has about 13 KiB. */
  static final int MAX_FILE_BYTES = 256 * 1024;

  private final Path file;
  private final KeyPair pair;

  private KeyFile(Path file, KeyPair pair) {
    this.file = file;
    this.pair = pair;
  }

  /** Why a key file cannot be used. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean isMissing;
    private final boolean isLocked;
    private final transient Optional<byte[]> publicKey;

    private Unusable(
        String message,
        boolean isMissing,
        boolean isLocked,
        Optional<byte[]> publicKey,
        @Nullable Throwable cause) {
      super(message, cause);
      this.isMissing = isMissing;
      this.isLocked = isLocked;
      this.publicKey = publicKey;
    }

    boolean isMissing() {
      return isMissing;
    }

    /** Whether only the passphrase is wanting; an agent may hold the key unlocked. */
    boolean isLocked() {
      return isLocked;
    }

    /** The public half of a locked key, if its file shows it. */
    Optional<byte[]> publicKey() {
      return publicKey;
    }
  }

  static KeyFile read(JSch jsch, Path file, PassphraseSource passphrases) throws Unusable {
    byte[] bytes = readBytes(file);
    KeyPair pair;
    try {
      if (HostKeyText.decode(new String(bytes, StandardCharsets.US_ASCII)).isPresent()) {
        throw unusable("is a public key; the private key is wanted", null);
      }
      pair = KeyPair.load(jsch, bytes, null);
    } catch (JSchException | RuntimeException e) {
      throw unusable("is no private key that we can read", e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
    if (pair.isEncrypted()) {
      unlock(file, pair, passphrases);
    }
    if (pair.getPublicKeyBlob() == null) {
      throw unusable("is no private key that we can read", null);
    }
    return new KeyFile(file, pair);
  }

  private static Unusable unusable(String reason, @Nullable Throwable cause) {
    return new Unusable(reason, false, false, Optional.empty(), cause);
  }

  private static byte[] readBytes(Path file) throws Unusable {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
      if (bytes.length > MAX_FILE_BYTES) {
        throw unusable("is larger than any private key", null);
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new Unusable("does not exist", true, false, Optional.empty(), e);
    } catch (AccessDeniedException e) {
      throw unusable("may not be read by this process", e);
    } catch (IOException e) {
      throw unusable("cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static void unlock(Path file, KeyPair pair, PassphraseSource passphrases)
      throws Unusable {
    Optional<char[]> passphrase = passphrases.passphraseOf(file);
    if (passphrase.isEmpty()) {
      throw new Unusable(
          "is locked, and no passphrase is known for it",
          false,
          true,
          Optional.ofNullable(pair.getPublicKeyBlob()),
          null);
    }
    byte[] secret = encode(passphrase.get());
    Arrays.fill(passphrase.get(), '\0');
    boolean isOpen;
    try {
      isOpen = pair.decrypt(secret);
    } catch (RuntimeException e) {
      throw unusable("is no private key that we can read", e);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
    if (!isOpen) {
      throw unusable("is locked, and the passphrase given for it does not open it", null);
    }
  }

  /** As UTF-8, without a copy that is left behind. */
  private static byte[] encode(char[] passphrase) {
    byte[] room = new byte[passphrase.length * 3];
    ByteBuffer to = ByteBuffer.wrap(room);
    StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(passphrase), to, true);
    byte[] secret = Arrays.copyOf(room, to.position());
    Arrays.fill(room, (byte) 0);
    return secret;
  }

  @Override
  public boolean setPassphrase(byte @Nullable [] passphrase) {
    return true;
  }

  @Override
  public byte[] getPublicKeyBlob() {
    return pair.getPublicKeyBlob();
  }

  @Override
  public byte[] getSignature(byte[] data) {
    return pair.getSignature(data);
  }

  @Override
  public byte[] getSignature(byte[] data, String algorithm) {
    return pair.getSignature(data, algorithm);
  }

  @Override
  public String getAlgName() {
    return pair.getKeyTypeString();
  }

  @Override
  public String getName() {
    return file.toString();
  }

  @Override
  public boolean isEncrypted() {
    return false;
  }

  @Override
  public void clear() {
    pair.dispose();
  }
}
