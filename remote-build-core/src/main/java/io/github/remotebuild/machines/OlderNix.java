package io.github.remotebuild.machines;

import io.github.remotebuild.model.StoreUri;

/**
 * Warns where Nix 2.8 reads the text otherwise than today's.
 *
 * <p>Until 2.28.1 Nix split at newlines and semicolons first and cut comments afterwards, without
 * removing blanks; until 2.19 the speed factor was a whole number; until 2.30 a port in an ssh URI
 * was taken for a part of the host name.
 */
final class OlderNix {
  private OlderNix() {}

  static void warnOfComment(Spot spot, String comment, Findings findings) {
    int semicolon = comment.indexOf(';');
    while (semicolon >= 0) {
      int end = comment.indexOf(';', semicolon + 1);
      String piece = comment.substring(semicolon + 1, end < 0 ? comment.length() : end);
      int hash = piece.indexOf('#');
      String entry = hash < 0 ? piece : piece.substring(0, hash);
      if (!entry.isEmpty()) {
        findings.warning(
            spot.plus(semicolon),
            "Nix before 2.28.2 ends the comment at this ';' and reads the rest as an entry");
        return;
      }
      semicolon = end;
    }
  }

  static void warnOfBlanks(Spot spot, String piece, Findings findings) {
    if (!piece.isEmpty()) {
      findings.warning(
          spot, "Nix before 2.28.2 takes these blanks for an entry and refuses the whole list");
    }
  }

  static void warnOfIndentedInclude(Spot spot, Column first, Findings findings) {
    if (!first.spot().equals(spot)) {
      findings.warning(
          first.spot(),
          "Nix before 2.28.2 takes an include behind blanks for a machine called '"
              + first.text()
              + "'");
    }
  }

  static void warnOfSpeed(Spot spot, String speed, Findings findings) {
    if (!speed.matches("[+]?[0-9]+")) {
      findings.warning(spot, "Nix before 2.20 refuses a speed factor that is no whole number");
    }
  }

  static void warnOfUri(Spot spot, StoreUri uri, Findings findings) {
    if (!uri.isSsh()) {
      return;
    }
    if (uri.port().isPresent()) {
      findings.warning(spot, "Nix before 2.31 takes the port for a part of the host name");
    }
    String text = uri.toString();
    int question = text.indexOf('?');
    if (text.substring(0, question < 0 ? text.length() : question).matches(".*%[0-9A-Fa-f]{2}.*")) {
      findings.warning(spot, "Nix before 2.31 does not decode '%' in user and host names");
    }
    if (uri.parameter("max-connections").filter(value -> !value.equals("1")).isPresent()) {
      findings.warning(spot, "Nix 2.4 to 2.31 hangs if max-connections is not 1");
    }
  }
}
