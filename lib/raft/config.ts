/**
 * Configuration of one core, and its validation. Pure.
 * G1. A configuration that could break a promise is refused at construction, never adjusted in silence.
 */
import { RaftConfigError } from './invariant.js';
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
export type ResolvedConfig = Required<Omit<RaftConfig, 'trace' | 'applied'>> & { applied: number; trace: TraceSink | null };

/** Throws RaftConfigError. */
export function resolveConfig(config: RaftConfig): ResolvedConfig {
  const messageBytesMax = config.messageBytesMax ?? Infinity;
  const resolved: ResolvedConfig = {
    id: config.id,
    electionTimeoutTicks: config.electionTimeoutTicks,
    heartbeatTimeoutTicks: config.heartbeatTimeoutTicks,
    storage: config.storage,
    applied: config.applied ?? 0,
    asyncStorageWrites: config.asyncStorageWrites ?? false,
    messageBytesMax,
    committedBytesPerReadyMax: config.committedBytesPerReadyMax ?? messageBytesMax,
    uncommittedBytesMax: config.uncommittedBytesMax ?? Infinity,
    inflightMessagesMax: config.inflightMessagesMax,
    inflightBytesMax: config.inflightBytesMax ?? Infinity,
    pendingReadsMax: config.pendingReadsMax ?? 100_000,
    checkQuorum: config.checkQuorum ?? false,
    preVote: config.preVote ?? false,
    readOnly: config.readOnly ?? 'safe',
    disableProposalForwarding: config.disableProposalForwarding ?? false,
    disableConfChangeValidation: config.disableConfChangeValidation ?? false,
    stepDownOnRemoval: config.stepDownOnRemoval ?? false,
    random: config.random,
    trace: config.trace ?? null,
  };
  validate(resolved);
  return resolved;
}

function refuse(what: string): never {
  throw new RaftConfigError(what);
}

function validate(config: ResolvedConfig): void {
  if (!Number.isSafeInteger(config.id) || config.id <= 0) refuse(`id must be a positive safe integer, is ${config.id}`);
  if (!Number.isSafeInteger(config.heartbeatTimeoutTicks) || config.heartbeatTimeoutTicks <= 0) {
    refuse(`heartbeatTimeoutTicks must be at least 1, is ${config.heartbeatTimeoutTicks}`);
  }
  if (!Number.isSafeInteger(config.electionTimeoutTicks) || config.electionTimeoutTicks <= config.heartbeatTimeoutTicks) {
    refuse(`electionTimeoutTicks (${config.electionTimeoutTicks}) must exceed heartbeatTimeoutTicks (${config.heartbeatTimeoutTicks})`);
  }
  if (config.storage === null || config.storage === undefined) refuse('storage is missing');
  if (typeof config.random !== 'function') refuse('random is missing');
  if (!Number.isSafeInteger(config.applied) || config.applied < 0) refuse(`applied must be an index, is ${config.applied}`);
  requirePositive('messageBytesMax', config.messageBytesMax, 0);
  requirePositive('committedBytesPerReadyMax', config.committedBytesPerReadyMax, 1);
  requirePositive('uncommittedBytesMax', config.uncommittedBytesMax, 1);
  requirePositive('inflightMessagesMax', config.inflightMessagesMax, 1);
  requirePositive('inflightBytesMax', config.inflightBytesMax, 1);
  requirePositive('pendingReadsMax', config.pendingReadsMax, 1);
  if (config.inflightBytesMax < config.messageBytesMax && config.inflightBytesMax !== Infinity) {
    refuse(`inflightBytesMax (${config.inflightBytesMax}) must be at least messageBytesMax (${config.messageBytesMax})`);
  }
  if (config.readOnly !== 'safe' && config.readOnly !== 'lease') refuse(`readOnly must be 'safe' or 'lease'`);
  if (config.readOnly === 'lease' && !config.checkQuorum)
    refuse("readOnly 'lease' needs checkQuorum: without it a deposed leader keeps its lease");
}

function requirePositive(name: string, value: number, min: number): void {
  if (Number.isNaN(value) || value < min) refuse(`${name} must be at least ${min}, is ${value}`);
}
