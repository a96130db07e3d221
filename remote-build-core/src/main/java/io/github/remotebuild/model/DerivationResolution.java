package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;

/** Replaces the input derivations of one derivation by the paths of their outputs. */
final class DerivationResolution {
  private final Derivation derivation;
  private final BiFunction<StorePath, String, Optional<StorePath>> outputPaths;
  private final TreeSet<StorePath> sources = new TreeSet<>();
  private final Map<String, StorePath> byPlaceholder = new HashMap<>();

  DerivationResolution(
      Derivation derivation, BiFunction<StorePath, String, Optional<StorePath>> outputPaths) {
    this.derivation = derivation;
    this.outputPaths = requireNonNull(outputPaths, "outputPaths");
  }

  BasicDerivation resolve() {
    sources.addAll(derivation.inputSources());
    for (Map.Entry<StorePath, InputOutputs> input : derivation.inputDerivations().entrySet()) {
      resolve(input.getKey(), Optional.empty(), input.getValue());
    }
    ByteString builder = rewrite(derivation.builder());
    List<ByteString> arguments = new ArrayList<>();
    for (ByteString argument : derivation.arguments()) {
      arguments.add(rewrite(argument));
    }
    TreeMap<ByteString, ByteString> environment = new TreeMap<>();
    for (Map.Entry<ByteString, ByteString> variable : derivation.environment().entrySet()) {
      environment.putIfAbsent(rewrite(variable.getKey()), rewrite(variable.getValue()));
    }
    TreeMap<String, DerivationOutput> outputs = new TreeMap<>(derivation.outputs());
    if (DerivationRules.first(outputs) instanceof DerivationOutput.Deferred) {
      settle(outputs, builder, arguments, environment);
    }
    return new BasicDerivation(
        outputs, sources, derivation.platform(), builder, arguments, environment);
  }

  /**
   * Adds the needed outputs of {@code drv} to the sources.
   *
   * @param standsFor the placeholder of {@code drv} itself, if it is the output of another
   */
  private void resolve(StorePath drv, Optional<Placeholder> standsFor, InputOutputs needed) {
    for (String output : needed.names()) {
      StorePath path = find(drv, output);
      sources.add(path);
      byPlaceholder.put(placeholder(drv, standsFor, output).toString(), path);
    }
    for (Map.Entry<String, InputOutputs> child : needed.dynamic().entrySet()) {
      StorePath inner = find(drv, child.getKey());
      if (!inner.isDerivation()) {
        throw new IllegalArgumentException(
            "Output '" + child.getKey() + "' of " + drv + " is no derivation but " + inner);
      }
      Placeholder placeholder = placeholder(drv, standsFor, child.getKey());
      resolve(inner, Optional.of(placeholder), child.getValue());
    }
  }

  private StorePath find(StorePath drv, String output) {
    return outputPaths
        .apply(drv, output)
        .orElseThrow(() -> new UnknownOutputException(derivation.name(), drv, output));
  }

  private static Placeholder placeholder(
      StorePath drv, Optional<Placeholder> standsFor, String output) {
    return standsFor
        .map(placeholder -> placeholder.output(output))
        .orElseGet(() -> Placeholder.ofInputOutput(drv, output));
  }

  /** Puts the paths in the place of placeholders. */
  private ByteString rewrite(ByteString text) {
    byte[] bytes = text.unsafeBytes();
    ByteArrayOutputStream out = null;
    int copied = 0;
    for (int i = 0; i + Placeholder.LENGTH <= bytes.length; i++) {
      if (bytes[i] != '/' || !isPlaceholder(bytes, i)) {
        continue;
      }
      String found = new String(bytes, i, Placeholder.LENGTH, StandardCharsets.ISO_8859_1);
      StorePath path = byPlaceholder.get(found);
      if (path == null) {
        continue;
      }
      if (out == null) {
        out = new ByteArrayOutputStream(bytes.length);
      }
      out.write(bytes, copied, i - copied);
      out.writeBytes(path.toString().getBytes(StandardCharsets.UTF_8));
      copied = i + Placeholder.LENGTH;
      i = copied - 1;
    }
    if (out == null) {
      return text;
    }
    out.write(bytes, copied, bytes.length - copied);
    return ByteString.wrap(out.toByteArray());
  }

  private static boolean isPlaceholder(byte[] bytes, int at) {
    for (int i = at + 1; i < at + Placeholder.LENGTH; i++) {
      if (!NixBase32.isDigit((char) (bytes[i] & 0xff))) {
        return false;
      }
    }
    return true;
  }

  /** Computes the paths of deferred outputs, now that all inputs are known. */
  private void settle(
      SortedMap<String, DerivationOutput> outputs,
      ByteString builder,
      List<ByteString> arguments,
      SortedMap<ByteString, ByteString> environment) {
    Derivation resolved =
        new Derivation(
            derivation.storeDir(),
            derivation.name(),
            outputs,
            Collections.emptySortedMap(),
            sources,
            derivation.platform(),
            builder,
            arguments,
            environment);
    Hash hash = DerivationWriter.hashedText(resolved, Collections.emptySortedMap(), true).sha256();
    for (Map.Entry<String, DerivationOutput> output : outputs.entrySet()) {
      StorePath path = derivation.storeDir().outputPath(derivation.name(), output.getKey(), hash);
      output.setValue(new DerivationOutput.InputAddressed(path));
      environment.put(ByteString.of(output.getKey()), ByteString.of(path.toString()));
    }
  }
}
