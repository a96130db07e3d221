package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * Where a store is: the first column of a machines file, or the value of {@code --store}.
 *
 * <pre>
 * uri       = scheme "://" [ authority ] [ path ] [ "?" parameters ]
 *           | ( "auto" | "daemon" | "local" | "" ) [ "?" parameters ]
 *           | a path: something with "/" and without "://"
 *           | anything else: "ssh://" is put before it
 * authority = [ user "@" ] host [ ":" port ]
 * host      = name | IPv6 address [ "%" zone ], with or without "[" "]"
 * parameters = name "=" value { "&amp;" name "=" value }
 * </pre>
 *
 * <p>User, host and parameters are percent-decoded. Without brackets an IPv6 address takes the rest
 * of the authority, so it cannot have a port. Source: {@code src/libstore/machines.cc} and {@code
 * store-reference.cc}, Nix 2.34. Refused here although Nix lets them pass with a warning: a
 * parameter without {@code =}, and a parameter given twice.
 *
 * <p>A host or user that begins with {@code -} is refused, because ssh would take it for an option.
 * Two URIs are equal if their texts are; whether they name one store is asked of {@link StoreKey}.
 * Immutable.
 *
 * @since 0.1
 */
public final class StoreUri {
  /** The longest text that is accepted, in characters; a bound against runaway input. */
  public static final int LIMIT_CHARS = 4096;

  private final String text;
  private final String scheme;
  private final Optional<String> user;
  private final Optional<String> host;
  private final OptionalInt port;
  private final String path;
  private final SortedMap<String, String> parameters;

  StoreUri(
      String text,
      String scheme,
      Optional<String> user,
      Optional<String> host,
      OptionalInt port,
      String path,
      SortedMap<String, String> parameters) {
    this.text = requireNonNull(text, "text");
    this.scheme = requireNonNull(scheme, "scheme");
    this.user = requireNonNull(user, "user");
    this.host = requireNonNull(host, "host");
    this.port = requireNonNull(port, "port");
    this.path = requireNonNull(path, "path");
    this.parameters = Collections.unmodifiableSortedMap(parameters);
  }

  /**
   * Reads a store URI by the rules of the machines file: a bare name means {@code ssh://}.
   *
   * @throws FormatException if the text is none; the message says which part is wrong
   */
  public static StoreUri parse(String text) {
    return StoreUriParser.parse(requireNonNull(text, "text"));
  }

  /**
   * The scheme, such as {@code ssh}, {@code ssh-ng} or {@code https}; {@code auto}, {@code daemon}
   * or {@code local} for these words, and {@code local} for a path.
   */
  public String scheme() {
    return scheme;
  }

  /** Whom to log in as, decoded; empty if the URI does not say. */
  public Optional<String> user() {
    return user;
  }

  /** The name or address, decoded and without brackets; empty if the URI has none. */
  public Optional<String> host() {
    return host;
  }

  /** The port, from 1 to 65535; empty if the URI does not say. */
  public OptionalInt port() {
    return port;
  }

  /** What follows the authority, up to the parameters, as written; empty if there is nothing. */
  public String path() {
    return path;
  }

  /** The parameters by name, decoded, sorted and unmodifiable. */
  public SortedMap<String, String> parameters() {
    return parameters;
  }

  /** The decoded value of the parameter called {@code name}. */
  public Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(requireNonNull(name, "name")));
  }

  /** Whether the store is reached by ssh: {@code ssh}, {@code ssh-ng} or {@code mounted-ssh-ng}. */
  public boolean isSsh() {
    return StoreUriParser.isSsh(scheme);
  }

  /**
   * The form in which Nix 2.23 and later print the URI again: parameters sorted and encoded, words
   * and paths spelled out ({@code /data} becomes {@code local:///data}).
   */
  public String canonical() {
    StringBuilder out = new StringBuilder();
    if (isWord() && (parameters.isEmpty() || scheme.equals("auto"))) {
      out.append(scheme);
    } else {
      out.append(scheme.equals("daemon") ? "unix" : scheme).append("://");
      user.ifPresent(name -> out.append(PercentCode.encode(name, "!$&'()*+,;=")).append('@'));
      host.ifPresent(name -> out.append(encodedHost(name)));
      port.ifPresent(number -> out.append(':').append(number));
      out.append(path);
    }
    char separator = '?';
    for (var parameter : parameters.entrySet()) {
      out.append(separator)
          .append(PercentCode.encode(parameter.getKey(), ":@/?"))
          .append('=')
          .append(PercentCode.encode(parameter.getValue(), ":@/?"));
      separator = '&';
    }
    return out.toString();
  }

  private boolean isWord() {
    return host.isEmpty()
        && path.isEmpty()
        && (scheme.equals("auto") || scheme.equals("daemon") || scheme.equals("local"));
  }

  private static String encodedHost(String host) {
    int zone = host.indexOf('%');
    if (!Ipv6.isAddress(zone < 0 ? host : host.substring(0, zone))) {
      return PercentCode.encode(host, "!$&'()*+,;=");
    }
    return "["
        + (zone < 0 ? host : host.substring(0, zone) + "%25" + host.substring(zone + 1))
        + "]";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoreUri that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The text as it was given, with {@code ssh://} before a bare name, as Nix 2.8 shows it. */
  @Override
  public String toString() {
    return text;
  }
}
