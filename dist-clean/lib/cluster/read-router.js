/**
 * Linearizable read points (P6, R25). One per group and node.
 *
 * D1. Reads that gather until a flush share one round of the core; each round, and each repetition of one, has a context of its own, over restarts too.
 * D2. A read resolves once its index is applied here: with an index that was committed when the call was made, or later.
 * D3. A lost round is repeated, at a change of leadership at once, until the deadline: NO_LEADER then. A read changes nothing, so its outcome is
 *     never unknown.
 * D4. At most `queueLengthMax` reads wait: OVERLOADED.
 * Tests: test/cluster/reads-and-requests.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { ReadResult } from '../raft/index.js';
class Read {
    router;
    dueAt;
    resolve;
    reject;
    heapIndex = -1;
    isSettled = false;
    index = 0;
    constructor(router, dueAt, resolve, reject) {
        this.router = router;
        this.dueAt = dueAt;
        this.resolve = resolve;
        this.reject = reject;
    }
    onDue() {
        this.router.expire(this);
    }
}
/** Ticks until a round without an answer is repeated. */
const REPEAT_AFTER_TICKS = 3;
export class ReadRouter {
    context;
    queue = [];
    rounds = new Map();
    /** Confirmed, waiting for the state machine. */
    confirmed = [];
    lastContext;
    liveCount = 0;
    closedBy = null;
    constructor(context) {
        this.context = context;
        this.lastContext = context.firstCallId;
    }
    get isIdle() {
        return this.liveCount === 0;
    }
    /** Reads that are kept, settled ones too. */
    get held() {
        let held = this.queue.length + this.confirmed.length;
        for (const round of this.rounds.values())
            held += round.reads.length;
        return held;
    }
    read(options) {
        const { clock, tuning, deadlines, groupId } = this.context;
        if (this.closedBy !== null)
            return Promise.reject(new RaftoralError(this.closedBy.code, this.closedBy.message));
        if (this.liveCount >= tuning.queueLengthMax) {
            const text = `group ${groupId}: reads waiting on this node reached proposals.queueLengthMax (${tuning.queueLengthMax}); slow down, or raise it`;
            return Promise.reject(new RaftoralError('OVERLOADED', text, { details: { limit: 'proposals.queueLengthMax', value: tuning.queueLengthMax } }));
        }
        return new Promise((resolve, reject) => {
            const read = new Read(this, clock.monotonic() + (options?.deadlineMs ?? tuning.requestTimeoutMs), resolve, reject);
            this.liveCount++;
            deadlines.add(read);
            this.queue.push(read);
            this.context.gatherFlush(false);
        });
    }
    flush() {
        if (this.queue.length === 0)
            return;
        const { raw } = this.context;
        if (!raw.isLeader && raw.leaderId === 0)
            return;
        const reads = this.queue.filter((read) => !read.isSettled);
        this.queue = [];
        if (reads.length === 0)
            return;
        const context = ++this.lastContext;
        if (raw.readIndex(encodeContext(context)) === ReadResult.Accepted)
            this.rounds.set(context, { reads, ticks: 0 });
        else
            this.queue = reads;
        this.context.changed();
    }
    onReadState(state) {
        const context = decodeContext(state.context);
        const round = this.rounds.get(context);
        if (round === undefined)
            return;
        this.rounds.delete(context);
        for (const read of round.reads) {
            if (read.isSettled)
                continue;
            read.index = state.index;
            if (state.index <= this.context.appliedIndex)
                this.resolve(read);
            else
                this.confirmed.push(read);
        }
    }
    /** The state machine has applied up to `index`. */
    applied(index) {
        if (this.confirmed.length === 0)
            return;
        const waiting = [];
        for (const read of this.confirmed) {
            if (read.isSettled)
                continue;
            if (read.index <= index)
                this.resolve(read);
            else
                waiting.push(read);
        }
        this.confirmed = waiting;
    }
    leadershipChanged() {
        for (const [context, round] of this.rounds)
            this.repeat(context, round);
        if (this.queue.length > 0)
            this.context.wantFlush();
    }
    tick() {
        for (const [context, round] of this.rounds) {
            if (++round.ticks > REPEAT_AFTER_TICKS)
                this.repeat(context, round);
        }
        // A node that gets no entries keeps nothing of the reads that ran out of time meanwhile.
        if (this.confirmed.length > 0)
            this.confirmed = this.confirmed.filter((read) => !read.isSettled);
        if (this.queue.length === 0)
            return;
        this.queue = this.queue.filter((read) => !read.isSettled);
        this.context.wantFlush();
    }
    close(error) {
        this.closedBy = error;
        const all = [...this.queue, ...this.confirmed, ...[...this.rounds.values()].flatMap((round) => round.reads)];
        this.queue = [];
        this.confirmed = [];
        this.rounds.clear();
        for (const read of all)
            if (!read.isSettled)
                this.fail(read, new RaftoralError(error.code, error.message));
    }
    expire(read) {
        const text = `group ${this.context.groupId}: no leader confirmed the read with a majority before the deadline; retry, and see which nodes are down`;
        this.fail(read, new RaftoralError('NO_LEADER', text));
    }
    repeat(context, round) {
        this.rounds.delete(context);
        for (const read of round.reads)
            if (!read.isSettled)
                this.queue.push(read);
        this.context.wantFlush();
    }
    resolve(read) {
        this.settle(read);
        read.resolve(read.index);
    }
    fail(read, error) {
        this.settle(read);
        read.reject(error);
    }
    settle(read) {
        read.isSettled = true;
        this.liveCount--;
        this.context.deadlines.remove(read);
    }
}
function encodeContext(context) {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, context, true);
    return bytes;
}
function decodeContext(bytes) {
    return bytes.length === 8 ? new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true) : -1;
}
//# sourceMappingURL=read-router.js.map