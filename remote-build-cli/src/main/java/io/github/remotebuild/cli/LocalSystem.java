package io.github.remotebuild.cli;

import java.util.Locale;

/** What Nix calls the system this program runs on. */
final class LocalSystem {
  private LocalSystem() {}

  static String name() {
    return name(System.getProperty("os.arch", ""), System.getProperty("os.name", ""));
  }

  static String name(String arch, String os) {
    String cpu =
        switch (arch) {
          case "amd64", "x86_64" -> "x86_64";
          case "x86", "i386", "i586", "i686" -> "i686";
          case "arm" -> "armv7l";
          case "ppc64le" -> "powerpc64le";
          default -> arch;
        };
    String kernel = os.toLowerCase(Locale.ROOT);
    return cpu + "-" + (kernel.startsWith("mac") ? "darwin" : kernel.replace(' ', '-'));
  }
}
