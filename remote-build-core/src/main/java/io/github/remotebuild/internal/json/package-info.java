/**
 * The only place that knows the JSON library.
 *
 * <p>For the other packages of this module; not exported. {@link
 * io.github.remotebuild.internal.json.JsonAttributes} reads a derivation's structured attributes,
 * {@link io.github.remotebuild.internal.json.RealisationJson} what the serve protocol says of built
 * outputs.
 */
@NullMarked
package io.github.remotebuild.internal.json;

import org.jspecify.annotations.NullMarked;
