/**
 * Port: frames between nodes. One frame carries what one turn of the host has for one peer, of all groups.
 *
 * N1. send() never blocks, never throws and never calls back synchronously: what can't be sent is dropped and counted.
 * N2. A frame arrives whole or not at all, at most once more than sent (a faulty network may lose, delay, repeat, reorder).
 * N3. onFrame is called with frames of this deployment only, whose `from` is the node that sent them.
 * N4. Where frames travel by reference (in process), neither side changes what it handed over or received.
 */
import type { Message } from '../raft/index.js';
export declare const EnvelopeKind: {
    readonly RAFT: 1;
    readonly PROPOSE: 2;
    readonly PROPOSE_ANSWER: 3;
    readonly REQUEST: 4;
    readonly RESPONSE: 5;
    readonly PING: 6;
    readonly PONG: 7;
    readonly HIBERNATE: 8;
    readonly SNAPSHOT_PART: 11;
    readonly SNAPSHOT_PART_ANSWER: 12;
};
export type EnvelopeKind = (typeof EnvelopeKind)[keyof typeof EnvelopeKind];
export interface RaftEnvelope {
    readonly kind: typeof EnvelopeKind.RAFT;
    readonly groupId: number;
    readonly message: Message;
}
/** One hop from a member to the leader (R37). The receiver copies the frames before it stamps them. */
export interface ProposeEnvelope {
    readonly kind: typeof EnvelopeKind.PROPOSE;
    readonly groupId: number;
    readonly callId: number;
    readonly frames: readonly Uint8Array[];
}
/** `ok`: the frames stand at index, index + 1, … of `term` in the leader's log. Else nothing was appended, `leaderId` is a hint. */
export interface ProposeAnswerEnvelope {
    readonly kind: typeof EnvelopeKind.PROPOSE_ANSWER;
    readonly groupId: number;
    readonly callId: number;
    readonly ok: boolean;
    /** 0 ok · 1 NOT_LEADER · 2 OVERLOADED · 3 NOT_MEMBER · 4 MALFORMED: `index` is the place of the refused frame in its PROPOSE. */
    readonly status: number;
    readonly index: number;
    readonly term: number;
    readonly leaderId: number;
}
export interface RequestEnvelope {
    readonly kind: typeof EnvelopeKind.REQUEST;
    readonly groupId: number;
    readonly callId: number;
    readonly method: string;
    readonly remainingMs: number;
    readonly body: Uint8Array;
}
/** `ok` false: body is the UTF-8 JSON of {code, message, details}. */
export interface ResponseEnvelope {
    readonly kind: typeof EnvelopeKind.RESPONSE;
    readonly groupId: number;
    readonly callId: number;
    readonly ok: boolean;
    readonly body: Uint8Array;
}
/** Node-level liveness (R39): sent when there is nothing else to say to the peer for a while. */
export interface PingEnvelope {
    readonly kind: typeof EnvelopeKind.PING | typeof EnvelopeKind.PONG;
    /** Sender's clock, ms: the leader watches skew with it (R23). */
    readonly nowMs: number;
}
/** Only a group's leader declares hibernation (R39); the follower stops ticking if its term and log end agree. */
export interface HibernateEnvelope {
    readonly kind: typeof EnvelopeKind.HIBERNATE;
    readonly groupId: number;
    readonly term: number;
    readonly commitIndex: number;
}
/** A piece of the stream of a snapshot, which travels beside the Raft messages (DESIGN §4). */
export interface SnapshotPartEnvelope {
    readonly kind: typeof EnvelopeKind.SNAPSHOT_PART;
    readonly groupId: number;
    /** Of the leader that sends it. */
    readonly term: number;
    readonly snapshotIndex: number;
    readonly snapshotTerm: number;
    /** With index and term it names the stream: the same name, the same bytes. Unsigned, 32 bits. */
    readonly streamId: number;
    readonly offset: number;
    /** Size of the whole stream as far as it is known, bytes: a guess until it ends. */
    readonly aboutBytes: number;
    /** The stream ends with this part. */
    readonly isLast: boolean;
    /** Of the part, crc32. */
    readonly checksum: number;
    readonly part: Uint8Array;
}
export declare const SnapshotPartStatus: {
    /** Go on at nextOffset: everything before it is there. */
    readonly MORE: 0;
    /** All of it is there, and sound. */
    readonly DONE: 1;
    /** Not this stream. */
    readonly REFUSED: 2;
    /** Not now; ask again. */
    readonly LATER: 3;
    /** Something before this part is missing: send again from nextOffset. */
    readonly GAP: 4;
    /** Nothing of this stream is held here: begin anew. */
    readonly RESTART: 5;
};
export type SnapshotPartStatus = (typeof SnapshotPartStatus)[keyof typeof SnapshotPartStatus];
export interface SnapshotPartAnswerEnvelope {
    readonly kind: typeof EnvelopeKind.SNAPSHOT_PART_ANSWER;
    readonly groupId: number;
    readonly snapshotIndex: number;
    readonly streamId: number;
    /** A value of SnapshotPartStatus; one that is not known counts for nothing. */
    readonly status: number;
    readonly nextOffset: number;
}
export type Envelope = RaftEnvelope | ProposeEnvelope | ProposeAnswerEnvelope | RequestEnvelope | ResponseEnvelope | PingEnvelope | HibernateEnvelope | SnapshotPartEnvelope | SnapshotPartAnswerEnvelope;
export interface Frame {
    readonly deployment: string;
    readonly from: number;
    /** Of the sending process (R13). */
    readonly incarnation: number;
    readonly envelopes: readonly Envelope[];
}
export interface TransportHandlers {
    onFrame(frame: Frame): void;
    /**
     * All frames that are at hand, in order, instead of one onFrame() each: the receiver may work on them before it returns.
     * For transports that have several at once; the array is the receiver's.
     */
    onFrames?(frames: readonly Frame[]): void;
    /** A hint, not a verdict: the connection to the peer broke. */
    onPeerDisconnected(peer: number): void;
    /**
     * After onPeerDisconnected: nobody listens any more where that very process was reached. It is gone, and not only the way to it. A network
     * that can not tell the two apart never calls it.
     */
    onPeerRefused?(peer: number): void;
    /** A test or a sample killed this node: run nothing more and drain nothing, as a killed process would. Never called by a real network. */
    onCrashed?(): void;
}
export interface TransportIdentity {
    /** Uuid of the deployment (R42). */
    readonly deployment: string;
    readonly nodeId: number;
    /** Of this start of the process (R13). */
    readonly incarnation: number;
    /** The store forgets at the end of the process, so the id is used once (R42). */
    readonly volatile: boolean;
}
export interface Transport {
    /** Resolves when frames can arrive. Rejects with NODE_ID_REUSED or INVALID_CONFIGURATION. */
    start(identity: TransportIdentity, handlers: TransportHandlers): Promise<void>;
    send(to: number, frame: Frame): void;
    /** Resolves when nothing arrives any more. */
    stop(): Promise<void>;
}
