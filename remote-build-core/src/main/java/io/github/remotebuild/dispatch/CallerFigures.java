package io.github.remotebuild.dispatch;

import java.time.Duration;

/**
 * What a caller has of the farm.
 *
 * @param caller its name
 * @param share its share
 * @param running its attempts that have a slot or ask for one
 * @param waiting its builds that only lack a machine
 * @param slotTime for how long it had slots, in all, since it was last without work for a while
 */
record CallerFigures(String caller, int share, int running, int waiting, Duration slotTime) {}
