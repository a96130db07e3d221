/**
 * The command line. Not a library: what it does with the machine it runs on (environment, disk,
 * process exit) it does here and nowhere else.
 */
@NullMarked
package io.github.remotebuild.cli;

import org.jspecify.annotations.NullMarked;
