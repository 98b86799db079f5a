import { Refusal } from './packet-codec.js';
export const ADMITTED = { refusal: Refusal.NONE, text: '' };
export class Admission {
    options;
    seen = new Map();
    constructor(options) {
        this.options = options;
    }
    /** What speaks against `remote` at once; ADMITTED if nothing does. */
    judge(remote) {
        const self = this.options.self();
        if (remote.processId === self.processId)
            return { refusal: Refusal.SELF, text: 'the process reached itself' };
        if (remote.deployment !== '' && self.deployment !== '' && remote.deployment !== self.deployment) {
            const whose = `the one side belongs to deployment ${remote.deployment}, the other to ${self.deployment}`;
            return { refusal: Refusal.DEPLOYMENT, text: whose };
        }
        const { nodeId } = remote;
        if (nodeId === 0)
            return ADMITTED;
        if (nodeId === self.nodeId)
            return reused(nodeId, `is that of the node at ${self.address} itself`);
        const seen = this.seen.get(nodeId);
        if (seen !== undefined && seen.processId !== remote.processId && (seen.volatile || remote.volatile))
            return reused(nodeId, 'was used before by a node with a volatile store');
        const newest = Math.max(seen?.incarnation ?? 0, this.options.book.incarnationOf(nodeId));
        if (remote.incarnation < newest)
            return reused(nodeId, `is used by a later start of it (incarnation ${newest}, this one has ${remote.incarnation})`);
        return ADMITTED;
    }
    /** The judgement on a dialer, which may have to wait until another process has answered whether it lives (M1). */
    judgeDialer(remote, answer) {
        const verdict = this.judge(remote);
        if (verdict.refusal !== Refusal.NONE)
            return answer(verdict);
        if (remote.nodeId === 0)
            return answer(this.hasRoomForGuest() ? ADMITTED : { refusal: Refusal.BUSY, text: 'too many guests' });
        const rivals = this.rivalsOf(remote);
        if (rivals.length === 0)
            return answer(ADMITTED);
        let open = rivals.length;
        for (const rival of rivals) {
            rival.probe(this.options.tuning.rivalProbeMs, (isAlive) => {
                if (open === 0)
                    return;
                if (isAlive) {
                    open = 0;
                    return answer(reused(remote.nodeId, 'is running'));
                }
                rival.close('it is silent, and another process of the node has come');
                if (--open === 0)
                    answer(this.judge(remote));
            });
        }
    }
    /** A session with it is open. */
    note(remote) {
        const { nodeId, processId, incarnation, volatile } = remote;
        if (nodeId === 0)
            return;
        this.seen.delete(nodeId);
        this.seen.set(nodeId, { processId, incarnation, volatile });
        const { addressesMax } = this.options.tuning;
        for (const oldest of this.seen.keys()) {
            if (this.seen.size <= addressesMax)
                break;
            this.seen.delete(oldest);
        }
    }
    /** Another open session speaks for the same node from another process. */
    rivalsOf({ nodeId, processId }) {
        return [...this.options.connections].filter((connection) => connection.isOpen && connection.remote.nodeId === nodeId && connection.remote.processId !== processId);
    }
    hasRoomForGuest() {
        let guests = 0;
        for (const connection of this.options.connections)
            if (connection.isOpen && connection.role === 'acceptor' && connection.remote.nodeId === 0)
                guests++;
        return guests < this.options.tuning.guestsMax;
    }
}
function reused(nodeId, how) {
    const remedy = 'give this node a new id and replace the lost one by the membership calls';
    return { refusal: Refusal.NODE_ID_REUSED, text: `node id ${nodeId} ${how}; ${remedy}` };
}
//# sourceMappingURL=admission.js.map