/**
 * Helpers for the specs of the Raft core: one bare core whose messages are read by hand, and a network of whole nodes whose
 * messages are delivered, dropped or filtered. Everything is deterministic.
 */
import { type RaftConfig } from '../../lib/raft/config.js';
import type { RaftCore } from '../../lib/raft/core.js';
import { Entry, HardState, MemoryLogStorage, Message, MessageType, RawNode, Snapshot, StepResult, type ConfChange, type ConfChangeV2, type ConfState } from '../../lib/raft/index.js';
export type ConfigPatch = Partial<Omit<RaftConfig, 'id' | 'storage'>>;
export declare const ELECTION_TICKS = 10;
export declare function bytes(text: string): Uint8Array;
export declare function text(data: Uint8Array): string;
/** Pseudo-random integers in [0, n), the same for the same seed. */
export declare function seededRandom(seed: number): (n: number) => number;
export declare function voters(...ids: number[]): ConfState;
export declare function entry(term: number, index: number, payload?: string): Entry;
/** Entries of the given terms from index 1 on. */
export declare function entriesOf(...terms: number[]): Entry[];
export declare function message(type: MessageType, fields: Partial<Message>): Message;
export interface StorageSeed {
    readonly confState?: ConfState;
    readonly entries?: readonly Entry[];
    readonly hardState?: HardState;
    readonly snapshot?: Snapshot;
}
export declare function storageWith(seed: StorageSeed): MemoryLogStorage;
export declare function configOf(id: number, storage: MemoryLogStorage, patch?: ConfigPatch): RaftConfig;
/** One core, stepped by hand. Its own acknowledgements are delivered when messages are read, as if the disk took no time. */
export declare class BareNode {
    readonly core: RaftCore;
    readonly storage: MemoryLogStorage;
    constructor(id: number, seed?: StorageSeed | MemoryLogStorage, patch?: ConfigPatch);
    step(type: MessageType, fields?: Partial<Message>): StepResult;
    tick(times?: number): void;
    /** Takes out what the node sent to others, after its own acknowledgements were delivered. */
    take(): Message[];
    /** Delivers the acknowledgements to self, keeps the messages to others. */
    settle(): void;
    /** Writes the unstable entries to storage and tells the core. */
    persist(): void;
    /** Hands out what is committed and counts it as applied. */
    apply(): Entry[];
    /** Elects the node with the votes of the others. */
    lead(): void;
    logTerms(): number[];
}
export interface NetworkOptions {
    readonly ids?: readonly number[];
    /** Start from a snapshot at this index, term 1, as a group that can take in new nodes must. */
    readonly base?: number;
    readonly patch?: ConfigPatch;
    /** Per node; takes precedence over `patch`. */
    readonly patchOf?: (id: number) => ConfigPatch;
    /** Per node; default: all ids are voters, empty log. */
    readonly seedOf?: (id: number) => StorageSeed;
}
/** One node with its storage and its state machine, which is the list of payloads applied. */
export declare class Peer {
    raw: RawNode;
    readonly storage: MemoryLogStorage;
    readonly applied: Entry[];
    readonly reads: {
        index: number;
        context: string;
    }[];
    /** Storage work not yet done; only while `holdStorage` is set in asynchronous mode. */
    readonly work: Message[];
    private readonly patch;
    constructor(id: number, seed: StorageSeed, patch: ConfigPatch);
    get core(): RaftCore;
    /** A new process over the same storage. */
    restart(patch?: ConfigPatch): void;
    payloads(): string[];
}
export declare class RaftNetwork {
    readonly peers: Map<number, Peer>;
    /** Messages on their way. */
    inFlight: Message[];
    /** Everything that was delivered, in order. */
    readonly delivered: Message[];
    /** Return false to lose a message. */
    filter: ((message: Message) => boolean) | null;
    /** Nodes whose storage work is held back (asynchronous mode). */
    readonly held: Set<number>;
    private readonly cuts;
    private readonly ignored;
    constructor(options?: NetworkOptions);
    peer(id: number): Peer;
    node(id: number): RawNode;
    core(id: number): RaftCore;
    leader(): number;
    elect(id: number): void;
    propose(id: number, payload: string): void;
    proposeConfChange(id: number, change: ConfChange | ConfChangeV2): void;
    addVoter(id: number, nodeId: number): void;
    /** A new node, empty, in no configuration. */
    join(id: number, patch?: ConfigPatch): Peer;
    tick(id: number, times?: number): void;
    /** One tick of every node, then delivery. */
    tickAll(times?: number): void;
    /** Delivers one message as if it came from the network, then settles. */
    send(type: MessageType, fields: Partial<Message>): StepResult;
    /** Handles Readys and delivers messages until nothing is left. */
    settle(): void;
    /** Carries out the storage work of a node that was held back: the next item, or all. */
    doWork(id: number, all?: boolean): void;
    isolate(id: number): void;
    cut(a: number, b: number): void;
    cutOneWay(from: number, to: number): void;
    ignore(type: MessageType): void;
    heal(): void;
    private deliver;
    private handleReady;
    private carryOut;
}
/** Takes a snapshot of everything applied and forgets the log up to there. */
export declare function compact(peer: Peer, upTo?: number): void;
