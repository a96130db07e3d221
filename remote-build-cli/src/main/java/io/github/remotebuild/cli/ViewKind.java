package io.github.remotebuild.cli;

/** The ways to show what happens. */
enum ViewKind {
  /** One line for each thing that happens. */
  plain,
  /** A block at the bottom of the terminal that is kept up to date. */
  live
}
