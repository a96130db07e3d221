/**
 * The Nix archive: one file, symbolic link or directory tree as a canonical sequence of bytes.
 *
 * <pre>
 * str(x)    = length of x as 8 bytes, little-endian; x; zero bytes up to the next multiple of 8
 * nar       = str("nix-archive-1") node
 * node      = str("(") str("type") body str(")")
 * body      = str("regular") [ str("executable") str("") ] str("contents") str(bytes)
 *           | str("symlink") str("target") str(target)
 *           | str("directory") { entry }
 * entry     = str("entry") str("(") str("name") str(name) str("node") node str(")")
 * </pre>
 *
 * <p>All releases of Nix write the same bytes; reading is as strict as the newest (2.34): entries
 * in ascending order of their bytes, names of 1 to 255 bytes other than {@code .} and {@code ..}
 * and without slash and NUL, targets of 1 to 4095 bytes without NUL, at most 63 directories above a
 * leaf, padding of zeros. An archive has no length of its own: its end is where the grammar ends.
 *
 * <p>Start with {@link io.github.remotebuild.nar.NarTree} for small archives in memory, {@link
 * io.github.remotebuild.nar.NarParser} and {@link io.github.remotebuild.nar.NarWriter} for streams
 * of events, and {@link io.github.remotebuild.nar.NarStream} to pass an archive on unchanged.
 */
@NullMarked
package io.github.remotebuild.nar;

import org.jspecify.annotations.NullMarked;
