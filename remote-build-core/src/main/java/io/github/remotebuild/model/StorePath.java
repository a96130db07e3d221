package io.github.remotebuild.model;

/**
 * The path of a store object: {@code <store dir>/<32 base-32 characters>-<name>}.
 *
 * <p>The grammar is the strictest of Nix 2.8 to 2.36: the name has 1 to 211 characters from {@code
 * 0-9 a-z A-Z + - . _ ? =} and is not {@code .} or {@code ..} nor begins with {@code .-} or {@code
 * ..-}. The order is Nix's: by base name. Instances are immutable.
 *
 * @since 0.1
 */
public final class StorePath implements Comparable<StorePath> {
  /** The number of characters of {@link #hashPart()}. */
  public static final int HASH_PART_LENGTH = 32;

  /** The most characters a name may have. */
  public static final int NAME_LENGTH_LIMIT = 211;

  static final String DRV_SUFFIX = ".drv";

  private final StoreDir storeDir;
  private final String baseName;

  private StorePath(StoreDir storeDir, String baseName) {
    this.storeDir = storeDir;
    this.baseName = baseName;
  }

  /**
   * The store path in {@code /nix/store} that {@code text} spells in full. For other store
   * directories see {@link StoreDir#parse}.
   *
   * @throws FormatException if it is none
   */
  public static StorePath parse(String text) {
    return StoreDir.NIX.parse(text);
  }

  /**
   * The store path with this hash part and name.
   *
   * @param hash 20 bytes
   * @throws FormatException if the name cannot be that of a store path
   */
  public static StorePath of(StoreDir storeDir, byte[] hash, String name) {
    if (hash.length != 20) {
      throw new IllegalArgumentException("A store path hash has 20 bytes, not " + hash.length);
    }
    return fromBaseName(storeDir, NixBase32.encode(hash) + "-" + name);
  }

  static StorePath fromBaseName(StoreDir storeDir, String baseName) {
    return fromText(storeDir, baseName, 0);
  }

  /** The store path whose base name begins at {@code start} of {@code text}. */
  static StorePath fromText(StoreDir storeDir, String text, int start) {
    int nameStart = start + HASH_PART_LENGTH + 1;
    if (text.length() <= nameStart) {
      throw problem(text, text.length(), "32 characters of hash, a dash and a name");
    }
    for (int i = start; i < nameStart - 1; i++) {
      if (!NixBase32.isDigit(text.charAt(i))) {
        throw problem(text, i, "a base-32 digit of the hash (no e, o, t, u)");
      }
    }
    if (text.charAt(nameStart - 1) != '-') {
      throw problem(text, nameStart - 1, "a dash after the hash");
    }
    checkName(text, nameStart);
    return new StorePath(storeDir, text.substring(start));
  }

  /** Whether {@code text} can stand after the hash part. */
  static boolean isName(String text) {
    try {
      checkName(text, 0);
      return !text.isEmpty();
    } catch (FormatException e) {
      return false;
    }
  }

  private static void checkName(String text, int start) {
    if (text.length() - start > NAME_LENGTH_LIMIT) {
      throw problem(
          text,
          start + NAME_LENGTH_LIMIT,
          "the end, as a name has at most " + NAME_LENGTH_LIMIT + " characters");
    }
    for (int i = start; i < text.length(); i++) {
      if (!isNameCharacter(text.charAt(i))) {
        throw problem(text, i, "a letter, a digit or one of + - . _ ? =");
      }
    }
    if (text.startsWith(".", start)) {
      int dots = text.startsWith("..", start) ? 2 : 1;
      if (start + dots == text.length() || text.charAt(start + dots) == '-') {
        throw problem(text, start, "a name that is not '.' or '..' up to its first dash");
      }
    }
  }

  static boolean isNameCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || (c >= 'A' && c <= 'Z')
        || "+-._?=".indexOf(c) >= 0;
  }

  private static FormatException problem(String text, int at, String expected) {
    return new FormatException("store path", "character " + (at + 1), expected, "'" + text + "'");
  }

  /** The directory of the store. */
  public StoreDir storeDir() {
    return storeDir;
  }

  /** The last component: hash part, dash, name. */
  public String baseName() {
    return baseName;
  }

  /** The 32 characters before the name. */
  public String hashPart() {
    return baseName.substring(0, HASH_PART_LENGTH);
  }

  /** The name, without the hash part. */
  public String name() {
    return baseName.substring(HASH_PART_LENGTH + 1);
  }

  /** Whether this is the path of a derivation: its name ends in {@code .drv}. */
  public boolean isDerivation() {
    return baseName.endsWith(DRV_SUFFIX) && baseName.length() > HASH_PART_LENGTH + 1 + 4;
  }

  /**
   * The name of the derivation at this path: the name without {@code .drv}.
   *
   * @throws IllegalStateException if this is not the path of a derivation
   */
  public String derivationName() {
    if (!isDerivation()) {
      throw new IllegalStateException(this + " is not the path of a derivation");
    }
    return baseName.substring(HASH_PART_LENGTH + 1, baseName.length() - DRV_SUFFIX.length());
  }

  @Override
  public int compareTo(StorePath other) {
    int byName = baseName.compareTo(other.baseName);
    return byName != 0 ? byName : storeDir.compareTo(other.storeDir);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StorePath that
        && baseName.equals(that.baseName)
        && storeDir.equals(that.storeDir);
  }

  @Override
  public int hashCode() {
    return baseName.hashCode();
  }

  /** The full path, as Nix prints it. */
  @Override
  public String toString() {
    return storeDir.path() + "/" + baseName;
  }
}
