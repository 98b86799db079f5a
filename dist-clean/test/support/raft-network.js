/**
 * Helpers for the specs of the Raft core: one bare core whose messages are read by hand, and a network of whole nodes whose
 * messages are delivered, dropped or filtered. Everything is deterministic.
 */
import { resolveConfig } from '../../lib/raft/config.js';
import { APPEND_THREAD, APPLY_THREAD, EMPTY_CONF_STATE, Entry, EntryType, HardState, MemoryLogStorage, Message, MessageType, NO_BYTES, RawNode, Role, Snapshot, confChangeV1, decodeConfChange, isEmptyHardState, } from '../../lib/raft/index.js';
import { startCore } from '../../lib/raft/start.js';
import { step, tick } from '../../lib/raft/step.js';
export const ELECTION_TICKS = 10;
export function bytes(text) {
    return new TextEncoder().encode(text);
}
export function text(data) {
    return new TextDecoder().decode(data);
}
/** Pseudo-random integers in [0, n), the same for the same seed. */
export function seededRandom(seed) {
    let state = Math.imul(seed, 0x9e3779b1);
    return (n) => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
        return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * n);
    };
}
export function voters(...ids) {
    return { ...EMPTY_CONF_STATE, voters: ids };
}
export function entry(term, index, payload = '') {
    return new Entry(index, term, EntryType.Normal, payload === '' ? NO_BYTES : bytes(payload));
}
/** Entries of the given terms from index 1 on. */
export function entriesOf(...terms) {
    return terms.map((term, at) => entry(term, at + 1));
}
export function message(type, fields) {
    const made = new Message(type, fields.to ?? 0, fields.from ?? 0, fields.term ?? 0);
    return Object.assign(made, fields);
}
export function storageWith(seed) {
    const storage = new MemoryLogStorage();
    if (seed.snapshot !== undefined)
        storage.applySnapshot(seed.snapshot);
    if (seed.confState !== undefined)
        storage.setConfState(seed.confState);
    if (seed.entries !== undefined)
        storage.append(seed.entries);
    if (seed.hardState !== undefined)
        storage.setHardState(seed.hardState);
    return storage;
}
export function configOf(id, storage, patch = {}) {
    return {
        id,
        storage,
        electionTimeoutTicks: ELECTION_TICKS,
        heartbeatTimeoutTicks: 1,
        inflightMessagesMax: 256,
        random: seededRandom(id),
        ...patch,
    };
}
/** One core, stepped by hand. Its own acknowledgements are delivered when messages are read, as if the disk took no time. */
export class BareNode {
    core;
    storage;
    constructor(id, seed = {}, patch = {}) {
        this.storage = seed instanceof MemoryLogStorage ? seed : storageWith(seed);
        this.core = startCore(resolveConfig(configOf(id, this.storage, patch)));
    }
    step(type, fields = {}) {
        return step(this.core, message(type, { to: this.core.id, ...fields }));
    }
    tick(times = 1) {
        for (let i = 0; i < times; i++)
            tick(this.core);
    }
    /** Takes out what the node sent to others, after its own acknowledgements were delivered. */
    take() {
        this.settle();
        const sent = this.core.outbox;
        this.core.outbox = [];
        return sent;
    }
    /** Delivers the acknowledgements to self, keeps the messages to others. */
    settle() {
        while (this.core.afterAppend.length > 0) {
            const after = this.core.afterAppend;
            this.core.afterAppend = [];
            for (const made of after) {
                if (made.to === this.core.id)
                    step(this.core, made);
                else
                    this.core.outbox.push(made);
            }
        }
    }
    /** Writes the unstable entries to storage and tells the core. */
    persist() {
        const unstable = this.core.log.unstable;
        const entries = unstable.nextEntries();
        if (entries.length === 0)
            return;
        unstable.acceptInProgress();
        this.storage.append(entries);
        const last = entries[entries.length - 1];
        unstable.stableTo(last.index, last.term);
    }
    /** Hands out what is committed and counts it as applied. */
    apply() {
        const entries = this.core.log.nextCommitted(true);
        if (entries.length > 0) {
            const last = entries[entries.length - 1].index;
            this.core.log.acceptApplying(last, 0, true);
            this.core.log.appliedTo(last, 0);
        }
        return entries;
    }
    /** Elects the node with the votes of the others. */
    lead() {
        step(this.core, message(MessageType.Hup, { from: this.core.id, to: this.core.id }));
        this.settle();
        for (const id of this.core.tracker.voterIds) {
            if (this.core.role === Role.Leader || id === this.core.id)
                continue;
            step(this.core, message(MessageType.VoteResp, { from: id, to: this.core.id, term: this.core.term }));
            this.settle();
        }
        if (this.core.role !== Role.Leader)
            throw new Error('not elected');
        this.core.outbox = [];
    }
    logTerms() {
        const entries = this.core.log.entries(this.core.log.firstIndex, Infinity) ?? [];
        return entries.map((one) => one.term);
    }
}
/** One node with its storage and its state machine, which is the list of payloads applied. */
export class Peer {
    raw;
    storage;
    applied = [];
    reads = [];
    /** Storage work not yet done; only while `holdStorage` is set in asynchronous mode. */
    work = [];
    patch;
    constructor(id, seed, patch) {
        this.storage = storageWith(seed);
        this.patch = patch;
        this.raw = new RawNode(configOf(id, this.storage, patch));
        // A snapshot is taken when it is asked for, of the state as applied.
        const stored = this.storage.snapshot.bind(this.storage);
        this.storage.snapshot = () => {
            const applied = this.raw.appliedIndex;
            if (applied > (stored()?.index ?? 0))
                this.storage.createSnapshot(applied, this.raw.confState, bytes(`state at ${applied}`));
            return stored();
        };
    }
    get core() {
        return this.raw.core;
    }
    /** A new process over the same storage. */
    restart(patch = {}) {
        const applied = this.applied.length === 0 ? this.storage.firstIndex() - 1 : this.applied[this.applied.length - 1].index;
        const confState = this.raw.confState;
        this.storage.setConfState(confState);
        this.raw = new RawNode(configOf(this.raw.id, this.storage, { ...this.patch, ...patch, applied }));
        this.work.length = 0;
    }
    payloads() {
        return this.applied.filter((one) => one.type === EntryType.Normal && one.data.length > 0).map((one) => text(one.data));
    }
}
export class RaftNetwork {
    peers = new Map();
    /** Messages on their way. */
    inFlight = [];
    /** Everything that was delivered, in order. */
    delivered = [];
    /** Return false to lose a message. */
    filter = null;
    /** Nodes whose storage work is held back (asynchronous mode). */
    held = new Set();
    cuts = new Set();
    ignored = new Set();
    constructor(options = {}) {
        const ids = options.ids ?? [1, 2, 3];
        for (const id of ids) {
            const base = options.base;
            const start = base === undefined ? {} : { snapshot: new Snapshot(base, 1, voters(...ids), NO_BYTES) };
            const seed = options.seedOf?.(id) ?? start;
            const patch = { ...options.patch, ...options.patchOf?.(id) };
            this.peers.set(id, new Peer(id, { confState: voters(...ids), ...seed }, patch));
        }
    }
    peer(id) {
        const found = this.peers.get(id);
        if (found === undefined)
            throw new Error(`no node ${id}`);
        return found;
    }
    node(id) {
        return this.peer(id).raw;
    }
    core(id) {
        return this.peer(id).core;
    }
    leader() {
        let lead = 0;
        for (const [id, peer] of this.peers)
            if (peer.raw.isLeader && (lead === 0 || peer.raw.term > this.node(lead).term))
                lead = id;
        return lead;
    }
    elect(id) {
        this.node(id).campaign();
        this.settle();
    }
    propose(id, payload) {
        this.node(id).propose(bytes(payload));
        this.settle();
    }
    proposeConfChange(id, change) {
        this.node(id).proposeConfChange(change);
        this.settle();
    }
    addVoter(id, nodeId) {
        this.proposeConfChange(id, confChangeV1(0, nodeId));
    }
    /** A new node, empty, in no configuration. */
    join(id, patch = {}) {
        const peer = new Peer(id, {}, patch);
        this.peers.set(id, peer);
        return peer;
    }
    tick(id, times = 1) {
        for (let i = 0; i < times; i++) {
            this.node(id).tick();
            this.settle();
        }
    }
    /** One tick of every node, then delivery. */
    tickAll(times = 1) {
        for (let i = 0; i < times; i++) {
            for (const peer of this.peers.values())
                peer.raw.tick();
            this.settle();
        }
    }
    /** Delivers one message as if it came from the network, then settles. */
    send(type, fields) {
        const result = this.node(fields.to ?? 0).step(message(type, fields));
        this.settle();
        return result;
    }
    /** Handles Readys and delivers messages until nothing is left. */
    settle() {
        for (let rounds = 0;; rounds++) {
            if (rounds > 10_000)
                throw new Error('the network does not settle');
            let isBusy = false;
            for (const peer of this.peers.values()) {
                while (peer.raw.hasReady()) {
                    isBusy = true;
                    this.handleReady(peer, peer.raw.ready());
                }
            }
            const messages = this.inFlight;
            this.inFlight = [];
            for (const one of messages) {
                isBusy = true;
                this.deliver(one);
            }
            if (!isBusy)
                return;
        }
    }
    /** Carries out the storage work of a node that was held back: the next item, or all. */
    doWork(id, all = true) {
        const peer = this.peer(id);
        const count = all ? peer.work.length : Math.min(1, peer.work.length);
        for (let i = 0; i < count; i++)
            this.carryOut(peer, peer.work.shift());
    }
    isolate(id) {
        for (const other of this.peers.keys())
            if (other !== id)
                this.cut(id, other);
    }
    cut(a, b) {
        this.cuts.add(`${a}>${b}`);
        this.cuts.add(`${b}>${a}`);
    }
    cutOneWay(from, to) {
        this.cuts.add(`${from}>${to}`);
    }
    ignore(type) {
        this.ignored.add(type);
    }
    heal() {
        this.cuts.clear();
        this.ignored.clear();
        this.filter = null;
    }
    deliver(one) {
        const target = this.peers.get(one.to);
        if (target === undefined || this.cuts.has(`${one.from}>${one.to}`) || this.ignored.has(one.type))
            return;
        if (this.filter !== null && !this.filter(one))
            return;
        this.delivered.push(one);
        target.raw.step(one);
    }
    handleReady(peer, ready) {
        for (const read of ready.readStates)
            peer.reads.push({ index: read.index, context: text(read.context) });
        const isAsync = peer.core.config.asyncStorageWrites;
        if (!isAsync) {
            write(peer, ready.hardState, ready.entries, ready.snapshot);
            apply(peer, ready.committedEntries);
        }
        for (const one of ready.messages) {
            if (one.to !== APPEND_THREAD && one.to !== APPLY_THREAD)
                this.inFlight.push(one);
            else
                peer.work.push(one);
        }
        if (!this.held.has(peer.raw.id))
            this.doWork(peer.raw.id);
        if (!isAsync)
            peer.raw.advance();
    }
    carryOut(peer, work) {
        if (work.to === APPEND_THREAD)
            write(peer, new HardState(work.term, work.vote, work.commit), work.entries, work.snapshot);
        else
            apply(peer, work.entries);
        for (const response of work.responses) {
            if (response.to === peer.raw.id)
                peer.raw.step(response);
            else
                this.inFlight.push(response);
        }
    }
}
function write(peer, hardState, entries, snapshot) {
    if (hardState !== null && !isEmptyHardState(hardState))
        peer.storage.setHardState(hardState);
    if (snapshot !== null)
        peer.storage.applySnapshot(snapshot);
    peer.storage.append(entries);
}
function apply(peer, entries) {
    for (const one of entries) {
        peer.applied.push(one);
        if (one.type !== EntryType.Normal)
            peer.raw.applyConfChange(decodeConfChange(one.type, one.data));
    }
}
/** Takes a snapshot of everything applied and forgets the log up to there. */
export function compact(peer, upTo = peer.raw.appliedIndex) {
    peer.storage.snapshot();
    peer.storage.compact(upTo);
}
//# sourceMappingURL=raft-network.js.map