/**
 * How the state of a group becomes durable, and its log shorter: by whole snapshots (here), or by flushes of rows (state-flusher.ts).
 *
 * K1. The log is compacted only up to a state that is durable (R34).
 * K2. A snapshot is taken between two entries, one at a time.
 * Tests: test/cluster/snapshots.spec.ts.
 */
import { Snapshot } from '../raft/index.js';
import { withRows } from './whole-rows.js';
export class WholeSnapshots {
    options;
    isInstalling = false;
    index;
    term;
    snapshotIndex;
    bytesSinceSnapshot = 0;
    lastSnapshotBytes;
    isSaving = false;
    constructor(options, start) {
        this.options = options;
        this.index = this.snapshotIndex = start === null ? 0 : start.index;
        this.term = start === null ? 0 : start.term;
        this.lastSnapshotBytes = start === null ? 0 : start.data.length;
    }
    applied(index, term, bytes) {
        const { tuning } = this.options;
        this.index = index;
        this.term = term;
        this.bytesSinceSnapshot += bytes;
        // A snapshot costs what the state is worth, however little changed: so the log first grows by as much as the last one took.
        // Then the cost of all snapshots together stays in proportion to what was written. The byte bound holds in any case.
        const isDue = (index - this.snapshotIndex >= tuning.snapshotEntriesMax && this.bytesSinceSnapshot >= this.lastSnapshotBytes) ||
            this.bytesSinceSnapshot >= tuning.snapshotLogBytesMax;
        if (isDue && !this.isSaving)
            this.take();
    }
    async prepare(received) {
        const { index, term, confState } = received.header.position;
        try {
            const bytes = received.isRows ? await withRows(this.options.stateMachine).bytesOf(received.image()) : await received.whole();
            return new Snapshot(index, term, confState, bytes);
        }
        finally {
            await received.discard();
        }
    }
    release() {
        // It holds nothing but memory.
    }
    announce() {
        // The storage has room for two: the one that is being saved and this one.
    }
    save(snapshot) {
        return this.options.storage.saveSnapshot(this.options.groupId, snapshot);
    }
    restore({ index, data }) {
        // An empty one is the one that a group begins with: the state machine's initial state.
        if (data.length > 0)
            this.options.stateMachine.restore(index, data);
    }
    restored(snapshot) {
        this.index = this.snapshotIndex = snapshot.index;
        this.term = snapshot.term;
        this.bytesSinceSnapshot = 0;
        this.lastSnapshotBytes = snapshot.data.length;
    }
    renew() {
        const { groupId, storage } = this.options;
        if (!this.isSaving && this.index > this.snapshotIndex)
            this.take();
        return this.isSaving ? null : storage.log(groupId).snapshot();
    }
    open(snapshot) {
        return { snapshot, image: null };
    }
    settle() {
        return null;
    }
    take() {
        const { groupId, stateMachine, storage, tuning, membership, failed } = this.options;
        const { index } = this;
        const covered = index - this.snapshotIndex;
        // Entries that are large enough to force a snapshot by their bytes are not kept by number.
        const keep = this.bytesSinceSnapshot >= tuning.snapshotLogBytesMax
            ? Math.min(tuning.compactionKeepEntries, covered >> 1)
            : tuning.compactionKeepEntries;
        const snapshot = new Snapshot(index, this.term, membership(), stateMachine.snapshot());
        this.snapshotIndex = index;
        this.bytesSinceSnapshot = 0;
        this.lastSnapshotBytes = snapshot.data.length;
        const compact = () => (index > keep ? storage.compact(groupId, index - keep) : undefined);
        try {
            const saved = storage.saveSnapshot(groupId, snapshot);
            if (saved === undefined) {
                const compacted = compact();
                if (compacted !== undefined)
                    compacted.catch(failed);
                return;
            }
            this.isSaving = true;
            void saved
                .then(compact)
                .then(() => (this.isSaving = false))
                .catch(failed);
        }
        catch (error) {
            failed(error);
        }
    }
}
//# sourceMappingURL=state-keeper.js.map