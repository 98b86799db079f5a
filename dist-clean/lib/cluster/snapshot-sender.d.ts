/**
 * Snapshots on their way from the leader to peers that lag, beside the Raft messages (DESIGN §4). One per group.
 *
 * T1. At most `snapshotPartsInFlightMax` parts of a transfer are in memory, and of what is read for it one slice. The first part goes alone: its
 *     answer says where the peer wants to go on, so a transfer of the same stream resumes there.
 * T2. What is not answered in time is sent again; a peer that is silent too often, or that refuses, has not got it. One that says "later" is asked
 *     again, for as long as it says so.
 * T3. The core hears the outcome of every snapshot that it asked to send, once: delivered or failed.
 * T4. Peers that need a snapshot at the same time share its content, each with a reading of its own. It stays open `snapshotResumeMs` after a
 *     transfer that failed: a peer that comes back in time goes on where it was, if the log still goes on behind it.
 * T5. What can't be read has failed, and is told once as an alarm.
 * T6. Parts leave at the pace of the node (snapshot-pace.ts), whoever they are for.
 * Tests: test/cluster/snapshot-stream.spec.ts, snapshots.spec.ts, stored-state.snapshots.spec.ts.
 */
import type { Snapshot } from '../raft/index.js';
import { type SnapshotPartAnswerEnvelope } from '../transport/transport.js';
import type { DeadlineItem } from './deadline-heap.js';
import type { SnapshotProgress } from './group.js';
import type { HostServices } from './host-services.js';
import { SnapshotStream, type SnapshotContent, type SnapshotPart } from './snapshot-stream.js';
/** A content that is open, and what is made of it once. */
interface Source {
    readonly content: SnapshotContent;
    readonly streamId: number;
}
declare class Outgoing implements DeadlineItem {
    private readonly sender;
    readonly to: number;
    readonly term: number;
    heapIndex: number;
    dueAt: number;
    retries: number;
    /** null while it is being opened. */
    source: Source | null;
    stream: SnapshotStream | null;
    /** Sent or about to be, and not answered; ascending. */
    window: SnapshotPart[];
    /** Of the window: those that were sent at least once. */
    sent: number;
    /** Everything before it is at the peer. */
    base: number;
    /** Where the peer wants to go on: what the stream has before that is read over. */
    readOver: number;
    /** The peer has answered: more than one part may be on its way. */
    isAnswered: boolean;
    isReading: boolean;
    isRead: boolean;
    /** Base for which everything was sent again already. */
    resentBase: number;
    constructor(sender: SnapshotSender, to: number, term: number);
    onDue(): void;
}
export interface SnapshotSenderOptions {
    readonly groupId: number;
    readonly host: HostServices;
    /** A durable state with its content, at this position or a later one. */
    readonly open: (snapshot: Snapshot) => SnapshotContent | Promise<SnapshotContent>;
    /** Called in or out of a turn; takes note of the outcome for the core. */
    readonly report: (to: number, isDelivered: boolean) => void;
    /** This is what the peer gets: the log behind its position is wanted. */
    readonly sending: (to: number, index: number) => void;
    /** Of the log: whoever has a snapshot up to the entry before it can follow. */
    readonly firstIndex: () => number;
    /** Nothing that was being sent can be resumed any more. */
    readonly released: () => void;
}
export declare class SnapshotSender {
    private readonly options;
    private readonly transfers;
    private source;
    private opening;
    private readonly resting;
    private isAborted;
    /** Raised once, not with every attempt. */
    private problem;
    constructor(options: SnapshotSenderOptions);
    get isIdle(): boolean;
    /** What is on its way, for people. */
    get progress(): readonly SnapshotProgress[];
    /** The core wants this peer to get its snapshot. */
    start(to: number, term: number, snapshot: Snapshot): void;
    private openSource;
    private sourceOf;
    private follow;
    /** Nothing is missing behind it, and it names the peer. */
    private serves;
    private begin;
    /** The stream from its beginning; of what stands before `offset` nothing is sent. */
    private rewind;
    private read;
    private hasRoom;
    private fillWindow;
    private pass;
    onAnswer(from: number, { snapshotIndex, streamId, status, nextOffset }: SnapshotPartAnswerEnvelope): void;
    private goOn;
    timedOut(transfer: Outgoing): void;
    private resend;
    peerDown(peer: number): void;
    /** This node leads no more, or the group is over: the core waits for no report. */
    abort(): void;
    private send;
    private arm;
    private failed;
    private isCurrent;
    private finish;
    private end;
    /** T4. */
    private restIfIdle;
    private replaceSource;
    private release;
    /** With the last transfer of it, unless another one may come. */
    private closeUnused;
}
export {};
