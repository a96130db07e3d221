/**
 * Store processes on this and other machines: ask, read, add, build, copy.
 *
 * <p>For the runtime, and for people who want to move store paths without building. Start with
 * {@link io.github.remotebuild.store.ServeSession#open}, which turns a connection into a {@link
 * io.github.remotebuild.store.StoreSession}; {@link io.github.remotebuild.store.ClosureCopy} moves
 * paths between any two of them. Everything here throws {@link
 * io.github.remotebuild.store.StoreException}.
 */
@NullMarked
package io.github.remotebuild.store;

import org.jspecify.annotations.NullMarked;
