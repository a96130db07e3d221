package io.github.remotebuild.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads the text of one derivation; the grammar is in the Javadoc of {@link Derivation}. */
final class DerivationReader {
  /** How deep outputs of outputs may be nested; real ones are one or two deep. */
  private static final int DYNAMIC_DEPTH_LIMIT = 64;

  private final AtermReader in;
  private final StoreDir storeDir;
  private final String name;
  private boolean versioned;

  DerivationReader(StoreDir storeDir, String name, byte[] text) {
    this.in = new AtermReader("derivation " + name, text);
    this.storeDir = storeDir;
    this.name = name;
  }

  Derivation read() {
    if (in.tryRead("DrvWithVersion(")) {
      in.expect("\"" + DerivationWriter.DYNAMIC_VERSION + "\",");
      versioned = true;
    } else {
      in.expect("Derive(");
    }
    SortedMap<String, DerivationOutput> outputs = outputs();
    in.expect(",");
    int inputsAt = in.offset();
    SortedMap<StorePath, InputOutputs> inputs = inputDerivations();
    if (versioned && inputs.values().stream().noneMatch(InputOutputs::isDynamic)) {
      throw in.problem(
          inputsAt,
          "an input that is an output of an output, as the text begins with DrvWithVersion");
    }
    in.expect(",");
    SortedSet<StorePath> sources = inputSources();
    in.expect(",");
    String platform = in.plain();
    in.expect(",");
    ByteString builder = in.escaped();
    in.expect(",");
    List<ByteString> arguments = arguments();
    in.expect(",");
    SortedMap<ByteString, ByteString> environment = environment();
    in.expect(")");
    in.expectEnd();
    return new Derivation(
        storeDir, name, outputs, inputs, sources, platform, builder, arguments, environment);
  }

  private SortedMap<String, DerivationOutput> outputs() {
    int start = in.offset();
    TreeMap<String, DerivationOutput> outputs = new TreeMap<>();
    in.expect("[");
    while (in.nextElement(outputs.size())) {
      in.expect("(");
      int at = in.offset();
      String output = outputName();
      requireAscending(outputs.isEmpty() ? "" : outputs.lastKey(), output, at);
      in.expect(",");
      outputs.put(output, output());
      in.expect(")");
    }
    Optional<String> problem = DerivationRules.problemOf(outputs);
    if (problem.isPresent()) {
      throw in.problem(start, "outputs such that " + problem.get());
    }
    return outputs;
  }

  private DerivationOutput output() {
    int pathAt = in.offset();
    String path = in.plain();
    in.expect(",");
    int algorithmAt = in.offset();
    String algorithm = in.plain();
    in.expect(",");
    int hashAt = in.offset();
    String hash = in.plain();
    try {
      return DerivationOutput.parse(storeDir, path, algorithm, hash);
    } catch (FormatException e) {
      int at =
          switch (e.place()) {
            case DerivationOutputText.PATH -> pathAt;
            case DerivationOutputText.HASH -> hashAt;
            default -> algorithmAt;
          };
      throw in.problem(at, e.expected(), e.found());
    }
  }

  private SortedMap<StorePath, InputOutputs> inputDerivations() {
    TreeMap<StorePath, InputOutputs> inputs = new TreeMap<>();
    in.expect("[");
    while (in.nextElement(inputs.size())) {
      in.expect("(");
      int at = in.offset();
      StorePath path = path(in.plain(), at);
      if (!path.isDerivation()) {
        throw in.problem(at, "a path that ends in .drv");
      }
      if (!inputs.isEmpty() && inputs.lastKey().compareTo(path) >= 0) {
        throw in.problem(at, "input derivations in ascending order, each once");
      }
      in.expect(",");
      inputs.put(path, inputOutputs(0));
      in.expect(")");
    }
    return inputs;
  }

  private InputOutputs inputOutputs(int depth) {
    int start = in.offset();
    if (depth > DYNAMIC_DEPTH_LIMIT) {
      throw in.problem(start, "outputs nested at most " + DYNAMIC_DEPTH_LIMIT + " deep");
    }
    if (!versioned || !in.isNext('(')) {
      SortedSet<String> names = outputNames();
      if (names.isEmpty()) {
        throw in.problem(start, "at least one output name");
      }
      return new InputOutputs(names, Collections.emptySortedMap());
    }
    in.expect("(");
    SortedSet<String> names = outputNames();
    in.expect(",[");
    TreeMap<String, InputOutputs> dynamic = new TreeMap<>();
    while (in.nextElement(dynamic.size())) {
      in.expect("(");
      int at = in.offset();
      String output = outputName();
      requireAscending(dynamic.isEmpty() ? "" : dynamic.lastKey(), output, at);
      in.expect(",");
      dynamic.put(output, inputOutputs(depth + 1));
      in.expect(")");
    }
    in.expect(")");
    if (dynamic.isEmpty()) {
      throw in.problem(start, "a plain list of names where no output of an output is needed");
    }
    return new InputOutputs(names, dynamic);
  }

  private SortedSet<String> outputNames() {
    TreeSet<String> names = new TreeSet<>();
    in.expect("[");
    while (in.nextElement(names.size())) {
      int at = in.offset();
      String output = outputName();
      requireAscending(names.isEmpty() ? "" : names.last(), output, at);
      names.add(output);
    }
    return names;
  }

  private String outputName() {
    int at = in.offset();
    String output = in.plain();
    if (!OutputNames.isValid(output)) {
      throw in.problem(at, "the name of an output");
    }
    return output;
  }

  private SortedSet<StorePath> inputSources() {
    TreeSet<StorePath> sources = new TreeSet<>();
    in.expect("[");
    while (in.nextElement(sources.size())) {
      int at = in.offset();
      StorePath path = path(in.plain(), at);
      if (!sources.isEmpty() && sources.last().compareTo(path) >= 0) {
        throw in.problem(at, "input sources in ascending order, each once");
      }
      sources.add(path);
    }
    return sources;
  }

  private List<ByteString> arguments() {
    List<ByteString> arguments = new ArrayList<>();
    in.expect("[");
    while (in.nextElement(arguments.size())) {
      arguments.add(in.escaped());
    }
    return arguments;
  }

  private SortedMap<ByteString, ByteString> environment() {
    TreeMap<ByteString, ByteString> environment = new TreeMap<>();
    in.expect("[");
    while (in.nextElement(environment.size())) {
      in.expect("(");
      int at = in.offset();
      ByteString key = in.escaped();
      if (!environment.isEmpty() && environment.lastKey().compareTo(key) >= 0) {
        throw in.problem(at, "environment variables in ascending order, each once");
      }
      in.expect(",");
      environment.put(key, in.escaped());
      in.expect(")");
    }
    return environment;
  }

  private StorePath path(String text, int at) {
    try {
      return storeDir.parse(text);
    } catch (FormatException e) {
      String where = e.place().isEmpty() ? "" : " (" + e.place() + " of the path)";
      throw in.problem(at, e.expected() + where, e.found());
    }
  }

  private void requireAscending(String last, String name, int at) {
    if (last.compareTo(name) >= 0) {
      throw in.problem(at, "output names in ascending order, each once");
    }
  }
}
