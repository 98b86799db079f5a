/**
 * The state of one group as it stands in the storage, its engine's side of it: made durable, fetched from, sent to peers, replaced.
 * Owns: what makes it durable, the entries that wait for a fetch, the snapshots on their way, and what they hold of the log.
 *
 * D1. Without a state store nothing is fetched, and nothing waits.
 * D2. The outcome of every snapshot that the core asked to send is reported to it once, in a turn.
 * D3. Rows are not replaced while somebody fetches from them; what waits for a fetch is covered by the snapshot that replaces them (R36).
 * Tests: test/cluster/stored-state.spec.ts, stored-state.snapshots.spec.ts, snapshots.spec.ts.
 */
import { invariant } from '../errors/index.js';
import { ApplyQueue } from './apply-queue.js';
import { CompactionHold } from './compaction-hold.js';
import { isMember } from './membership-rules.js';
import { SnapshotReceiver } from './snapshot-receiver.js';
import { SnapshotSender } from './snapshot-sender.js';
import { StateFlusher } from './state-flusher.js';
import { WholeSnapshots } from './state-keeper.js';
import { isStorageError } from './storage-failure.js';
const NO_MESSAGES = [];
export class StoredGroup {
    options;
    keeper;
    queue;
    hold;
    sender;
    receiver;
    deliveries = [];
    /** Peers whose transfer failed, and may be resumed. */
    failed = new Set();
    /** With the core, which has not handed it out yet. */
    given = null;
    constructor(options) {
        this.options = options;
        const { groupId, host } = options;
        this.hold = new CompactionHold(host.tuning.snapshotLogBytesMax);
        this.keeper = this.makeKeeper();
        this.queue = options.rows === null ? null : this.makeQueue(options.rows);
        this.sender = new SnapshotSender({
            groupId,
            host,
            open: (snapshot) => this.keeper.open(snapshot),
            sending: (to, index) => this.hold.add(to, index, options.applier.appliedBytes),
            report: (to, isDelivered) => this.report(to, isDelivered),
            firstIndex: () => host.storage.log(groupId).firstIndex(),
            released: () => this.released(),
        });
        this.receiver = new SnapshotReceiver({
            groupId,
            host,
            nodeId: host.nodeId,
            prepare: (received) => this.keeper.prepare(received),
            isInstalling: () => this.keeper.isInstalling,
            commitIndex: () => options.raw.commitIndex,
            wantTurn: () => options.wantFlush(),
        });
    }
    get isIdle() {
        return this.sender.isIdle && this.receiver.isIdle && this.deliveries.length === 0;
    }
    /** Snapshots on their way. */
    get progress() {
        return [...this.sender.progress, ...this.receiver.progress];
    }
    get hasReceived() {
        return !this.receiver.isIdle;
    }
    get hasDeliveries() {
        return this.deliveries.length > 0;
    }
    // --- applying ---------------------------------------------------------------------------------------------------
    /** In a turn. `message`: committed entries that the core has just handed out. Returns what may be applied now; ask again after it. */
    next(message) {
        if (this.queue === null)
            return message;
        if (message !== null)
            this.queue.push(message);
        return this.queue.next();
    }
    // --- a received snapshot ----------------------------------------------------------------------------------------
    /** In a turn. */
    onPart(from, envelope) {
        this.receiver.onPart(from, envelope);
    }
    /** In a turn: a snapshot for the core, once it is whole. */
    takeReceived() {
        const message = this.receiver.takeMessage();
        invariant(message !== null, () => `group ${this.options.groupId}: no snapshot is whole`);
        this.given = message.snapshot;
        return message;
    }
    /** The core has handed out what it had: a snapshot that it did not hand out is none that it wants. */
    gathered() {
        const { given } = this;
        if (given === null)
            return;
        this.given = null;
        this.keeper.release(given);
    }
    /** It is handed to the storage next. Returns what it covers of what waited. Throws what the state machine has against it. */
    announce(snapshot) {
        this.keeper.announce(snapshot);
        if (this.given === snapshot)
            this.given = null;
        return this.queue === null ? NO_MESSAGES : this.queue.drop();
    }
    save(snapshot) {
        const fetching = this.queue === null ? null : this.queue.settled;
        return fetching === null ? this.keeper.save(snapshot) : fetching.then(() => this.keeper.save(snapshot));
    }
    /** Up to here entries are applied. */
    applied(index) {
        this.receiver.applied(index);
    }
    // --- a snapshot for a peer --------------------------------------------------------------------------------------
    /** Who joined after the latest snapshot would refuse it, because it does not name him: it gets a new one. */
    send(to, term, latest) {
        const snapshot = isMember(latest.confState, to) ? latest : this.keeper.renew();
        if (snapshot === null || !isMember(snapshot.confState, to)) {
            this.report(to, false);
            return;
        }
        if (!this.hold.has(to))
            this.hold.add(to, snapshot.index, this.options.applier.appliedBytes);
        this.failed.delete(to);
        this.sender.start(to, term, snapshot);
    }
    onPartAnswer(from, envelope) {
        this.sender.onAnswer(from, envelope);
    }
    /** For the core. */
    takeDeliveries() {
        const { deliveries } = this;
        this.deliveries = [];
        return deliveries;
    }
    peerDown(peer) {
        this.sender.peerDown(peer);
    }
    leadsNoMore() {
        this.sender.abort();
        this.hold.clear();
        this.failed.clear();
    }
    /** The group is over. */
    close() {
        this.queue?.drop();
        this.receiver.abort();
        this.gathered();
        this.leadsNoMore();
    }
    report(to, isDelivered) {
        // A delivered one is held until its peer has caught up; one that failed, for as long as it may be resumed.
        if (!isDelivered)
            this.failed.add(to);
        this.deliveries.push({ to, isDelivered });
        this.options.wantFlush();
    }
    released() {
        for (const peer of this.failed)
            this.hold.remove(peer);
        this.failed.clear();
    }
    makeKeeper() {
        const { groupId, host, raw, applier, stateMachine, rows, start } = this.options;
        const { storage, tuning } = host;
        const failed = (error) => host.storageFailed(error);
        const common = { groupId, storage, tuning, failed, membership: () => applier.membership };
        if (rows === null || storage.state === null)
            return new WholeSnapshots({ ...common, stateMachine }, start);
        const matchOf = (node) => raw.status().peers.find(({ id }) => id === node)?.match ?? Infinity;
        const limit = () => this.hold.limit(applier.appliedBytes, matchOf);
        return new StateFlusher({ ...common, stateMachine: rows, state: storage.state, compactionLimit: limit }, start);
    }
    makeQueue(rows) {
        const { host, wantApply, halt } = this.options;
        return new ApplyQueue((frames) => rows.prefetch(frames), wantApply, 
        // A row that can't be read is a matter of the disk; anything else is one of this group.
        (error) => (isStorageError(error) ? host.storageFailed(error) : halt(error)));
    }
}
//# sourceMappingURL=stored-group.js.map