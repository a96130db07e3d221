package io.github.remotebuild.wire;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.DerivationOutput;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.Signature;
import io.github.remotebuild.model.StorePath;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;

/**
 * Writes the commands of the serve protocol. Nothing is flushed. For one thread at a time.
 *
 * <p>Source: {@code src/libstore/legacy-ssh-store.cc} and {@code serve-protocol.cc}, Nix 2.8 to
 * 2.34.
 *
 * @since 0.1
 */
public final class ServeRequests {
  private static final int QUERY_VALID_PATHS = 1;
  private static final int QUERY_PATH_INFOS = 2;
  private static final int DUMP_STORE_PATH = 3;
  private static final int QUERY_CLOSURE = 7;
  private static final int BUILD_DERIVATION = 8;
  private static final int ADD_TO_STORE_NAR = 9;

  private final WireOutput out;
  private final int version;

  /**
   * Makes a writer.
   *
   * @param out where the commands go
   * @param version the version that both sides use
   */
  public ServeRequests(WireOutput out, int version) {
    this.out = requireNonNull(out, "out");
    this.version = version;
  }

  /** What QueryValidPaths does besides. */
  public enum Flag {
    /** Nothing. */
    OFF,
    /** What the flag is named for. */
    ON
  }

  /** Command 1. */
  public void queryValidPaths(Collection<StorePath> paths, Flag lock, Flag substitute)
      throws IOException {
    out.writeLong(QUERY_VALID_PATHS);
    out.writeBool(lock == Flag.ON);
    out.writeBool(substitute == Flag.ON);
    out.writeStorePaths(paths);
  }

  /** Command 2. */
  public void queryPathInfos(Collection<StorePath> paths) throws IOException {
    out.writeLong(QUERY_PATH_INFOS);
    out.writeStorePaths(paths);
  }

  /** Command 3. */
  public void dumpStorePath(StorePath path) throws IOException {
    out.writeLong(DUMP_STORE_PATH);
    out.writeText(path.toString());
  }

  /** How many bytes command 3 takes. */
  public static int dumpStorePathBytes(StorePath path) {
    return 2 * Long.BYTES + ((path.toString().length() + 7) & ~7);
  }

  /** Command 7, without the outputs of derivations. */
  public void queryClosure(Collection<StorePath> paths) throws IOException {
    out.writeLong(QUERY_CLOSURE);
    out.writeBool(false);
    out.writeStorePaths(paths);
  }

  /** Command 8. */
  public void buildDerivation(StorePath drvPath, BasicDerivation derivation, BuildOptions options)
      throws IOException {
    out.writeLong(BUILD_DERIVATION);
    out.writeText(drvPath.toString());
    derivation(derivation);
    options(options);
  }

  /** Command 9, up to the archive, which the caller writes. */
  public void addToStoreNar(PathInfo info) throws IOException {
    out.writeLong(ADD_TO_STORE_NAR);
    out.writeText(info.path().toString());
    out.writeText(info.deriver().map(StorePath::toString).orElse(""));
    out.writeText(info.narHash().base16());
    out.writeStorePaths(info.references());
    out.writeLong(0); // registration time: the server's own clock is as good
    out.writeLong(info.narSizeBytes());
    out.writeBool(false); // not ultimate: it was not built there
    out.writeLong(info.signatures().size());
    for (Signature signature : info.signatures()) {
      out.writeText(signature.text());
    }
    out.writeText(info.contentAddress().map(Object::toString).orElse(""));
  }

  private void derivation(BasicDerivation derivation) throws IOException {
    out.writeLong(derivation.outputs().size());
    for (Map.Entry<String, DerivationOutput> output : derivation.outputs().entrySet()) {
      out.writeText(output.getKey());
      output(output.getValue());
    }
    out.writeStorePaths(derivation.inputSources());
    out.writeText(derivation.platform());
    out.writeBytes(derivation.builder());
    out.writeLong(derivation.arguments().size());
    for (ByteString argument : derivation.arguments()) {
      out.writeBytes(argument);
    }
    out.writeLong(derivation.environment().size());
    for (Map.Entry<ByteString, ByteString> variable : derivation.environment().entrySet()) {
      out.writeBytes(variable.getKey());
      out.writeBytes(variable.getValue());
    }
  }

  private void output(DerivationOutput output) throws IOException {
    String path = output.path().map(StorePath::toString).orElse("");
    String algorithm = "";
    String hash = "";
    if (output instanceof DerivationOutput.Fixed fixed) {
      algorithm =
          fixed.contentAddress().method().prefix() + fixed.contentAddress().hash().algorithm();
      hash = fixed.contentAddress().hash().base16();
    } else if (output instanceof DerivationOutput.Floating floating) {
      algorithm = floating.method().prefix() + floating.algorithm();
    } else if (output instanceof DerivationOutput.Impure impure) {
      algorithm = impure.method().prefix() + impure.algorithm();
      hash = "impure";
    }
    out.writeText(path);
    out.writeText(algorithm);
    out.writeText(hash);
  }

  private void options(BuildOptions options) throws IOException {
    out.writeLong(seconds(options.maxSilentTime()));
    out.writeLong(seconds(options.timeout()));
    out.writeLong(options.maxLogSizeBytes());
    out.writeLong(0); // repeat: refused by Nix 2.13 and later if it is anything else
    out.writeBool(false); // enforce determinism: means nothing without repeats
    if (version >= 0x207) {
      out.writeBool(options.isFailureKept());
    }
  }

  private static long seconds(Duration duration) {
    return duration.plusNanos(999_999_999).toSeconds();
  }
}
