package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.BuildListener;
import io.github.remotebuild.Limits;
import io.github.remotebuild.dispatch.RestRule;
import io.github.remotebuild.dispatch.ShareRule;
import io.github.remotebuild.lease.SlotLeases;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.policy.SelectionPolicy;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.transport.Transport;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Everything an {@link Engine} is made of.
 *
 * @param farm the machines to begin with
 * @param watched the file that lists them, if it is watched
 * @param ssh how those elsewhere are reached
 * @param local how this computer is
 * @param hub holds the derivations and receives the results
 * @param isSubstituting whether the hub may substitute while planning
 * @param policy chooses machines
 * @param leases hands out slots
 * @param restRule how long failing machines rest
 * @param shareRule how callers share the farm
 * @param limits every bound
 * @param listener hears of every request
 * @param threads makes all threads
 * @param clock tells the time of day
 * @param nanoTime tells how time passes
 * @param random for jitter
 */
public record EngineSettings(
    Farm farm,
    Optional<WatchedFile> watched,
    Transport ssh,
    Transport local,
    Store hub,
    boolean isSubstituting,
    SelectionPolicy policy,
    SlotLeases leases,
    RestRule restRule,
    ShareRule shareRule,
    Limits limits,
    BuildListener listener,
    ThreadFactory threads,
    InstantSource clock,
    LongSupplier nanoTime,
    RandomGenerator random) {}
