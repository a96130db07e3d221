/**
 * The words of the field as immutable types: store paths, hashes, derivations, path infos,
 * machines.
 *
 * <p>For everybody. Start with {@link io.github.remotebuild.model.StorePath}. An instance that
 * exists is valid; what comes from outside enters through {@code parse} and is refused with a
 * {@link io.github.remotebuild.model.FormatException}.
 */
@NullMarked
package io.github.remotebuild.model;

import org.jspecify.annotations.NullMarked;
