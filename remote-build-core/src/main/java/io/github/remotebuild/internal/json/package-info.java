/** The little JSON that Nix's protocols carry. Not exported. */
@NullMarked
package io.github.remotebuild.internal.json;

import org.jspecify.annotations.NullMarked;
