/**
 * How {@code RemoteBuilds} behaves on an embedded farm, also when machines, the hub or the program
 * around it do not do their part. Uses what users can use, and nothing else.
 *
 * <p>Start with {@link io.github.remotebuild.engine.FarmFixture}.
 */
package io.github.remotebuild.engine;
