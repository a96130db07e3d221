package io.github.remotebuild.store;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.BuildResult;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * One store process, somewhere, and the conversation with it.
 *
 * <p>One thread at a time may ask; {@link #close}, {@link #finish} and {@link #abort} may be called
 * from any thread while another is blocked in a question. Nothing here has a deadline of its own
 * except the closing: whoever must not wait for ever calls {@code abort} from a timer. An
 * interruption has the effect that the transport gives it.
 *
 * <p>A question that fails, or is given up half-way, leaves the two sides out of step, so it makes
 * the session unusable: every later question throws {@link StoreProblem#UNUSABLE}. Arguments that
 * are refused with {@link IllegalArgumentException} leave the session as it was.
 *
 * @since 0.1
 */
public interface StoreSession extends AutoCloseable {
  /** What messages call the machine or store. */
  String name();

  /** The logical store directory. Every path given must lie in it. */
  StoreDir storeDir();

  /** Whether questions can still be asked. */
  boolean isUsable();

  /**
   * Asks which of the paths are valid.
   *
   * @param paths the paths; none is a cheap way to make one round trip
   * @param options what to do besides
   * @return those that are
   * @throws StoreException if the store cannot be asked
   */
  SortedSet<StorePath> queryValidPaths(Collection<StorePath> paths, Set<ValidityOption> options);

  /**
   * Asks for hash, size, references and origin of the paths.
   *
   * @param paths the paths
   * @return what the store knows, by path; paths that are not valid are missing
   * @throws StoreException if the store cannot be asked
   */
  SortedMap<StorePath, PathInfo> queryPathInfos(Collection<StorePath> paths);

  /**
   * Asks for everything that the paths refer to, directly or not, and the paths themselves. The
   * outputs of derivations are not followed.
   *
   * @param paths the paths; a serve process ends if one of them is not valid
   * @return the closure
   * @throws StoreException if the store cannot be asked
   */
  SortedSet<StorePath> queryClosure(Collection<StorePath> paths);

  /**
   * Reads store objects that are single files, such as derivations, in few round trips.
   *
   * @param paths the paths; all must be valid
   * @param limitBytes the most that one file may have
   * @return the files by path
   * @throws StoreException {@link StoreProblem#TOO_LARGE} if a file has more, {@link
   *     StoreProblem#PROTOCOL} if a path is not a regular file
   */
  SortedMap<StorePath, ByteString> readFiles(Collection<StorePath> paths, int limitBytes);

  /**
   * Streams the NARs of the paths to the receiver, one after the other in the order given. Requests
   * are sent ahead, within a bound.
   *
   * @param paths the paths; all must be valid
   * @param receiver gets the bytes; what it throws is passed on and makes the session unusable
   * @throws StoreException if the store cannot be read, or what it sends is not a NAR
   */
  void readNars(List<StorePath> paths, NarReceiver receiver);

  /**
   * Begins to add paths. No other question may be asked until the upload is finished.
   *
   * @param listener hears of each path that the store confirms
   * @return where the paths go
   * @throws StoreException if the session is unusable
   */
  NarUpload addNars(NarUpload.Listener listener);

  /**
   * Builds a derivation. All its input sources must be valid in this store.
   *
   * <p>The result may arrive before the end of the log. After one more question and its answer,
   * such as {@code queryValidPaths(List.of(), Set.of())}, the log is complete (observed with Nix
   * 2.8.0).
   *
   * @param drvPath the path of the {@code .drv}; it need not exist in this store
   * @param derivation what to build
   * @param options bounds on the build
   * @return how it ended
   * @throws StoreException if the store cannot be asked, or refuses to try
   */
  BuildResult buildDerivation(StorePath drvPath, BasicDerivation derivation, BuildOptions options);

  /** The last lines that the store process wrote to its standard error, oldest first. */
  List<String> lastStderrLines();

  /**
   * Ends the session in good order: closes the store process's input, waits for its end within the
   * bound on that, and hangs up.
   *
   * <p>A store process that is building stops the build as soon as it sees the end of its input, so
   * this is also how a build is cancelled: from another thread, while the first is blocked in
   * {@link #buildDerivation}, which then throws {@link StoreProblem#ABORTED}.
   *
   * @return how the process ended; the same answer every time
   */
  SessionEnd finish();

  /** How the process ended, if the session is over. */
  Optional<SessionEnd> end();

  /** Does what {@link #finish} does. */
  @Override
  default void close() {
    finish();
  }

  /**
   * Hangs up at once. Every thread blocked in a question gets {@link StoreProblem#ABORTED}. Does
   * not throw, and does nothing the second time.
   */
  void abort();
}
