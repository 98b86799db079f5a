import { Role } from './types.js';
export function basicStatusOf(core) {
    return {
        id: core.id,
        term: core.term,
        vote: core.vote,
        commit: core.log.committed,
        applied: core.log.applied,
        lead: core.lead,
        role: core.role,
        transferee: core.transferee,
    };
}
export function statusOf(core) {
    const peers = core.role === Role.Leader ? core.tracker.peers : [];
    return {
        ...basicStatusOf(core),
        confState: core.tracker.confState,
        peers: peers.map((peer) => {
            const isPaused = peer.isPaused();
            return {
                id: peer.id,
                state: peer.state,
                match: peer.match,
                next: peer.next,
                isLearner: peer.isLearner,
                recentActive: peer.recentActive,
                pendingSnapshot: peer.pendingSnapshot,
                inflightCount: peer.inflights.count,
                inflightBytes: peer.inflights.bytes,
                inflightFull: peer.inflights.isFull(),
                isPaused: () => isPaused,
            };
        }),
    };
}
//# sourceMappingURL=status.js.map