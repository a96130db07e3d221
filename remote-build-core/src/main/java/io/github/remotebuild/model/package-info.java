/**
 * The words of the field as immutable types: store paths, hashes, derivations, path infos,
 * machines.
 *
 * <p>For everybody. An instance that exists is valid; what comes from outside enters through {@code
 * parse} and is refused with a {@link io.github.remotebuild.model.FormatException} that names the
 * place, what was expected and what was found. Nothing here reads a file, a clock or the
 * environment. All orders are those of Nix: byte by byte, paths by base name.
 *
 * <p><b>Store.</b> A store holds objects (files and directory trees), each under a {@link
 * io.github.remotebuild.model.StorePath}: a hash part and a name in a {@link
 * io.github.remotebuild.model.StoreDir}. The hash part is computed from what the object is made of;
 * {@code StoreDir} has one method for each way. An object may mention the paths of others: those
 * are its references. What a store knows of an object is its {@link
 * io.github.remotebuild.model.PathInfo}: the {@link io.github.remotebuild.model.Hash} and size of
 * its archive (NAR), its references, and each {@link io.github.remotebuild.model.Signature} over
 * all that, made with a {@link io.github.remotebuild.model.NixSecretKey} and checked with a {@link
 * io.github.remotebuild.model.NixPublicKey}. An object is usable where all it refers to is too; so
 * whole {@linkplain io.github.remotebuild.model.Closure closures} travel, references first.
 *
 * <p><b>Derivation.</b> A {@link io.github.remotebuild.model.Derivation} is the recipe for one or
 * more objects, its outputs: a program, its arguments and environment, and its inputs, which are
 * store paths and outputs of other derivations. It is itself a store object, a text file whose name
 * ends in {@code .drv}. How the path of an output is decided is a {@link
 * io.github.remotebuild.model.DerivationOutput}: mostly it follows from the derivation
 * (input-addressed, computed by {@link io.github.remotebuild.model.DerivationHashes}), sometimes
 * from content that is known beforehand (fixed) or only afterwards (floating, impure, and deferred
 * for what depends on those). A path that is not known yet is stood for by a {@link
 * io.github.remotebuild.model.Placeholder}. Before a machine can build a derivation, its input
 * derivations are replaced by the paths of their outputs; the result is a {@link
 * io.github.remotebuild.model.BasicDerivation}. What a derivation says about the machine it wants
 * is in its {@link io.github.remotebuild.model.DerivationOptions}. What somebody wants built is a
 * {@link io.github.remotebuild.model.DerivedPath}: a derivation and some of its outputs.
 *
 * <p><b>Machine.</b> A {@link io.github.remotebuild.model.Machine} is a place where builds run: the
 * systems it builds for, its features, how many builds it runs at once and how fast. All machines
 * together are the {@link io.github.remotebuild.model.Farm}. What one build asks of a machine is a
 * {@link io.github.remotebuild.model.Demand}. What came of the build is a {@link
 * io.github.remotebuild.model.BuildResult} as the machine told it, or a {@link
 * io.github.remotebuild.model.Failure}: in which phase, for what cause, and what to do next.
 *
 * <p>Start with {@link io.github.remotebuild.model.StorePath} and {@link
 * io.github.remotebuild.model.Derivation}; make derivations with {@link
 * io.github.remotebuild.model.DerivationBuilder}.
 */
@NullMarked
package io.github.remotebuild.model;

import org.jspecify.annotations.NullMarked;
