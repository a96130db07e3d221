package io.github.remotebuild.model;

import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;

/** Writes the text of a derivation, as it is or the way it is hashed. */
final class DerivationWriter {
  /** What names the form in which outputs of outputs can be inputs. */
  static final String DYNAMIC_VERSION = "xp-dyn-drv";

  private final AtermWriter out = new AtermWriter();

  private DerivationWriter() {}

  /** The text of the {@code .drv} file. */
  static AtermWriter text(Derivation derivation) {
    DerivationWriter writer = new DerivationWriter();
    boolean dynamic = derivation.hasDynamicInputs();
    writer.out.raw(dynamic ? "DrvWithVersion(\"" + DYNAMIC_VERSION + "\"," : "Derive(");
    writer.outputs(derivation, false);
    writer.out.raw(',');
    writer.inputs(derivation.inputDerivations());
    writer.rest(derivation, false);
    return writer.out;
  }

  /**
   * The text that is hashed to identify a derivation.
   *
   * @param inputs the needed output names by the hash, in base-16, of the input
   * @param masked whether the output paths are left out
   */
  static AtermWriter hashedText(
      Derivation derivation, SortedMap<String, SortedSet<String>> inputs, boolean masked) {
    DerivationWriter writer = new DerivationWriter();
    writer.out.raw("Derive(");
    writer.outputs(derivation, masked);
    writer.out.raw(",[");
    int i = 0;
    for (Map.Entry<String, SortedSet<String>> input : inputs.entrySet()) {
      writer.out.separator(i++).raw('(').plain(input.getKey()).raw(',');
      writer.names(input.getValue());
      writer.out.raw(')');
    }
    writer.out.raw(']');
    writer.rest(derivation, masked);
    return writer.out;
  }

  private void outputs(Derivation derivation, boolean masked) {
    out.raw('[');
    int i = 0;
    for (Map.Entry<String, DerivationOutput> entry : derivation.outputs().entrySet()) {
      DerivationOutput output = entry.getValue();
      out.separator(i++).raw('(').plain(entry.getKey()).raw(',');
      if (masked || output.path().isEmpty()) {
        out.plain("");
      } else {
        out.plain(output.path().get());
      }
      out.raw(',').plain(output.algorithmText()).raw(',').plain(output.hashText()).raw(')');
    }
    out.raw(']');
  }

  private void inputs(SortedMap<StorePath, InputOutputs> inputs) {
    out.raw('[');
    int i = 0;
    for (Map.Entry<StorePath, InputOutputs> input : inputs.entrySet()) {
      out.separator(i++).raw('(').plain(input.getKey()).raw(',');
      inputOutputs(input.getValue());
      out.raw(')');
    }
    out.raw(']');
  }

  private void inputOutputs(InputOutputs needed) {
    if (!needed.isDynamic()) {
      names(needed.names());
      return;
    }
    out.raw('(');
    names(needed.names());
    out.raw(",[");
    int i = 0;
    for (Map.Entry<String, InputOutputs> child : needed.dynamic().entrySet()) {
      out.separator(i++).raw('(').plain(child.getKey()).raw(',');
      inputOutputs(child.getValue());
      out.raw(')');
    }
    out.raw("])");
  }

  private void names(SortedSet<String> names) {
    out.raw('[');
    int i = 0;
    for (String name : names) {
      out.separator(i++).plain(name);
    }
    out.raw(']');
  }

  private void rest(Derivation derivation, boolean masked) {
    out.raw(",[");
    int i = 0;
    for (StorePath source : derivation.inputSources()) {
      out.separator(i++).plain(source);
    }
    out.raw("],").plain(derivation.platform()).raw(',').escaped(derivation.builder()).raw(",[");
    i = 0;
    for (ByteString argument : derivation.arguments()) {
      out.separator(i++).escaped(argument);
    }
    out.raw("],[");
    i = 0;
    for (Map.Entry<ByteString, ByteString> variable : derivation.environment().entrySet()) {
      ByteString key = variable.getKey();
      boolean blank = masked && derivation.outputs().containsKey(key.utf8());
      out.separator(i++).raw('(').escaped(key).raw(',');
      out.escaped(blank ? ByteString.empty() : variable.getValue()).raw(')');
    }
    out.raw("])");
  }
}
