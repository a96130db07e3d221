package io.github.remotebuild.ssh.jsch;

import com.jcraft.jsch.JSchAlgoNegoFailException;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchSessionDisconnectException;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says in plain words why a connection could not be opened. */
final class ConnectErrors {
  /** What JSch says when no key was accepted; it names the methods the machine offers. */
  private static final Pattern AUTH_FAILED =
      Pattern.compile("Auth (?:fail|cancel)(?: for methods '([^']*)')?.*", Pattern.DOTALL);

  /** What OpenSSH says when it has been shown MaxAuthTries keys. */
  private static final Pattern TOO_MANY =
      Pattern.compile("too many authentication failures", Pattern.CASE_INSENSITIVE);

  private final Endpoint endpoint;
  private final String user;
  private final int port;

  ConnectErrors(Endpoint endpoint, String user, int port) {
    this.endpoint = endpoint;
    this.user = user;
    this.port = port;
  }

  private String start() {
    return "Could not connect to " + endpoint.name() + ": ";
  }

  private String place() {
    return endpoint.host() + " port " + port;
  }

  String timeout(Link link, @Nullable HostKeyPolicy hostKeys, ConnectOptions options) {
    String connect = seconds(options.connectTimeout());
    if (!link.isResolved()) {
      return start()
          + "the name "
          + endpoint.host()
          + " was not resolved within "
          + connect
          + ". Check the name service of this computer.";
    }
    if (!link.isConnected()) {
      return start() + silent(connect);
    }
    if (link.receivedBytes() == 0) {
      return start()
          + place()
          + " took the connection but did not say a word within "
          + connect
          + ". Check that it is an ssh server, and how loaded the machine is.";
    }
    String step =
        hostKeys != null && hostKeys.isSettled() ? "let us log in" : "agree on keys with us";
    return start()
        + place()
        + " answered, but did not "
        + step
        + " within "
        + seconds(options.authenticateTimeout())
        + ". Check how loaded the machine is, and its sshd's log.";
  }

  private String silent(String time) {
    return place()
        + " did not answer within "
        + time
        + ". Check that the machine is up, and that no firewall is in between.";
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }

  TransportException explain(
      Throwable failure,
      Link link,
      @Nullable HostKeyPolicy hostKeys,
      @Nullable Identities identities) {
    if (failure instanceof TransportException known) {
      return known;
    }
    if (hostKeys != null && hostKeys.hasRefused()) {
      return hostKeys.refusal(failure);
    }
    Throwable root = root(failure);
    if (root instanceof JSchAlgoNegoFailException nothingInCommon) {
      return problem(TransportProblem.NOT_COMPATIBLE, incompatible(nothingInCommon), failure);
    }
    if (!link.isConnected()) {
      return unreachable(root, failure);
    }
    Matcher rejected = AUTH_FAILED.matcher(String.valueOf(failure.getMessage()));
    boolean isRejected = failure instanceof JSchException && rejected.matches();
    if (isRejected && link.breakage().isEmpty()) {
      return problem(
          TransportProblem.LOGIN_REJECTED, loginRejected(rejected.group(1), identities), failure);
    }
    if (link.receivedBytes() == 0) {
      return problem(
          TransportProblem.LOST,
          place()
              + " took the connection and hung up at once. An sshd does that when too many logins"
              + " are in progress (MaxStartups), or when it does not want this client.",
          failure);
    }
    if (root instanceof JSchSessionDisconnectException refused) {
      if (TOO_MANY.matcher(refused.getDescription()).find()) {
        return problem(TransportProblem.LOGIN_REJECTED, tooManyKeys(identities), failure);
      }
      return problem(
          TransportProblem.LOST,
          place() + " hung up while we connected, saying: " + refused.getDescription(),
          failure);
    }
    return problem(
        TransportProblem.LOST,
        "the connection to "
            + place()
            + " broke while we agreed on keys and logged in ("
            + (isRejected ? link.breakage().orElse("") : text(root))
            + "). Check that it is an ssh server, and its log.",
        failure);
  }

  private TransportException unreachable(Throwable root, Throwable failure) {
    if (root instanceof UnknownHostException) {
      return problem(
          TransportProblem.UNREACHABLE,
          "the name "
              + endpoint.host()
              + " is unknown. Check its spelling, and the name service of this computer.",
          failure);
    }
    if (root instanceof SocketTimeoutException) {
      return problem(TransportProblem.TIMED_OUT, silent("the time it was given"), failure);
    }
    if (root instanceof ConnectException && !(root instanceof NoRouteToHostException)) {
      return problem(
          TransportProblem.UNREACHABLE,
          "nobody listens at "
              + place()
              + " ("
              + text(root)
              + "). Check that sshd runs there, and the port.",
          failure);
    }
    return problem(
        TransportProblem.UNREACHABLE,
        place() + " cannot be reached (" + text(root) + "). Check the address and the network.",
        failure);
  }

  private String loginRejected(@Nullable String methods, @Nullable Identities identities) {
    StringBuilder text = new StringBuilder(place());
    text.append(" does not let ").append(user).append(" log in with any key we have. It offers ");
    text.append(
        methods == null || methods.isEmpty()
            ? "no way to log in that we know of"
            : methods.replace(",", ", "));
    List<String> offered = identities == null ? List.of() : identities.offered();
    if (offered.isEmpty()) {
      text.append("; we tried no key");
    } else {
      text.append("; we tried ").append(String.join(", ", offered));
    }
    List<String> notes = new ArrayList<>(identities == null ? List.of() : identities.notes());
    if (offered.isEmpty() && notes.isEmpty()) {
      notes.add(
          identities == null || identities.isEmpty()
              ? "none is given with the machine or for the transport"
              : "logging in by key is not offered, and we know no other way");
    }
    if (!notes.isEmpty()) {
      text.append(" (").append(String.join("; ", notes)).append(")");
    }
    return text.append(". Check the user name, and that one of our keys is in the")
        .append(" authorized_keys of that user.")
        .toString();
  }

  private String tooManyKeys(@Nullable Identities identities) {
    List<String> offered = identities == null ? List.of() : identities.offered();
    return place()
        + " hung up after it had seen "
        + offered.size()
        + " keys for "
        + user
        + " and accepted none; there may be more that it did not look at. We tried "
        + String.join(", ", offered)
        + ". Give the right key with the machine, which is tried first.";
  }

  private String incompatible(JSchAlgoNegoFailException failure) {
    return place()
        + " and we have no "
        + failure.getAlgorithmName()
        + " in common. It offers "
        + failure.getServerProposal()
        + "; we offer "
        + failure.getJSchProposal()
        + ". Update the older of the two.";
  }

  private TransportException problem(TransportProblem problem, String reason, Throwable cause) {
    return new TransportException(problem, start() + reason, cause);
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root;
  }

  private static String text(Throwable failure) {
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }
}
