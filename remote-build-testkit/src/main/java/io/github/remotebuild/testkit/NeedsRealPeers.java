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
 * <p>If the environment variable {@code REMOTE_BUILD_PEERS} names a farm's {@code
 * peers.properties}, it is that farm. If it is not set, and this computer has what it takes, the
 * first such test starts a farm, which ends with the run. Otherwise, or if it is {@code none}, the
 * tests are left out, and the end of the run says loudly which, and what is missing; if {@code
 * REMOTE_BUILD_REQUIRE_PEERS} is {@code 1}, they fail instead.
 *
 * @since 0.1
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RealPeersExtension.class)
public @interface NeedsRealPeers {}
