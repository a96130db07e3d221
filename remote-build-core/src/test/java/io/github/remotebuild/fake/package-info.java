/**
 * Small stand-ins for what the runtime stands on: a store and a transport without processes and
 * protocols, a gate, and threads that are counted. Whole machines are in the testkit.
 */
@NullMarked
package io.github.remotebuild.fake;

import org.jspecify.annotations.NullMarked;
