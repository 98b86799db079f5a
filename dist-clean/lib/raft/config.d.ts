import type { LogStorage } from './storage.js';
import type { TraceSink } from './trace.js';
export interface RaftConfig {
    /** Own id, > 0. */
    readonly id: number;
    /** Ticks without a leader's message before an election; the actual timeout is drawn from [n, 2n). Must exceed heartbeatTimeoutTicks. */
    readonly electionTimeoutTicks: number;
    readonly heartbeatTimeoutTicks: number;
    readonly storage: LogStorage;
    /** Last index that the state machine has applied. Default: the last compacted one. */
    readonly applied?: number;
    /** Hand writes out as messages to the storage threads, so that many may be in flight. `advance()` is then not used. Default false. */
    readonly asyncStorageWrites?: boolean;
    /** Bytes of entries in one append message; at least one entry is always sent. Default no limit. */
    readonly messageBytesMax?: number;
    /** Bytes of committed entries handed out and not yet acknowledged as applied. Default messageBytesMax. */
    readonly committedBytesPerReadyMax?: number;
    /** Payload bytes of proposals not yet applied; more are dropped. Default no limit. */
    readonly uncommittedBytesMax?: number;
    /** Append messages in flight to one peer. */
    readonly inflightMessagesMax: number;
    /** Payload bytes in flight to one peer; must be at least messageBytesMax. Default no limit. */
    readonly inflightBytesMax?: number;
    /** Reads that wait for a quorum or for the first commit of the term. Default 100 000. */
    readonly pendingReadsMax?: number;
    /** The leader steps down without a quorum of active voters, and votes are refused while the leader is heard. Default false. */
    readonly checkQuorum?: boolean;
    /** Ask before raising the term. Default false. */
    readonly preVote?: boolean;
    /** 'lease' needs checkQuorum. Default 'safe'. */
    readonly readOnly?: 'safe' | 'lease';
    readonly disableProposalForwarding?: boolean;
    readonly disableConfChangeValidation?: boolean;
    readonly stepDownOnRemoval?: boolean;
    /** Integer in [0, n). The only source of randomness. */
    readonly random: (n: number) => number;
    readonly trace?: TraceSink;
}
/** The same with all defaults filled in. */
export type ResolvedConfig = Required<Omit<RaftConfig, 'trace' | 'applied'>> & {
    applied: number;
    trace: TraceSink | null;
};
/** Throws RaftConfigError. */
export declare function resolveConfig(config: RaftConfig): ResolvedConfig;
