package io.github.remotebuild.ssh.jsch;

import java.util.Arrays;

/** A host key we were told about, and where. */
final class KnownKey {
  /** What the line it stands on says about it. */
  enum Marker {
    /** A key of the host. */
    PLAIN,
    /** A key that may sign the host's certificates. */
    CERT_AUTHORITY,
    /** A key that must never be accepted. */
    REVOKED
  }

  private final Marker marker;
  private final byte[] blob;
  private final String origin;

  KnownKey(Marker marker, byte[] blob, String origin) {
    this.marker = marker;
    this.blob = blob.clone();
    this.origin = origin;
  }

  Marker marker() {
    return marker;
  }

  byte[] blob() {
    return blob.clone();
  }

  boolean is(byte[] key) {
    return Arrays.equals(blob, key);
  }

  String type() {
    return Fingerprint.typeOf(blob);
  }

  /** For messages: type, fingerprint and origin. */
  @Override
  public String toString() {
    return Fingerprint.describe(blob) + " (" + origin + ")";
  }
}
