package io.github.remotebuild.cli;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** The characters a view draws with. */
enum Glyphs {
  UNICODE("✓", "✗", "↻", "•", "…", "─", "━", "╌", "■", "□", "·", "→", "│", "↑", "↓"),
  ASCII("ok", "!!", "<-", "*", "~", "-", "=", ".", "#", ".", "-", "->", "|", "up", "down");

  final String good;
  final String bad;
  final String again;
  final String note;
  final String cut;
  final String rule;
  final String barDone;
  final String barLeft;
  final String slotBusy;
  final String slotFree;
  final String dot;
  final String arrow;
  final String edge;
  final String up;
  final String down;

  Glyphs(
      String good,
      String bad,
      String again,
      String note,
      String cut,
      String rule,
      String barDone,
      String barLeft,
      String slotBusy,
      String slotFree,
      String dot,
      String arrow,
      String edge,
      String up,
      String down) {
    this.good = good;
    this.bad = bad;
    this.again = again;
    this.note = note;
    this.cut = cut;
    this.rule = rule;
    this.barDone = barDone;
    this.barLeft = barLeft;
    this.slotBusy = slotBusy;
    this.slotFree = slotFree;
    this.dot = dot;
    this.arrow = arrow;
    this.edge = edge;
    this.up = up;
    this.down = down;
  }

  /** The characters that a terminal with this encoding can show. */
  static Glyphs in(Charset charset) {
    return charset.equals(StandardCharsets.UTF_8) ? UNICODE : ASCII;
  }
}
