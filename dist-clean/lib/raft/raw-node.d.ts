import type { ConfChange, ConfChangeV2 } from './conf-change.js';
import { type RaftConfig } from './config.js';
import { Ready } from './ready.js';
import { type BasicStatus, type Status } from './status.js';
import { Message, ProposeResult, ReadResult, Role, StepResult, type ConfState } from './types.js';
export declare class RawNode {
    private readonly core;
    private readonly isAsync;
    /** What the last Ready told the host. */
    private toldLead;
    private toldRole;
    private toldTerm;
    private toldVote;
    private toldCommit;
    /** Synchronous mode: what advance() has to step. */
    private readonly onAdvance;
    private isReadyOut;
    /** Throws RaftConfigError, or RaftInvariantError if the storage contradicts itself. */
    constructor(config: RaftConfig);
    get id(): number;
    get term(): number;
    get vote(): number;
    get role(): Role;
    get isLeader(): boolean;
    /** 0 if no leader is known. */
    get leaderId(): number;
    get commitIndex(): number;
    get appliedIndex(): number;
    get firstIndex(): number;
    get lastIndex(): number;
    /** The configuration in force, as applied. */
    get confState(): ConfState;
    /** Index of the first entry of the last proposal that was appended here. Valid right after `Appended`. */
    get proposedIndex(): number;
    /** Its term: the proposal is lost if another term's entry is committed at that index. */
    get proposedTerm(): number;
    /** Payload bytes proposed by this leader and not yet applied. */
    get uncommittedBytes(): number;
    basicStatus(): BasicStatus;
    status(): Status;
    /** For tests: fixes the election timeout until the next change of role or term. */
    setRandomizedElectionTimeout(ticks: number): void;
    tick(): void;
    /** Takes a message from another node or from a storage thread. */
    step(message: Message): StepResult;
    /** Starts an election, if this node may be elected. */
    campaign(): void;
    /** The payload must not be changed afterwards. */
    propose(data: Uint8Array): ProposeResult;
    /** Many payloads as one proposal: consecutive entries, all or none, one append to each peer (as far as its size limit allows). */
    proposeBatch(datas: readonly Uint8Array[]): ProposeResult;
    proposeConfChange(change: ConfChange | ConfChangeV2): ProposeResult;
    /** Must be called when a committed conf change is applied, with the change or with one that the host puts in its place. */
    applyConfChange(change: ConfChange | ConfChangeV2): ConfState;
    /**
     * Asks for an index at which a read with this context is linearizable; it comes back in `Ready.readStates`.
     * It may be lost without notice (a leader change, a lost message): the caller retries, and may reuse the context.
     */
    readIndex(context: Uint8Array): ReadResult;
    /** Asks the leader to hand over to `to`. Watch the leader: there is no other outcome. */
    transferLeader(to: number): void;
    /** A follower forgets its leader, so that it may grant pre-votes and votes at once. */
    forgetLeader(): void;
    /** The last message to this peer could not be delivered. */
    reportUnreachable(id: number): void;
    /** The snapshot for this peer was delivered, or failed. Without a report the peer gets nothing more. */
    reportSnapshot(id: number, isDelivered: boolean): void;
    hasReady(): boolean;
    /** Hands out all outstanding work. Throws in synchronous mode if the last Ready was not ended by advance(). */
    ready(): Ready;
    /** Synchronous mode only: the last Ready was persisted, sent and applied. */
    advance(): void;
    private proposeEntries;
    private proposeElsewhere;
    private isSoftStateNews;
    private isHardStateNews;
    private tellStates;
    private addAfterAppend;
    private addStorageMessages;
    /** Also without new entries: an acknowledgement dropped for its term must be made up for by a later one. */
    private needsAppendResponse;
    private appendResponse;
    private applyResponse;
}
