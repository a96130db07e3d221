package io.github.remotebuild.testkit.embedded;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Where tests step in on one machine. Safe for use by several threads. */
final class StepHooks {
  private final Map<Step, StepHook> hooks = new ConcurrentHashMap<>();

  void always(Step step, StepHook hook) {
    hooks.put(step, requireNonNull(hook, "hook"));
  }

  void once(Step step, StepHook hook) {
    requireNonNull(hook, "hook");
    always(
        step,
        new StepHook() {
          @Override
          public void reached() throws IOException, InterruptedException {
            // Of several that come at the same moment one is held up.
            if (hooks.remove(step, this)) {
              hook.reached();
            }
          }
        });
  }

  void clear() {
    hooks.clear();
  }

  void reach(Step step) throws IOException, InterruptedException {
    StepHook hook = hooks.get(step);
    if (hook != null) {
      hook.reached();
    }
  }
}
