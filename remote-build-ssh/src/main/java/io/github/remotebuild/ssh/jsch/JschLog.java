package io.github.remotebuild.ssh.jsch;

import com.jcraft.jsch.Logger;
import org.slf4j.LoggerFactory;

/** Lets people see what JSch does, at the level trace. */
final class JschLog implements Logger {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(JschLog.class);

  private final String machine;

  JschLog(String machine) {
    this.machine = machine;
  }

  @Override
  public boolean isEnabled(int level) {
    return LOG.isTraceEnabled();
  }

  @Override
  public void log(int level, String message) {
    LOG.trace("{}: {}", machine, message);
  }

  static void closing(Exception complaint) {
    LOG.trace("closing a socket failed", complaint);
  }

  static void skipping(KnownKey key, Exception complaint) {
    LOG.trace("the known host key {} cannot be used", key, complaint);
  }
}
