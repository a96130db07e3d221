<<<<<<< HEAD
/**
 * The only place that knows the JSON library.
 *
 * <p>For the other packages of this module; not exported. Start with {@link
 * io.github.remotebuild.internal.json.JsonAttributes}.
 */
=======
/** The little JSON that Nix's protocols carry. Not exported. */
>>>>>>> store
@NullMarked
package io.github.remotebuild.internal.json;

import org.jspecify.annotations.NullMarked;
