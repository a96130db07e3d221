package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnThreadTest {
  @Test
  void interrupts_the_thread_while_it_is_at_it() {
    try (OwnThread own = new OwnThread()) {
      own.interrupt();
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }
    assertThat(Thread.currentThread().isInterrupted()).as("taken back").isFalse();
  }

  @Test
  void never_interrupts_it_afterwards() {
    OwnThread own = new OwnThread();
    own.close();
    own.interrupt();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void an_interrupt_of_somebody_else_stays() {
    try {
      try (OwnThread own = new OwnThread()) {
        Thread.currentThread().interrupt();
      }
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
  }
}
