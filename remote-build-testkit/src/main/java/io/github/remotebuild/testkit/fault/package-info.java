/**
 * What can go wrong with a machine, as values: for tests of programs that must bear it.
 *
 * <p>A {@link io.github.remotebuild.testkit.fault.Fault} is one kind of trouble, a {@link
 * io.github.remotebuild.testkit.fault.FaultPlan} says which connections suffer which.
 */
@NullMarked
package io.github.remotebuild.testkit.fault;

import org.jspecify.annotations.NullMarked;
