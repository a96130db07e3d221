package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.fake.StubStore;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.StorePath;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MissingClosureTest {
  private final StubStore machine = new StubStore();
  private final StubStore hub = new StubStore();
  private final List<Set<StorePath>> askedOfHub = new ArrayList<>();
  private final List<Set<StorePath>> askedOfMachine = new ArrayList<>();

  private final MissingClosure.Questions questions =
      new MissingClosure.Questions() {
        @Override
        public Set<StorePath> validInHub(Collection<StorePath> paths) {
          askedOfHub.add(Set.copyOf(paths));
          return paths.stream().filter(hub::isValid).collect(Collectors.toSet());
        }

        @Override
        public Map<StorePath, PathInfo> infosOnMachine(Collection<StorePath> paths) {
          askedOfMachine.add(Set.copyOf(paths));
          Map<StorePath, PathInfo> infos = new TreeMap<>();
          paths.forEach(path -> machine.info(path).ifPresent(info -> infos.put(path, info)));
          return infos;
        }

        @Override
        public FailedException notThere(StorePath path) {
          return new FailedException(Failures.hub(Phase.DOWNLOAD, path + " is missing", List.of()));
        }
      };

  private List<StorePath> find(StorePath... wanted) throws InterruptedException {
    return MissingClosure.find(List.of(wanted), questions).stream().map(PathInfo::path).toList();
  }

  @Test
  void what_the_hub_has_is_not_looked_behind() throws Exception {
    StorePath deep = machine.addText("deep", "1");
    StorePath library = machine.addText("library", "2", deep);
    StorePath result = machine.addText("result", "3", library);
    hub.addText("deep", "1");
    hub.addText("library", "2", deep);
    assertThat(find(result)).containsExactly(result);
    assertThat(askedOfHub).containsExactly(Set.of(result), Set.of(library));
    assertThat(askedOfMachine).containsExactly(Set.of(result));
  }

  @Test
  void what_is_missing_comes_references_first_and_once() throws Exception {
    StorePath deep = machine.addText("deep", "1");
    StorePath left = machine.addText("left", "2", deep);
    StorePath right = machine.addText("right", "3", deep);
    StorePath result = machine.addText("result", "4", left, right);
    assertThat(find(result)).startsWith(deep).endsWith(result).hasSize(4);
    assertThat(askedOfMachine).containsExactly(Set.of(result), Set.of(left, right), Set.of(deep));
  }

  @Test
  void nothing_is_missing_if_the_hub_has_it() throws Exception {
    StorePath result = hub.addText("result", "4");
    assertThat(find(result)).isEmpty();
    assertThat(askedOfMachine).isEmpty();
  }

  @Test
  void a_path_that_the_machine_does_not_have_is_a_failure() {
    StorePath result = machine.addText("result", "4");
    machine.remove(result);
    assertThatThrownBy(() -> find(result))
        .isInstanceOf(FailedException.class)
        .hasMessageContaining("result is missing");
  }
}
