package io.github.remotebuild.policy;

/** How the built-in policies put a load and a speed into one number, and what breaks ties. */
enum Formula {
  /** {@code src/nix/build-remote/build-remote.cc}, Nix 2.20 and later. */
  NIX {
    @Override
    double cost(int load, double speed) {
      return load / speed;
    }
  },

  /** {@code scripts/build-remote.pl}, until Nix 1.11. */
  CLASSIC {
    @Override
    double cost(int load, double speed) {
      return Math.floor(load / speed + 0.4999);
    }

    @Override
    double speed(double speedFactor) {
      return Math.max(1, Math.floor(speedFactor));
    }
  },

  /** {@code src/hydra-queue-runner/dispatcher.cc}, until it was rewritten in 2026. */
  HYDRA {
    @Override
    double cost(int load, double speed) {
      double exact = load / speed;
      double whole = Math.floor(exact);
      return exact - whole >= 0.5 ? whole + 1 : whole;
    }

    @Override
    boolean prefersLoad(int load, int other) {
      return load > other;
    }
  };

  /** What comes first: less is better. */
  abstract double cost(int load, double speed);

  /** The speed that counts: more is better. */
  double speed(double speedFactor) {
    return speedFactor;
  }

  /** Whether {@code load} wins over {@code other} when cost and speed are equal. */
  boolean prefersLoad(int load, int other) {
    return load < other;
  }
}
