/** Small helpers for text. Not exported. */
@NullMarked
package io.github.remotebuild.internal.text;

import org.jspecify.annotations.NullMarked;
