package io.github.remotebuild.store;

import io.github.remotebuild.transport.StderrSink;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Records {@code src/test/resources/golden/serve}; see the README there.
 *
 * <p>Arguments: the folder to write to, then the words that run a command on the machine.
 */
final class RecordTranscripts {
  private RecordTranscripts() {}

  static Map<String, Consumer<StoreSession>> conversations() {
    Conversations golden = new Conversations("golden");
    Map<String, Consumer<StoreSession>> all = new LinkedHashMap<>();
    all.put("add-and-query", golden::addAndQuery);
    all.put("build", golden::build);
    all.put("build-fails", golden::buildFails);
    all.put("build-is-silent", golden::buildIsSilent);
    all.put("read-missing", golden::readMissing);
    all.put("add-damaged", new Conversations("golden-damaged")::addDamaged);
    return all;
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    List<String> words = List.of(arguments).subList(1, arguments.length);
    for (Map.Entry<String, Consumer<StoreSession>> each : conversations().entrySet()) {
      Transcript.Recorder recorder = new Transcript.Recorder(new ProcessConnection(words));
      ServeSession session =
          ServeSession.open(
              "machine",
              recorder,
              ServeCommand.nixStore(),
              StderrSink.discarding(),
              SessionSettings.defaults());
      each.getValue().accept(session);
      int status = session.finish().exitStatus().orElseThrow();
      recorder.transcript(status).save(folder, each.getKey());
    }
  }
}
