package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What two machines have in common if they are one store: user, host, port and remote store.
 *
 * <p>Connections, transfers in flight and the record of outages are kept by this key, because a
 * machines file may name one host on several lines. The scheme is not part of it: {@code ssh://h}
 * and {@code ssh-ng://h} are one store. What only ssh's own configuration could tell (that {@code
 * h} and {@code me@h:22} are the same) counts as different; that costs some sharing and nothing
 * else. Immutable.
 *
 * @param user whom one logs in as, or empty
 * @param host the host, or empty for a store on this computer
 * @param port the port, or empty
 * @param remoteStore which store there: the parameter {@code remote-store} of an ssh URI; for a
 *     store without a host its canonical URI; empty for the default store
 * @since 0.1
 */
public record StoreKey(
    Optional<String> user, Optional<String> host, OptionalInt port, Optional<String> remoteStore) {
  private static final StoreKey LOCAL =
      new StoreKey(Optional.empty(), Optional.empty(), OptionalInt.empty(), Optional.empty());

  /** Checks that the parts are there. */
  public StoreKey {
    requireNonNull(user, "user");
    requireNonNull(host, "host");
    requireNonNull(port, "port");
    requireNonNull(remoteStore, "remoteStore");
  }

  /** The key of this computer's default store, which {@code auto} and {@code daemon} name. */
  public static StoreKey local() {
    return LOCAL;
  }

  /**
   * The key of the store at {@code uri}. Without parameters {@code auto}, {@code daemon} and {@code
   * local} are all {@link #local()}.
   */
  public static StoreKey from(StoreUri uri) {
    if (uri.isSsh()) {
      Optional<String> store = uri.parameter("remote-store").filter(value -> !value.isEmpty());
      return new StoreKey(uri.user(), uri.host(), uri.port(), store);
    }
    String canonical = uri.canonical();
    if (canonical.equals("auto") || canonical.equals("daemon") || canonical.equals("local")) {
      return LOCAL;
    }
    return new StoreKey(uri.user(), uri.host(), uri.port(), Optional.of(canonical));
  }

  /** Such as {@code me@host:2222}, with the remote store in parentheses; for messages. */
  @Override
  public String toString() {
    if (host.isEmpty()) {
      return remoteStore.orElse("local store");
    }
    StringBuilder out = new StringBuilder();
    user.ifPresent(name -> out.append(name).append('@'));
    out.append(host.get().indexOf(':') >= 0 ? "[" + host.get() + "]" : host.get());
    port.ifPresent(number -> out.append(':').append(number));
    remoteStore.ifPresent(store -> out.append(" (").append(store).append(')'));
    return out.toString();
  }
}
