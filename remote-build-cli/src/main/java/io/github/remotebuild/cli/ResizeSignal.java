package io.github.remotebuild.cli;

import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * The signal that a process gets when its terminal has another size.
 *
 * <p>Java's only way to hear of a signal is in the module {@code jdk.unsupported}, and the compiler
 * warns of each use, which fails the build; so it is called by name. Where it is not, nothing is
 * heard.
 */
final class ResizeSignal {
  private ResizeSignal() {}

  /** Begins to listen, and says each time whether there was a signal since the time before. */
  static Optional<BooleanSupplier> listen() {
    AtomicBoolean isRaised = new AtomicBoolean();
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object raising =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                isRaised.set(true);
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("WINCH"), raising);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      return Optional.empty();
    }
    return Optional.of(() -> isRaised.getAndSet(false));
  }
}
