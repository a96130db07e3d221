package io.github.remotebuild.testkit.embedded;

import static java.util.Objects.requireNonNull;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives every test of a class an embedded farm of its own, and closes it after the test.
 *
 * <pre>{@code
 * @RegisterExtension
 * final EmbeddedFarmExtension farms =
 *     EmbeddedFarmExtension.starting(EmbeddedFarm.builder().machine("a").machine("b"));
 *
 * @Test
 * void builds(EmbeddedFarm farm) { ... }
 * }</pre>
 *
 * <p>A test fails if the farm finds anything left over, or was asked what the protocol does not
 * allow. Test methods and methods around each test may have a parameter of type {@link
 * EmbeddedFarm}.
 *
 * @since 0.1
 */
public final class EmbeddedFarmExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(EmbeddedFarmExtension.class);

  private final EmbeddedFarmBuilder described;

  private EmbeddedFarmExtension(EmbeddedFarmBuilder described) {
    this.described = described;
  }

  /** Starts a farm like this for every test. */
  public static EmbeddedFarmExtension starting(EmbeddedFarmBuilder described) {
    return new EmbeddedFarmExtension(requireNonNull(described, "described"));
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    farm(context);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    EmbeddedFarm farm = context.getStore(NAMESPACE).remove(EmbeddedFarm.class, EmbeddedFarm.class);
    if (farm != null) {
      farm.close();
    }
  }

  private EmbeddedFarm farm(ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(EmbeddedFarm.class, key -> described.start(), EmbeddedFarm.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == EmbeddedFarm.class
        && context.getTestMethod().isPresent();
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return farm(context);
  }
}
