/**
 * Node ids that were used, given out and given up in this deployment (R42). Part of the state from codec level 2 on; empty below. Pure.
 *
 * D1. An id is given out once: it is above every id that ever was a member, said hello, was given out, or was heard of by the proposer.
 * D2. The same token has the same id while it is remembered: for RESERVATION_MS of log time, the newest RESERVATIONS_MAX of them. A token that comes
 *     back later gets another id; the first one stays unused for ever.
 * D3. A node that was a member and is none is told so when it comes back; of more than REMOVED_MAX the lowest ids are forgotten: those are below every
 *     id of a node that joins.
 * Tests: node-ids.spec.ts.
 */
import { NODE_ID_MAX } from '../command.js';
/** Codec level from which on they are part of the state. */
export const NODE_IDS_LEVEL = 2;
export const RESERVATIONS_MAX = 1_024;
export const REMOVED_MAX = 4_096;
const RESERVATION_MS = 3_600_000;
export class NodeIds {
    highestId = 0;
    /** In the order in which they were given out. */
    byToken = new Map();
    removed = new Set();
    /** 0: none was ever used. */
    get highest() {
        return this.highestId;
    }
    raise(node) {
        if (node > this.highestId)
            this.highestId = Math.min(node, NODE_ID_MAX);
    }
    /** 0: there is none left. */
    reserve(token, above, nowMs) {
        this.forget(nowMs);
        const known = this.byToken.get(token);
        if (known !== undefined)
            return known.nodeId;
        const nodeId = Math.max(this.highestId, above) + 1;
        if (nodeId > NODE_ID_MAX)
            return 0;
        this.highestId = nodeId;
        this.byToken.set(token, { nodeId, atMs: nowMs });
        if (this.byToken.size > RESERVATIONS_MAX)
            this.byToken.delete(this.byToken.keys().next().value);
        return nodeId;
    }
    reservedBy(token) {
        return this.byToken.get(token)?.nodeId;
    }
    membersChanged(before, now) {
        for (const node of now) {
            this.raise(node);
            this.removed.delete(node);
        }
        for (const node of before)
            if (!now.includes(node))
                this.removed.add(node);
        if (this.removed.size > REMOVED_MAX)
            this.removed.delete(this.removedIds()[0]);
    }
    wasRemoved(node) {
        return this.removed.has(node);
    }
    reservations() {
        return this.byToken.entries();
    }
    /** Ascending. */
    removedIds() {
        return [...this.removed].sort((a, b) => a - b);
    }
    restoreReservation(token, reservation) {
        this.byToken.set(token, reservation);
    }
    restoreRemoved(node) {
        this.removed.add(node);
    }
    forget(nowMs) {
        for (const [token, { atMs }] of this.byToken) {
            if (nowMs - atMs < RESERVATION_MS)
                return;
            this.byToken.delete(token);
        }
    }
}
//# sourceMappingURL=node-ids.js.map