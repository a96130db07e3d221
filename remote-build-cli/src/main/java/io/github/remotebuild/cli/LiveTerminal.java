package io.github.remotebuild.cli;

import java.io.PrintWriter;
import java.time.Clock;
import java.util.function.Supplier;

/**
 * What a live view needs of the world.
 *
 * @param out where to print
 * @param size how large the terminal is now; may take a while to tell
 * @param clock what time it is
 * @param glyphs what to draw with
 * @param isColourful whether to use colours
 */
record LiveTerminal(
    PrintWriter out,
    Supplier<TerminalSize> size,
    Clock clock,
    Glyphs glyphs,
    boolean isColourful) {}
