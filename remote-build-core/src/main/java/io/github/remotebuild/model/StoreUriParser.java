package io.github.remotebuild.model;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads store URIs; the grammar is in {@link StoreUri}. */
final class StoreUriParser {
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*");
  private static final Pattern WORD = Pattern.compile("(auto|daemon|local|)(\\?.*)?");
  private static final int MAX_PORT = 65535;

  private final String text;

  private StoreUriParser(String text) {
    this.text = text;
  }

  static boolean isSsh(String scheme) {
    return scheme.equals("ssh") || scheme.equals("ssh-ng") || scheme.equals("mounted-ssh-ng");
  }

  static StoreUri parse(String given) {
    StoreUriParser parser = new StoreUriParser(given);
    if (given.isEmpty() || given.length() > StoreUri.LIMIT_CHARS) {
      throw parser.bad("1 to " + StoreUri.LIMIT_CHARS + " characters");
    }
    if (Words.hasBlankOrControl(given) || given.indexOf('#') >= 0) {
      throw parser.bad("no blanks, control characters and '#'; write %20 for a blank");
    }
    if (given.contains("://")) {
      return parser.withScheme(given);
    }
    if (WORD.matcher(given).matches()) {
      return parser.word();
    }
    if (given.contains("/")) {
      return parser.path();
    }
    return parser.withScheme("ssh://" + given);
  }

  private StoreUri word() {
    String base = beforeQuery(text);
    return new StoreUri(
        text,
        base.isEmpty() ? "auto" : base,
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        "",
        parameters(text));
  }

  private StoreUri path() {
    return new StoreUri(
        text,
        "local",
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        beforeQuery(text),
        parameters(text));
  }

  private StoreUri withScheme(String uri) {
    String base = beforeQuery(uri);
    int colon = base.indexOf("://");
    if (colon < 0 || !SCHEME.matcher(base.substring(0, colon)).matches()) {
      throw bad("a scheme such as ssh before '://'");
    }
    String scheme = base.substring(0, colon);
    String rest = base.substring(colon + "://".length());
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    String path = slash < 0 ? "" : rest.substring(slash);
    if (isSsh(scheme)) {
      if (authority.isEmpty()) {
        throw bad("a host name after '" + scheme + "://'");
      }
      if (!path.isEmpty()) {
        throw bad("nothing after the host name; a remote store goes into ?remote-store=");
      }
    }
    if (authority.isEmpty()) {
      return new StoreUri(
          uri,
          scheme,
          Optional.empty(),
          Optional.empty(),
          OptionalInt.empty(),
          path,
          parameters(uri));
    }
    int at = authority.indexOf('@');
    Optional<String> user =
        at < 0 ? Optional.empty() : Optional.of(user(authority.substring(0, at)));
    String address = authority.substring(at + 1);
    int end = endOfHost(address);
    return new StoreUri(
        uri,
        scheme,
        user,
        Optional.of(host(address.substring(0, end))),
        port(address.substring(end)),
        path,
        parameters(uri));
  }

  private String user(String encoded) {
    if (encoded.indexOf(':') >= 0) {
      throw bad("a user without ':'; passwords are not supported");
    }
    return name(encoded, "user");
  }

  /** Where the host ends in {@code host[:port]}. */
  private int endOfHost(String address) {
    if (address.startsWith("[")) {
      int close = address.indexOf(']');
      if (close < 0) {
        throw bad("a ']' after the IPv6 address");
      }
      return close + 1;
    }
    int zone = address.indexOf('%');
    if (Ipv6.isAddress(zone < 0 ? address : address.substring(0, zone))) {
      return address.length();
    }
    int colon = address.indexOf(':');
    return colon < 0 ? address.length() : colon;
  }

  private String host(String encoded) {
    boolean isBracketed = encoded.startsWith("[");
    String inner = isBracketed ? encoded.substring(1, encoded.length() - 1) : encoded;
    int percent = inner.indexOf('%');
    String address = percent < 0 ? inner : inner.substring(0, percent);
    if (!Ipv6.isAddress(address)) {
      if (isBracketed) {
        throw bad("an IPv6 address between '[' and ']'");
      }
      return name(encoded, "host");
    }
    if (percent < 0) {
      return address;
    }
    String zone = inner.substring(percent + 1);
    zone = zone.startsWith("25") && zone.length() > 2 ? zone.substring(2) : zone;
    if (!zone.matches("[A-Za-z0-9._~-]+")) {
      throw bad("a zone such as eth0 after '%' in the IPv6 address");
    }
    return address + "%" + zone;
  }

  private String name(String encoded, String what) {
    String name =
        PercentCode.decode(encoded)
            .orElseThrow(() -> bad("two hexadecimal digits of UTF-8 text after each '%'"));
    if (name.isEmpty()) {
      throw bad("a " + what + " name that is not empty");
    }
    if (name.startsWith("-")) {
      throw bad("a " + what + " name that does not begin with '-'");
    }
    if (Words.hasBlankOrControl(name) || encoded.indexOf('@') >= 0) {
      throw bad("a " + what + " name without blanks and '@'; write %40 for '@' in a user name");
    }
    if (what.equals("host") && (name.indexOf('@') >= 0 || name.indexOf('/') >= 0)) {
      throw bad("a host name without '@' and '/'");
    }
    return name;
  }

  private OptionalInt port(String colonAndPort) {
    if (colonAndPort.isEmpty()) {
      return OptionalInt.empty();
    }
    String digits = colonAndPort.substring(1);
    if (colonAndPort.charAt(0) == ':' && digits.matches("[0-9]{1,5}")) {
      int port = Integer.parseInt(digits);
      if (port >= 1 && port <= MAX_PORT) {
        return OptionalInt.of(port);
      }
    }
    throw bad("a port from 1 to " + MAX_PORT + " after the host name");
  }

  private static String beforeQuery(String uri) {
    int question = uri.indexOf('?');
    return question < 0 ? uri : uri.substring(0, question);
  }

  private SortedMap<String, String> parameters(String uri) {
    SortedMap<String, String> parameters = new TreeMap<>();
    int question = uri.indexOf('?');
    if (question < 0) {
      return parameters;
    }
    for (String part : uri.substring(question + 1).split("&", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      int equals = part.indexOf('=');
      if (equals <= 0) {
        throw bad("name=value in each parameter");
      }
      String name = decoded(part.substring(0, equals));
      if (parameters.put(name, decoded(part.substring(equals + 1))) != null) {
        throw bad("parameter " + name + " only once");
      }
    }
    return parameters;
  }

  private String decoded(String encoded) {
    return PercentCode.decode(encoded)
        .orElseThrow(() -> bad("two hexadecimal digits of UTF-8 text after each '%'"));
  }

  private FormatException bad(String expected) {
    return new FormatException("store URI", "", expected, "'" + text + "'");
  }
}
