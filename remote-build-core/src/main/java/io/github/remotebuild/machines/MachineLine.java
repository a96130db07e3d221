package io.github.remotebuild.machines;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.SystemType;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** Writes machines as lines. */
final class MachineLine {
  private static final SystemType OTHER_SYSTEM = SystemType.of("unsaid");

  private MachineLine() {}

  static String print(Machine machine) {
    String line =
        String.join(
            " ",
            machine.storeUri().toString(),
            list(machine.systems().stream().map(SystemType::name).collect(Collectors.joining(","))),
            machine.sshKey().orElse("-"),
            Integer.toString(machine.maxJobs()),
            speed(machine.speedFactor()),
            features(machine.supportedFeatures()),
            features(machine.mandatoryFeatures()),
            machine.publicHostKey().map(MachineLine::base64).orElse("-"));
    if (!readsBackAs(line, machine)) {
      throw new IllegalArgumentException(
          "Could not write "
              + machine.name()
              + " as a line of a machines file: a name or a key file has characters in it that"
              + " separate columns or entries, or the host key is no key: "
              + line);
    }
    return line;
  }

  private static boolean readsBackAs(String line, Machine machine) {
    try {
      return MachinesFile.parse("printed line", line, OTHER_SYSTEM)
          .machines()
          .equals(List.of(machine));
    } catch (MachinesFileException e) {
      return false;
    }
  }

  private static String speed(double factor) {
    String plain = new BigDecimal(Double.toString(factor)).toPlainString();
    return plain.endsWith(".0") ? plain.substring(0, plain.length() - 2) : plain;
  }

  private static String features(Features features) {
    return features.isEmpty() ? "-" : list(features.toString());
  }

  /** A list whose only name is {@code -} needs a comma, so that it is not taken for the default. */
  private static String list(String names) {
    return names.equals("-") ? ",-" : names;
  }

  private static String base64(ByteString key) {
    return Base64.getEncoder().encodeToString(key.toByteArray());
  }
}
