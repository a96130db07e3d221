package io.github.remotebuild.machines;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.StoreUri;
import io.github.remotebuild.model.SystemType;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Turns the columns of one entry into a machine, reporting every bad column. */
final class EntryParser {
  private static final int COLUMNS = 8;
  private static final Pattern WHOLE_NUMBER = Pattern.compile("[+]?[0-9]{1,18}");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]{1,400}[.]?[0-9]{0,400}|[.][0-9]{1,400})([eE][+-]?[0-9]{1,3})?");

  private static final Pattern KEY_LINE = Pattern.compile("[a-z0-9@.-]+ +[A-Za-z0-9+/]+=*( .*)?");

  private final SystemType localSystem;
  private final Findings findings;

  EntryParser(SystemType localSystem, Findings findings) {
    this.localSystem = localSystem;
    this.findings = findings;
  }

  /** The machine, or empty if some column is bad. */
  Optional<Machine> parse(List<Column> columns) {
    Optional<StoreUri> uri = uri(columns.get(0));
    Optional<SortedSet<SystemType>> systems = column(columns, 1, localSystems(), this::systems);
    Optional<Optional<String>> sshKey = column(columns, 2, Optional.empty(), this::sshKey);
    Optional<Integer> maxJobs = column(columns, 3, 1, this::maxJobs);
    Optional<Double> speed = column(columns, 4, 1.0, this::speed);
    Optional<Features> supported =
        column(columns, 5, Features.none(), c -> features(c, MachineField.SUPPORTED_FEATURES));
    Optional<Features> mandatory =
        column(columns, 6, Features.none(), c -> features(c, MachineField.MANDATORY_FEATURES));
    Optional<Optional<ByteString>> hostKey = column(columns, 7, Optional.empty(), this::hostKey);
    if (columns.size() > COLUMNS) {
      findings.warning(
          columns.get(COLUMNS).spot(),
          "this column and those after it are ignored; an entry has " + COLUMNS + " columns");
    }
    if (uri.isEmpty()
        || systems.isEmpty()
        || sshKey.isEmpty()
        || maxJobs.isEmpty()
        || speed.isEmpty()
        || supported.isEmpty()
        || mandatory.isEmpty()
        || hostKey.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Machine(
            uri.get(),
            systems.get(),
            sshKey.get(),
            maxJobs.get(),
            speed.get(),
            supported.get(),
            mandatory.get(),
            hostKey.get()));
  }

  private static <T> Optional<T> column(
      List<Column> columns, int index, T unset, Function<Column, Optional<T>> parser) {
    if (columns.size() <= index || columns.get(index).isDefault()) {
      return Optional.of(unset);
    }
    return parser.apply(columns.get(index));
  }

  private SortedSet<SystemType> localSystems() {
    SortedSet<SystemType> systems = new TreeSet<>();
    systems.add(localSystem);
    return systems;
  }

  private Optional<StoreUri> uri(Column column) {
    if (column.isDefault()) {
      return bad(column, MachineField.STORE_URI, "a store URI or a host name; it has no default");
    }
    try {
      StoreUri uri = StoreUri.parse(column.text());
      OlderNix.warnOfUri(column.spot(), uri, findings);
      return Optional.of(uri);
    } catch (FormatException e) {
      return bad(column, MachineField.STORE_URI, e.expected());
    }
  }

  private Optional<SortedSet<SystemType>> systems(Column column) {
    SortedSet<SystemType> systems = new TreeSet<>();
    try {
      for (String name : column.text().split(",", -1)) {
        if (!name.isEmpty()) {
          systems.add(SystemType.parse(name));
        }
      }
    } catch (FormatException e) {
      systems.clear();
    }
    return systems.isEmpty()
        ? bad(column, MachineField.SYSTEMS, "system types with commas between them")
        : Optional.of(systems);
  }

  private Optional<Optional<String>> sshKey(Column column) {
    String file = column.text();
    if (file.indexOf('\uFFFD') >= 0 || file.chars().anyMatch(Character::isISOControl)) {
      return bad(column, MachineField.SSH_KEY, "a file name in UTF-8 text");
    }
    if (!file.startsWith("/")) {
      findings.warning(
          column.spot(), "Nix from 2.34 on refuses an ssh key whose path is not absolute");
    }
    return Optional.of(Optional.of(file));
  }

  private Optional<Integer> maxJobs(Column column) {
    String expected = "a whole number from 0 to " + Integer.MAX_VALUE;
    if (!WHOLE_NUMBER.matcher(column.text()).matches()) {
      return bad(column, MachineField.MAX_JOBS, expected);
    }
    long count = Long.parseLong(column.text());
    if (count > Integer.MAX_VALUE) {
      return bad(column, MachineField.MAX_JOBS, expected);
    }
    if (count == 0) {
      findings.warning(column.spot(), "max jobs is 0, so this machine never gets a build");
    }
    return Optional.of((int) count);
  }

  private Optional<Double> speed(Column column) {
    String expected = "a decimal number that is not negative";
    if (!DECIMAL.matcher(column.text()).matches()) {
      return bad(column, MachineField.SPEED_FACTOR, expected);
    }
    double factor = Double.parseDouble(column.text());
    if (factor < 0 || Double.isInfinite(factor)) {
      return bad(column, MachineField.SPEED_FACTOR, expected);
    }
    OlderNix.warnOfSpeed(column.spot(), column.text(), findings);
    return Optional.of(factor == 0 ? 1 : factor);
  }

  private Optional<Features> features(Column column, MachineField field) {
    try {
      return Optional.of(Features.parse(column.text()));
    } catch (FormatException e) {
      return bad(column, field, "features with commas between them");
    }
  }

  /** The first line; bytes that are no text stay as they are, since Nix accepts them. */
  private Optional<Optional<ByteString>> hostKey(Column column) {
    ByteString decoded;
    try {
      decoded = ByteString.of(Base64.getDecoder().decode(column.text()));
    } catch (IllegalArgumentException notBase64) {
      decoded = ByteString.empty();
    }
    List<String> lines = decoded.utf8().lines().filter(line -> !line.isBlank()).toList();
    if (lines.isEmpty()) {
      return bad(
          column, MachineField.PUBLIC_HOST_KEY, "base64 of a line such as 'ssh-ed25519 AAAA...'");
    }
    String line = lines.get(0).strip();
    if (!KEY_LINE.matcher(line).matches()) {
      findings.warning(
          column.spot(), "the public host key does not look like 'ssh-ed25519 AAAA...'");
    }
    if (decoded.utf8().indexOf('\uFFFD') >= 0 || line.chars().anyMatch(Character::isISOControl)) {
      return Optional.of(Optional.of(decoded));
    }
    if (lines.size() > 1) {
      findings.warning(column.spot(), "only the first line of the public host key is used");
    }
    return Optional.of(Optional.of(ByteString.of(line)));
  }

  private <T> Optional<T> bad(Column column, MachineField field, String expected) {
    findings.problem(column.spot(), field, expected, "'" + column.text() + "'");
    return Optional.empty();
  }
}
