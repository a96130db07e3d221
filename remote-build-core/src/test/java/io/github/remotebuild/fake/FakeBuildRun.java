package io.github.remotebuild.fake;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.DerivationOutput;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.FileKind;
import io.github.remotebuild.nar.NarTree;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Runs one builder and registers what it made. */
final class FakeBuildRun implements FakeBuild {
  private record Made(NarTree tree, Collection<StorePath> references) {}

  private final FakeMachine machine;
  private final StorePath path;
  private final BasicDerivation derivation;
  private final BuildOptions options;
  private final Consumer<String> log;
  private final Map<String, Made> made = new TreeMap<>();

  FakeBuildRun(
      FakeMachine machine,
      StorePath path,
      BasicDerivation derivation,
      BuildOptions options,
      Consumer<String> log) {
    this.machine = machine;
    this.path = path;
    this.derivation = derivation;
    this.options = options;
    this.log = log;
  }

  void run(FakeServe serve) throws InterruptedException {
    serve.buildBegins();
    machine.buildBegins(path);
    try {
      machine.builder(path.derivationName()).build(this);
    } finally {
      machine.buildEnds();
      serve.buildEnds();
    }
    // Only what is among the inputs can be referred to, as a builder knows no other paths.
    Set<StorePath> known = machine.store().closure(derivation.inputSources());
    for (Map.Entry<String, DerivationOutput> output : derivation.outputs().entrySet()) {
      StorePath outputPath = output.getValue().path().orElseThrow();
      Made result =
          made.getOrDefault(
              output.getKey(),
              new Made(
                  new NarTree.File(ByteString.of(output.getKey()), FileKind.PLAIN), List.of()));
      for (StorePath reference : result.references) {
        if (!known.contains(reference) && !reference.equals(outputPath)) {
          throw new FakeRefusal(path + " cannot know of " + reference);
        }
      }
      machine.store().add(outputPath, result.tree, result.references);
    }
  }

  @Override
  public StorePath path() {
    return path;
  }

  @Override
  public BasicDerivation derivation() {
    return derivation;
  }

  @Override
  public BuildOptions options() {
    return options;
  }

  @Override
  public FakeMachine machine() {
    return machine;
  }

  @Override
  public void log(String text) {
    log.accept(text);
  }

  @Override
  public void output(String name, NarTree tree, Collection<StorePath> references) {
    made.put(name, new Made(tree, List.copyOf(references)));
  }
}
