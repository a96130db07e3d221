package io.github.remotebuild;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.dispatch.RestRule;
import io.github.remotebuild.dispatch.ShareRule;
import io.github.remotebuild.internal.runtime.Engine;
import io.github.remotebuild.internal.runtime.EngineSettings;
import io.github.remotebuild.internal.runtime.WatchedFile;
import io.github.remotebuild.lease.SlotLeases;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.policy.SelectionPolicy;
import io.github.remotebuild.store.ServeStore;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.transport.LocalTransport;
import io.github.remotebuild.transport.Transport;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.time.Clock;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Describes a {@link RemoteBuilds}. Immutable; each method returns a changed copy, and each may be
 * called once: a second call throws {@link IllegalStateException}.
 *
 * @since 0.1
 */
public final class RemoteBuildsBuilder {
  private static final Transport NO_SSH =
      (endpoint, options) -> {
        throw new TransportException(
            TransportProblem.MISCONFIGURED,
            "Could not connect to "
                + endpoint.name()
                + ": no transport for ssh was given; call connectingWith(...), for example with"
                + " SshTransport of remote-build-ssh");
      };

  private final Farm farm;
  private final Optional<WatchedFile> watched;
  private final Options options;

  private enum Substitution {
    ON,
    OFF
  }

  /** An option that can be set once. */
  private record Setting<T>(String name, T value, boolean isSet) {
    static <T> Setting<T> unset(String name, T fallback) {
      return new Setting<>(name, fallback, false);
    }

    Setting<T> to(T chosen) {
      requireNonNull(chosen, name);
      if (isSet) {
        throw new IllegalStateException(name + " is set twice: to " + value + " and to " + chosen);
      }
      return new Setting<>(name, chosen, true);
    }
  }

  /** All options; changed only while a copy is being made. */
  private static final class Options {
    Setting<Transport> transport = Setting.unset("connectingWith", NO_SSH);
    Setting<Store> hub = Setting.unset("hub", ServeStore.local());
    Setting<SelectionPolicy> policy = Setting.unset("choosingBy", SelectionPolicy.nix());
    // Each instance makes its own if none is given.
    Setting<Optional<SlotLeases>> leases = Setting.unset("leasingFrom", Optional.empty());
    Setting<BuildListener> listener = Setting.unset("listening", BuildListener.silent());
    Setting<Limits> limits = Setting.unset("limits", Limits.defaults());
    Setting<RestRule> restRule = Setting.unset("resting", RestRule.defaults());
    Setting<ShareRule> shareRule = Setting.unset("sharing", ShareRule.equal());
    Setting<ThreadFactory> threads = Setting.unset("threads", namedThreads());
    Setting<Substitution> substitution = Setting.unset("substitution", Substitution.ON);

    Options copy() {
      Options copy = new Options();
      copy.transport = transport;
      copy.hub = hub;
      copy.policy = policy;
      copy.leases = leases;
      copy.listener = listener;
      copy.limits = limits;
      copy.restRule = restRule;
      copy.shareRule = shareRule;
      copy.threads = threads;
      copy.substitution = substitution;
      return copy;
    }
  }

  RemoteBuildsBuilder(Farm farm, Optional<WatchedFile> watched) {
    this(farm, watched, new Options());
  }

  private RemoteBuildsBuilder(Farm farm, Optional<WatchedFile> watched, Options options) {
    this.farm = farm;
    this.watched = watched;
    this.options = options;
  }

  private RemoteBuildsBuilder with(Consumer<Options> change) {
    Options changed = options.copy();
    change.accept(changed);
    return new RemoteBuildsBuilder(farm, watched, changed);
  }

  /** Reaches machines that are not this computer in this way. Needed if the farm has any. */
  public RemoteBuildsBuilder connectingWith(Transport chosen) {
    return with(o -> o.transport = o.transport.to(chosen));
  }

  /** Uses this store as the hub. Default: {@link ServeStore#local()}. */
  public RemoteBuildsBuilder hub(Store chosen) {
    return with(o -> o.hub = o.hub.to(chosen));
  }

  /**
   * Chooses machines by this policy. Default: {@link SelectionPolicy#nix()}.
   *
   * @param chosen called by the thread that places builds; if it throws, every request that is
   *     being worked on fails with that as the reason
   */
  public RemoteBuildsBuilder choosingBy(SelectionPolicy chosen) {
    return with(o -> o.policy = o.policy.to(chosen));
  }

  /**
   * Takes build slots from here. Default: counted in each instance alone.
   *
   * @param chosen called by the thread that places builds, so it returns at once; one that throws,
   *     or gives no answer within {@link Limits#leaseTimeout}, has refused
   */
  public RemoteBuildsBuilder leasingFrom(SlotLeases chosen) {
    return with(o -> o.leases = o.leases.to(Optional.of(chosen)));
  }

  /** Tells this listener of every request. Default: nobody. */
  public RemoteBuildsBuilder listening(BuildListener chosen) {
    return with(o -> o.listener = o.listener.to(chosen));
  }

  /** Keeps these bounds. Default: {@link Limits#defaults()}. */
  public RemoteBuildsBuilder limits(Limits chosen) {
    return with(o -> o.limits = o.limits.to(chosen));
  }

  /** Lets failing machines rest by this rule. Default: {@link RestRule#defaults()}. */
  public RemoteBuildsBuilder resting(RestRule chosen) {
    return with(o -> o.restRule = o.restRule.to(chosen));
  }

  /**
   * Shares the farm between callers by this rule. Default: {@link ShareRule#equal()}.
   *
   * @see BuildRequest#caller
   * @see BuildRequest#priority
   */
  public RemoteBuildsBuilder sharing(ShareRule chosen) {
    return with(o -> o.shareRule = o.shareRule.to(chosen));
  }

  /**
   * Takes all threads from here, also those of connections. Default: daemon threads called {@code
   * remote-build-<n>}.
   *
   * @param chosen a factory that makes a thread for each call, or throws
   */
  public RemoteBuildsBuilder threads(ThreadFactory chosen) {
    return with(o -> o.threads = o.threads.to(chosen));
  }

  /** Never asks the hub to substitute: what it lacks is built. */
  public RemoteBuildsBuilder withoutSubstitution() {
    return with(o -> o.substitution = o.substitution.to(Substitution.OFF));
  }

  /** Starts the instance, which the caller closes. Nothing is connected before the first build. */
  public RemoteBuilds open() {
    return new RemoteBuilds(
        new Engine(
            new EngineSettings(
                farm,
                watched,
                options.transport.value(),
                LocalTransport.withDefaults(),
                options.hub.value(),
                options.substitution.value() == Substitution.ON,
                options.policy.value(),
                options.leases.value().orElseGet(SlotLeases::inProcess),
                options.restRule.value(),
                options.shareRule.value(),
                options.limits.value(),
                options.listener.value(),
                options.threads.value(),
                Clock.systemUTC(),
                System::nanoTime,
                new SplittableRandom())));
  }

  private static ThreadFactory namedThreads() {
    AtomicLong count = new AtomicLong();
    return task -> {
      Thread thread = new Thread(task, "remote-build-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
