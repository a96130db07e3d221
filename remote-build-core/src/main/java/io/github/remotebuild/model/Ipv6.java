package io.github.remotebuild.model;

/**
 * The text form of IPv6 addresses (RFC 4291, section 2.2), without brackets and zone.
 *
 * <p>The JDK's own parser is not used because it asks the name service about what is no address.
 */
final class Ipv6 {
  private static final int GROUPS = 8;

  private Ipv6() {}

  /** Whether {@code text} is an address such as {@code ::1} or {@code fe80::1.2.3.4}. */
  static boolean isAddress(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      return groups(text) == GROUPS;
    }
    String left = text.substring(0, gap);
    String right = text.substring(gap + 2);
    if (right.contains("::") || left.indexOf('.') >= 0) {
      return false;
    }
    int leftGroups = left.isEmpty() ? 0 : groups(left);
    int rightGroups = right.isEmpty() ? 0 : groups(right);
    return leftGroups >= 0 && rightGroups >= 0 && leftGroups + rightGroups < GROUPS;
  }

  /** How many 16-bit groups the text stands for, or -1 if some part of it is none. */
  private static int groups(String text) {
    String[] parts = text.split(":", -1);
    int count = 0;
    for (int i = 0; i < parts.length; i++) {
      if (i == parts.length - 1 && isDottedQuad(parts[i])) {
        count += 2;
      } else if (parts[i].matches("[0-9A-Fa-f]{1,4}")) {
        count++;
      } else {
        return -1;
      }
    }
    return count;
  }

  private static boolean isDottedQuad(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (String part : parts) {
      if (!part.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(part) > 255) {
        return false;
      }
    }
    return true;
  }
}
