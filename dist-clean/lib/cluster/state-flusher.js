/**
 * The state of one group in the state store: what was applied goes there in flushes, and the log gets shorter behind them (R32, R34).
 *
 * X1. A flush is the state between two entries, with the membership in force there; one at a time.
 * X2. The log is compacted after the flush, never beyond its position, nor beyond a snapshot that is on its way to a peer.
 * X3. No flush begins between the announcement of a received snapshot and its restore: the rows are its own by then (R36).
 * X4. A failed flush is a failed storage: the node stops. So is a stored state that is damaged where it is read for a peer: this node would lead on,
 *     and nobody whom it can only reach by a snapshot would ever catch up. Anything else that keeps a snapshot from being read: it is not sent.
 * Tests: test/cluster/stored-state.spec.ts, stored-state.snapshots.spec.ts.
 */
import { RaftoralError, invariant } from '../errors/index.js';
import { NO_BYTES, Snapshot } from '../raft/index.js';
export class StateFlusher {
    options;
    index;
    term;
    /** Of the last flush that was begun, or of the state that replaced it. */
    flushedIndex;
    bytesSinceFlush = 0;
    flushing = null;
    isBroken = false;
    flushedMembership;
    /** Received, and not with the core yet. */
    received = new Map();
    /** Received snapshots that are not restored yet. */
    announced = new Map();
    constructor(options, start) {
        this.options = options;
        this.index = this.flushedIndex = start === null ? 0 : start.index;
        this.term = start === null ? 0 : start.term;
        this.flushedMembership = start === null ? null : start.confState;
    }
    get isInstalling() {
        return this.announced.size > 0;
    }
    applied(index, term, bytes) {
        const { stateFlushEntriesMax, stateFlushBytesMax } = this.options.tuning;
        this.index = index;
        this.term = term;
        this.bytesSinceFlush += bytes;
        // Who votes is written down at once: whether a node may drop its files (REJOIN_REFUSED) is read from there.
        const isDue = index - this.flushedIndex >= stateFlushEntriesMax ||
            this.bytesSinceFlush >= stateFlushBytesMax ||
            this.options.membership() !== this.flushedMembership;
        if (isDue && this.mayFlush)
            this.flush();
    }
    async prepare(received) {
        const { index, term, confState } = received.header.position;
        const snapshot = new Snapshot(index, term, confState, NO_BYTES);
        if (received.isRows) {
            await received.verify();
            this.received.set(snapshot, { rows: received, bytes: null });
            return snapshot;
        }
        // Of a node that keeps its state in memory: as a whole.
        try {
            this.received.set(snapshot, { rows: null, bytes: await received.whole() });
            return snapshot;
        }
        finally {
            await received.discard();
        }
    }
    release(snapshot) {
        const received = this.received.get(snapshot);
        this.received.delete(snapshot);
        void received?.rows?.discard();
    }
    announce(snapshot) {
        const { groupId, stateMachine } = this.options;
        const received = this.received.get(snapshot);
        invariant(received !== undefined, () => `group ${groupId}: a snapshot at ${snapshot.index} that was not received is to be installed`);
        const { rows, bytes } = received;
        const position = positionOf(snapshot);
        let image;
        if (rows === null)
            image = stateMachine.rowsOf(position, bytes);
        else {
            stateMachine.expectRows(position, rows.group);
            image = rows.image();
        }
        this.received.delete(snapshot);
        this.announced.set(snapshot, { image, stored: null });
    }
    async save(snapshot) {
        const { groupId, state } = this.options;
        const announced = this.announced.get(snapshot);
        invariant(announced !== undefined, () => `group ${groupId}: the snapshot at ${snapshot.index} is to be saved and was not announced`);
        await state.replace(groupId, positionOf(snapshot), announced.image);
        announced.stored = await state.load(groupId);
    }
    restore(snapshot) {
        const { groupId, state, stateMachine } = this.options;
        const stored = this.announced.get(snapshot)?.stored ?? null;
        invariant(stored !== null, () => `group ${groupId}: the snapshot at ${snapshot.index} is to be restored and was not saved`);
        stateMachine.load(stored, state.source(groupId));
    }
    restored(snapshot) {
        this.announced.delete(snapshot);
        this.index = this.flushedIndex = snapshot.index;
        this.flushedMembership = snapshot.confState;
        this.term = snapshot.term;
        this.bytesSinceFlush = 0;
    }
    renew() {
        const { groupId, storage } = this.options;
        if (this.mayFlush && this.index > this.flushedIndex)
            this.flush();
        return this.flushing === null ? storage.log(groupId).snapshot() : null;
    }
    async open(snapshot) {
        const { groupId, state } = this.options;
        const image = await this.reading(() => state.image(groupId));
        const { index, term, confState } = image.position;
        if (index < snapshot.index) {
            await image.close();
            invariant(false, () => `group ${groupId}: the stored state is at ${index}, a snapshot at ${snapshot.index} was given out`);
        }
        return { snapshot: new Snapshot(index, term, confState, NO_BYTES), image: this.watched(image) };
    }
    watched(image) {
        const { position, group, runCount, bytesAbout } = image;
        return {
            position,
            group,
            runCount,
            bytesAbout,
            next: () => this.reading(() => image.next()),
            again: () => this.watched(image.again()),
            close: () => image.close(),
        };
    }
    /** X4. */
    async reading(read) {
        try {
            return await read();
        }
        catch (error) {
            if (error instanceof RaftoralError && error.code === 'STORAGE_DAMAGED')
                this.options.failed(error);
            throw error;
        }
    }
    settle() {
        if (this.isBroken)
            return null;
        if (this.flushing !== null)
            return this.flushing.then(() => this.settle() ?? undefined);
        if (this.isInstalling || this.index === this.flushedIndex)
            return null;
        this.flush();
        return this.flushing;
    }
    get mayFlush() {
        return this.flushing === null && !this.isInstalling;
    }
    flush() {
        const { groupId, state, stateMachine, tuning, membership, failed } = this.options;
        const position = { index: this.index, term: this.term, confState: membership() };
        this.flushedMembership = position.confState;
        const cut = stateMachine.cut();
        // Entries without a command reach no state machine: behind its own index there is nothing that it would know.
        invariant(cut.index <= position.index, () => `group ${groupId}: a cut at ${cut.index}, applied is ${position.index}`);
        // Entries that are large enough to force a flush by their bytes are not kept by number.
        const covered = position.index - this.flushedIndex;
        const isByBytes = this.bytesSinceFlush >= tuning.stateFlushBytesMax;
        const keep = isByBytes ? Math.min(tuning.compactionKeepEntries, covered >> 1) : tuning.compactionKeepEntries;
        this.flushedIndex = position.index;
        this.bytesSinceFlush = 0;
        const flushed = (async () => {
            await state.flush(groupId, position, cutAt(position.index, cut, tuning.stateSliceRunsMax));
            await this.compact(position.index - keep);
        })();
        this.flushing = flushed.then(() => {
            this.flushing = null;
        }, (error) => {
            this.isBroken = true;
            failed(error);
        });
    }
    compact(wanted) {
        const { groupId, storage, compactionLimit } = this.options;
        const index = Math.min(wanted, compactionLimit());
        return index >= storage.log(groupId).firstIndex() ? storage.compact(groupId, index) : undefined;
    }
}
function positionOf({ index, term, confState }) {
    return { index, term, confState };
}
/** However many runs the storage asks for: no slice holds up the event loop for long. */
function cutAt(index, cut, runsMost) {
    const { group, requests, closed, requestsExpiredMs, sweptMs } = cut;
    return {
        index,
        group,
        requests,
        closed,
        requestsExpiredMs,
        sweptMs,
        next: (runsMax) => cut.next(Math.min(runsMax, runsMost)),
        done: () => cut.done(),
    };
}
//# sourceMappingURL=state-flusher.js.map