package io.github.remotebuild.cli;

import java.io.PrintWriter;
import java.time.Clock;
import java.util.function.Supplier;

/**
 * What a live view needs of the world.
 *
 * @param out where to print
 * @param size how large the terminal is now; asked for every frame
 * @param isReflowing whether the terminal breaks lines anew when it is made narrower
 * @param clock what time it is
 * @param glyphs what to draw with
 * @param isColourful whether to use colours
 */
record LiveTerminal(
    PrintWriter out,
    Supplier<TerminalSize> size,
    boolean isReflowing,
    Clock clock,
    Glyphs glyphs,
    boolean isColourful) {}
