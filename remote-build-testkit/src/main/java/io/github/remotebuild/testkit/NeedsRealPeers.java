package io.github.remotebuild.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a test class or method that needs a farm of real machines, and lets its constructor and its
 * methods have a parameter of type {@link RealPeers}.
 *
 * <p>The environment variable {@code REMOTE_BUILD_PEERS} names the farm's {@code peers.properties}.
 * Without it the test is skipped, and says so on the standard error; if {@code
 * REMOTE_BUILD_REQUIRE_PEERS} is {@code 1}, it fails instead.
 *
 * @since 0.1
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RealPeersExtension.class)
public @interface NeedsRealPeers {}
