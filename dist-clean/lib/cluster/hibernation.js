/**
 * When a group may stop ticking (R39). Pure: a verdict on what the leader knows.
 *
 * H1. Only the leader declares it, and only when every live member holds the whole log, all of it is applied, and a majority is alive.
 * H2. A dead member does not prevent it: its return wakes the group.
 * H3. No state timer may be due soon: the group would be woken at once.
 */
import { Role } from '../raft/index.js';
export function mayHibernate(view) {
    const { raw } = view;
    if (!view.isIdle || raw.role !== Role.Leader || raw.confState.votersOutgoing.length > 0)
        return false;
    if (raw.commitIndex !== raw.lastIndex || view.appliedIndex !== raw.lastIndex)
        return false;
    if (view.nextDeadlineMs <= view.deadlineMsMin)
        return false;
    const status = raw.status();
    if (status.transferee !== 0)
        return false;
    let liveVoters = 0;
    for (const peer of status.peers) {
        const isLive = peer.id === raw.id || !view.isDown(peer.id);
        if (isLive && peer.match !== raw.lastIndex)
            return false;
        if (isLive && !peer.isLearner)
            liveVoters++;
    }
    return liveVoters * 2 > raw.confState.voters.length;
}
//# sourceMappingURL=hibernation.js.map