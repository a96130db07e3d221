package io.github.remotebuild.machines;

import io.github.remotebuild.machines.IncludeReader.Included;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.SystemType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Splits texts into lines and entries, follows includes, and collects what is wrong. */
final class MachinesParser {
  private final EntryParser entries;
  private final IncludeReader includes;
  private final Findings findings = new Findings();
  private final List<Machine> machines = new ArrayList<>();
  private final Set<String> open = new LinkedHashSet<>();
  private int included;
  private boolean isFull;

  MachinesParser(SystemType localSystem, IncludeReader includes) {
    this.entries = new EntryParser(localSystem, findings);
    this.includes = includes;
  }

  MachinesFile parse(String sourceName, String text) {
    read(new Included(sourceName, text));
    findings.throwIfAny(sourceName);
    return new MachinesFile(machines, findings.warnings());
  }

  private void read(Included file) {
    if (file.text().length() > MachinesFile.FILE_LIMIT_BYTES) {
      findings.problem(
          new Spot(file.name(), 1, 1),
          MachineField.FILE,
          "at most " + MachinesFile.FILE_LIMIT_BYTES + " bytes",
          "more");
      return;
    }
    open.add(file.name());
    String text = file.text();
    int line = 1;
    for (int start = 0; start <= text.length() && !isFull; line++) {
      int newline = text.indexOf('\n', start);
      int end = newline < 0 ? text.length() : newline;
      readLine(file.name(), line, text.substring(start, end));
      start = end + 1;
    }
    open.remove(file.name());
  }

  private void readLine(String source, int number, String line) {
    int hash = line.indexOf('#');
    String content = hash < 0 ? line : line.substring(0, hash);
    if (hash >= 0) {
      OlderNix.warnOfComment(new Spot(source, number, hash + 1), line.substring(hash), findings);
    }
    boolean isLastPiece;
    int start = 0;
    do {
      int semicolon = content.indexOf(';', start);
      isLastPiece = semicolon < 0;
      int end = isLastPiece ? content.length() : semicolon;
      readEntry(new Spot(source, number, start + 1), content.substring(start, end));
      start = end + 1;
    } while (!isLastPiece);
  }

  private void readEntry(Spot spot, String piece) {
    List<Column> columns = Column.split(spot, piece);
    if (columns.isEmpty()) {
      OlderNix.warnOfBlanks(spot, piece, findings);
      return;
    }
    Column first = columns.get(0);
    if (first.text().startsWith("@")) {
      OlderNix.warnOfIndentedInclude(spot, first, findings);
      readInclude(first.spot(), Column.trim(piece).substring(1));
      return;
    }
    if (machines.size() >= MachinesFile.ENTRY_LIMIT) {
      findings.problem(
          first.spot(),
          MachineField.FILE,
          "at most " + MachinesFile.ENTRY_LIMIT + " machines",
          "one more");
      isFull = true;
      return;
    }
    entries.parse(columns).ifPresent(machines::add);
  }

  private void readInclude(Spot spot, String rest) {
    String path = Column.trim(rest);
    if (path.isEmpty()) {
      findings.problem(spot, MachineField.INCLUDE, "a file name after '@'", "'@'");
      return;
    }
    if (open.size() > MachinesFile.INCLUDE_DEPTH_LIMIT) {
      findings.problem(
          spot,
          MachineField.INCLUDE,
          "at most " + MachinesFile.INCLUDE_DEPTH_LIMIT + " includes within each other",
          "'@" + path + "'");
      return;
    }
    if (included++ >= MachinesFile.INCLUDE_COUNT_LIMIT) {
      findings.problem(
          spot,
          MachineField.INCLUDE,
          "at most " + MachinesFile.INCLUDE_COUNT_LIMIT + " includes in all",
          "'@" + path + "'");
      isFull = true;
      return;
    }
    if (!path.startsWith("/")) {
      findings.warning(
          spot,
          "'@"
              + path
              + "' is looked for beside this file, and by Nix in its working directory;"
              + " write the whole path");
    }
    open(spot, path).ifPresent(file -> readOnce(spot, file));
  }

  private Optional<Included> open(Spot spot, String path) {
    try {
      Optional<Included> file = includes.open(path, spot.source());
      if (file.isEmpty()) {
        findings.warning(spot, "there is no file '" + path + "'; the include is ignored");
      }
      return file;
    } catch (IOException e) {
      findings.problem(
          spot, MachineField.INCLUDE, "a file that can be read", "'@" + path + "' (" + e + ")");
      return Optional.empty();
    }
  }

  private void readOnce(Spot spot, Included file) {
    if (open.contains(file.name())) {
      findings.problem(
          spot,
          MachineField.INCLUDE,
          "a file that does not include itself",
          String.join(" -> ", open) + " -> " + file.name());
      return;
    }
    read(file);
  }
}
