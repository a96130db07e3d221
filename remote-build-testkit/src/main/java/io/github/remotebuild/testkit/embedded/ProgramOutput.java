package io.github.remotebuild.testkit.embedded;

import java.io.IOException;
import java.io.OutputStream;

/** What a program writes, until it is killed. */
final class ProgramOutput extends OutputStream {
  private final OutputStream next;
  private volatile boolean isSilenced;

  ProgramOutput(OutputStream next) {
    this.next = next;
  }

  /** Lets nothing more through. */
  void silence() {
    isSilenced = true;
  }

  private void checkNotSilenced() throws IOException {
    if (isSilenced) {
      throw new IOException("the program was killed");
    }
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    checkNotSilenced();
    next.write(buffer, offset, length);
  }

  @Override
  public void flush() throws IOException {
    checkNotSilenced();
    next.flush();
  }
}
