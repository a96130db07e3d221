package io.github.remotebuild.testkit.embedded;

/**
 * A builder that is a Java function instead of a program.
 *
 * <p>It runs on a thread of its own, which is interrupted when the client hangs up or a bound on
 * the build is passed; it must end soon then.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface BuilderFunction {
  /**
   * Makes the outputs.
   *
   * @throws BuildFailedException to fail in a way of its choice
   * @throws Exception to fail for good, as a program does with status 1
   */
  void build(BuildContext context) throws Exception;
}
