const REMOVED_METHOD = 'raft.removed';
const HALTED_METHOD = 'raft.halted';
const REMIND_EVERY_MS = 1_000;
const NO_BYTES = new Uint8Array(0);
export class MemberNotices {
    context;
    isHalted = false;
    remindedAt = new Map();
    constructor(context) {
        this.context = context;
    }
    handlerOf(method) {
        if (method === REMOVED_METHOD)
            return (_from, body) => this.takeRemoved(body);
        if (method === HALTED_METHOD)
            return (from) => this.takeHalted(from);
        return undefined;
    }
    /** Tells a node that it was removed, if it did not hear it from the log. */
    tellRemoved(node, index) {
        const { host, groupId } = this.context;
        host.requests.tell(node, groupId, REMOVED_METHOD, Buffer.from(JSON.stringify({ index }), 'utf8'));
    }
    halted(members) {
        this.isHalted = true;
        for (const node of members)
            this.remind(node);
    }
    /** Does nothing while the group is well. */
    remind(node) {
        const { host, groupId } = this.context;
        const now = host.clock.monotonic();
        if (!this.isHalted || node === host.nodeId || now - (this.remindedAt.get(node) ?? -Infinity) < REMIND_EVERY_MS)
            return;
        this.remindedAt.set(node, now);
        host.requests.tell(node, groupId, HALTED_METHOD, NO_BYTES);
    }
    async takeRemoved(body) {
        const { index } = JSON.parse(Buffer.from(body).toString('utf8'));
        if (Number.isSafeInteger(index))
            this.context.onRemoved(index);
        return NO_BYTES;
    }
    async takeHalted(from) {
        this.context.onHalted(from);
        return NO_BYTES;
    }
}
//# sourceMappingURL=member-notices.js.map