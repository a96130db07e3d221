/**
 * Who holds which build slot of which machine.
 *
 * <p>For people who share slots between several programs. Start with {@link
 * io.github.remotebuild.lease.SlotLeases}. The selection policy picks a machine, the lease store
 * the slot: it may refuse one that the policy believed free, and it may take one away.
 */
@NullMarked
package io.github.remotebuild.lease;

import org.jspecify.annotations.NullMarked;
