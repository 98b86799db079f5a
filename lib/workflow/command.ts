/**
 * Commands of an execution cluster: what may stand in its log. Types only; bytes are made and read by command-codec.ts.
 *
 * K1. A released kind is never renumbered or given another meaning; a new field needs a new kind or a new codec level (R31).
 * K2. A client command fixes requestId, expiryMs, ids and input before its first send; a retry sends the same bytes (R26).
 * K3. An owner command carries the epoch captured when its operation or attempt began; a retry never re-stamps it (R18).
 * K4. User values travel as canonical JSON bytes (R7) and are never decoded by the state machine.
 */
import type { CallPosition, ErrorRecord, RunOutcome } from './event.js';
import type { ImportItem } from './import-item.js';
import type { SlotRange } from './slot.js';

export const CommandKind = {
  MEMBER_HELLO: 1,
  SET_LIMITS: 2,
  RAISE_CODEC_LEVEL: 3,
  NODE_DOWN: 4,
  RESERVE_NODE_ID: 5,
  STATE_CHECK: 6,
  STATE_HASH: 7,
  FOUND_MANAGEMENT: 8,
  START: 10,
  SIGNAL: 11,
  CANCEL: 12,
  TERMINATE: 13,
  RESET: 14,
  CHANGE_OWNER: 15,
  START_CHILD: 16,
  CHECKPOINT: 20,
  COMPUTE_RESULT: 21,
  ATTEMPT_STARTED: 22,
  ATTEMPT_FAILED: 23,
  SLEEP: 24,
  TIMER_FIRED: 25,
  DECLINE: 26,
  FINISH: 27,
  CONTINUE_AS_NEW: 28,
  RETENTION_SWEEP: 30,
  ACKNOWLEDGE_CHILD: 31,
  FREEZE_SLOTS: 40,
  UNFREEZE_SLOTS: 41,
  DROP_SLOTS: 42,
  IMPORT_BEGIN: 43,
  IMPORT_PART: 44,
  ACTIVATE_IMPORT: 45,
  ABORT_IMPORT: 46,
} as const;
export type CommandKind = (typeof CommandKind)[keyof typeof CommandKind];

/**
 * Highest codec level that this build applies (R31). Level 2: RESERVE_NODE_ID, and the node ids that were used. Level 3: STATE_CHECK and STATE_HASH, the chain of
 * events, and what was found. Level 4: FOUND_MANAGEMENT, and the nodes that it named. Level 5: slots move between groups. Level 6: START_CHILD and
 * ACKNOWLEDGE_CHILD, the parent of a run, and the children that are held.
 */
export const CODEC_LEVEL_MAX = 6;
/** Codec level from which on replicas may be compared. */
export const STATE_CHECK_LEVEL = 3;
/** Codec level from which on the group may found the management cluster. */
export const MANAGEMENT_LEVEL = 4;
/** Voters that the management cluster may begin with. */
export const MANAGEMENT_VOTERS_MAX = 5;
/** Codec level from which on slots may move between groups (docs/adr/0063). */
export const MOVES_LEVEL = 5;
/** Codec level from which on a run may have a parent. */
export const CHILDREN_LEVEL = 6;
/** Node ids are below 2^31: they travel as 32-bit numbers in logs and dumps of other tools. */
export const NODE_ID_MAX = 2 ** 31 - 1;

export type OwnerPolicy = 'starter' | 'leader' | 'spread';

/** What a member can do, committed at boot and on change (R13). Also answers a wrong `node-down`: a hello makes its node eligible again. */
export interface MemberHelloCommand {
  readonly kind: typeof CommandKind.MEMBER_HELLO;
  readonly node: number;
  /** Grows at each process start of the node; a higher one replaces what a lower one said. */
  readonly incarnation: number;
  readonly workflows: ReadonlyArray<{ readonly name: string; readonly versions: readonly number[] }>;
  readonly codecLevelMax: number;
  readonly buildId: string;
  readonly draining: boolean;
}

/** Replicated limits that code can observe (R30). Applied only if `expectedRevision` is the current revision. */
export interface SetLimitsCommand {
  readonly kind: typeof CommandKind.SET_LIMITS;
  readonly expectedRevision: number;
  readonly limits: GroupLimits;
}

export interface GroupLimits {
  /** Canonical JSON bytes of one input, result, signal, checkpoint or error. */
  readonly payloadBytesMax: number;
  readonly openRunsMax: number;
  /** Owners in succession that died after attempt-started without progress; 0 = off (R20). */
  readonly crashSuspectLimit: number;
  /** How long a closed run is kept, ms (R28). */
  readonly retentionMs: number;
  /** How long an answer is kept for its requestId, ms (R26). */
  readonly requestRetentionMs: number;
}

export const DEFAULT_LIMITS: GroupLimits = {
  payloadBytesMax: 1024 * 1024,
  openRunsMax: 1_000_000,
  crashSuspectLimit: 3,
  retentionMs: 24 * 3_600_000,
  requestRetentionMs: 600_000,
};

export interface RaiseCodecLevelCommand {
  readonly kind: typeof CommandKind.RAISE_CODEC_LEVEL;
  readonly level: number;
}

/** One command per dead node; reassigns all its runs (R16). Ignored when the hello has another incarnation. */
export interface NodeDownCommand {
  readonly kind: typeof CommandKind.NODE_DOWN;
  readonly node: number;
  readonly incarnation: number;
}

interface ClientCommand {
  readonly requestId: string;
  /** Log time after which apply refuses this command, ms (R26). */
  readonly expiryMs: number;
}

/**
 * Gives a node that joins an id of its own (R42), from level 2 on. The same token has the same id for as long as it is remembered, so that a joiner may
 * ask again, and another member.
 */
export interface ReserveNodeIdCommand {
  readonly kind: typeof CommandKind.RESERVE_NODE_ID;
  /** Uuid of the process that joins. */
  readonly token: string;
  /** The id is above it: the highest that the proposer has heard of otherwise. */
  readonly above: number;
}

/** Asks every member for the hash of its state at the index of this entry; from level 3 on (docs/adr/0053). */
export interface StateCheckCommand {
  readonly kind: typeof CommandKind.STATE_CHECK;
}

/** The answer of one member, from level 3 on. Ignored if another check came since, or the node has answered. */
export interface StateHashCommand {
  readonly kind: typeof CommandKind.STATE_HASH;
  readonly node: number;
  /** Of the check. */
  readonly index: number;
  /** 53 bits each (state-machine/state-hash.ts). */
  readonly parts: readonly number[];
}

/**
 * The birth of the management cluster (cluster 0), from level 4 on: the nodes named are its first voters, on every node that applies this (docs/adr/0061). The
 * first one that names voters of this group wins; from then on node ids come from cluster 0, and RESERVE_NODE_ID is ignored.
 */
export interface FoundManagementCommand {
  readonly kind: typeof CommandKind.FOUND_MANAGEMENT;
  /** Ascending. */
  readonly members: readonly number[];
}

export interface StartCommand extends ClientCommand {
  readonly kind: typeof CommandKind.START;
  readonly workflowId: string;
  readonly runId: string;
  readonly name: string;
  readonly version: number;
  /** Canonical JSON; empty when the workflow was started without an input. */
  readonly input: Uint8Array;
  readonly inputDigest: number;
  readonly ownerPolicy: OwnerPolicy;
  /** The node that took the call: owner under policy `starter`. */
  readonly starter: number;
  /** The leader's idea of itself when it stamps is not known to the codec: under `leader` the sender puts its leader hint here. */
  readonly leaderHint: number;
}

/** What becomes of a child that is open when its parent ends. */
export type OnParentClose = 'cancel' | 'abandon';

/** The run that started a child, and the operation of it that takes the child's result: it may be a run of another cluster. */
export interface ParentRef {
  readonly workflowId: string;
  readonly runId: string;
  /** The operation. Once it has an outcome, or the run has ended, nobody asks for the child's result any more. */
  readonly key: string;
  readonly occurrence: number;
  /** Names the child: equal for every send of its start, by whichever owner, and for no other child. Its requestId. */
  readonly token: string;
  readonly onClose: OnParentClose;
}

/**
 * Starts a child workflow, from CHILDREN_LEVEL on. Sent again, also with another expiry, it answers with the run that it started: that is open, or held until
 * it is acknowledged, or remembered by its requestId for as long as any send of it can arrive (docs/adr/0065).
 */
export interface StartChildCommand extends Omit<StartCommand, 'kind'> {
  readonly kind: typeof CommandKind.START_CHILD;
  readonly parent: ParentRef;
}

/** The results of these closed children are wanted by nobody any more: retention alone decides about them (R28). From CHILDREN_LEVEL on. */
export interface AcknowledgeChildCommand {
  readonly kind: typeof CommandKind.ACKNOWLEDGE_CHILD;
  readonly runIds: readonly string[];
}

/** `runId` empty: the current run of the id. */
interface RunTarget {
  readonly workflowId: string;
  readonly runId: string;
}

export interface SignalCommand extends ClientCommand, RunTarget {
  readonly kind: typeof CommandKind.SIGNAL;
  readonly name: string;
  readonly payload: Uint8Array;
}

export interface CancelCommand extends ClientCommand, RunTarget {
  readonly kind: typeof CommandKind.CANCEL;
  readonly reason: string;
}

/** No user payload, so an oversized workflow can be terminated (R30). */
export interface TerminateCommand extends ClientCommand, RunTarget {
  readonly kind: typeof CommandKind.TERMINATE;
}

/** Operator: forget declines and crash suspicion of a blocked run and choose an owner again (R19). */
export interface ResetCommand extends ClientCommand, RunTarget {
  readonly kind: typeof CommandKind.RESET;
}

/** Compare-and-set (R16): drain, operator. */
export interface ChangeOwnerCommand {
  readonly kind: typeof CommandKind.CHANGE_OWNER;
  readonly runId: string;
  readonly expectedEpoch: number;
  readonly to: number;
}

interface OwnerCommand {
  readonly runId: string;
  readonly epoch: number;
}

interface OperationCommand extends OwnerCommand {
  readonly key: string;
  /** 1, 2, … per key in call order (R5). */
  readonly occurrence: number;
  readonly position: CallPosition;
  readonly argumentsDigest: number;
}

/** A deterministic value: @Checkpoint, replicated variable, hasCheckpoint. `error` set: the operation rejects (R30). */
export interface CheckpointCommand extends OperationCommand {
  readonly kind: typeof CommandKind.CHECKPOINT;
  readonly value: Uint8Array;
  readonly error: ErrorRecord | null;
}

export interface ComputeResultCommand extends OperationCommand {
  readonly kind: typeof CommandKind.COMPUTE_RESULT;
  readonly attempt: number;
  readonly value: Uint8Array;
  readonly error: ErrorRecord | null;
}

export interface AttemptStartedCommand extends OwnerCommand {
  readonly kind: typeof CommandKind.ATTEMPT_STARTED;
  readonly key: string;
  readonly occurrence: number;
  readonly attempt: number;
}

/** A failed attempt that is not the last (R21). Apply sets a retry timer at log time + retryDelayMs. */
export interface AttemptFailedCommand extends OwnerCommand {
  readonly kind: typeof CommandKind.ATTEMPT_FAILED;
  readonly key: string;
  readonly occurrence: number;
  readonly attempt: number;
  readonly retryDelayMs: number;
  readonly error: ErrorRecord;
}

/** A durable timer; due at log time + delayMs. Ignored when a cancel was applied after position.wseq (the call was interrupted). */
export interface SleepCommand extends OperationCommand {
  readonly kind: typeof CommandKind.SLEEP;
  readonly delayMs: number;
}

/** Proposed by the leader; applied once, if the timer is pending and due by log time (R24). */
export interface TimerFiredCommand {
  readonly kind: typeof CommandKind.TIMER_FIRED;
  readonly runId: string;
  readonly timerId: number;
}

export type DeclineReason = 'diverged' | 'foreign-await' | 'instantiation-failed' | 'over-budget' | 'draining';

/** A replica that can't go on with a run (R19). Carries the epoch it saw, or 0 from a non-owner. */
export interface DeclineCommand {
  readonly kind: typeof CommandKind.DECLINE;
  readonly runId: string;
  readonly epoch: number;
  readonly node: number;
  readonly incarnation: number;
  readonly reason: DeclineReason;
  readonly message: string;
}

export interface FinishCommand extends OwnerCommand {
  readonly kind: typeof CommandKind.FINISH;
  readonly consumedWseq: number;
  readonly outcome: Exclude<RunOutcome, 'terminated' | 'continued'>;
  readonly result: Uint8Array;
  readonly error: ErrorRecord | null;
  readonly digest: number;
}

/** Ends the run and starts the next one of the same id; signals after consumedWseq go to the new run. */
export interface ContinueAsNewCommand extends OwnerCommand {
  readonly kind: typeof CommandKind.CONTINUE_AS_NEW;
  readonly consumedWseq: number;
  readonly newRunId: string;
  readonly version: number;
  readonly input: Uint8Array;
  readonly inputDigest: number;
  readonly digest: number;
}

/** Closed runs whose closing log time is at or below the cutoff become absent at this index (R28). */
export interface RetentionSweepCommand {
  readonly kind: typeof CommandKind.RETENTION_SWEEP;
  readonly cutoffMs: number;
}

/**
 * Commands of a slot move (R41, docs/adr/0063), from MOVES_LEVEL on. `moveId` is given out by the management cluster, never twice; what a group has decided of a move it
 * answers again to a repetition.
 */
interface MoveCommand {
  readonly moveId: number;
}

interface MoveBeginning extends MoveCommand {
  /** Ascending, apart from each other. */
  readonly ranges: readonly SlotRange[];
  /** No move below is under way any more: what was decided of them may be forgotten, and none of them begins. */
  readonly oldestMoveId: number;
}

/** At the source: from here on nothing of these slots changes. Ignored unless it owns all of them. */
export interface FreezeSlotsCommand extends MoveBeginning {
  readonly kind: typeof CommandKind.FREEZE_SLOTS;
  /** The target. */
  readonly to: number;
}

/** At the source: the target's log has decided against the move. Owners begin again under new epochs. */
export interface UnfreezeSlotsCommand extends MoveCommand {
  readonly kind: typeof CommandKind.UNFREEZE_SLOTS;
}

/** At the source: the target's log has activated the move. Open runs leave. */
export interface DropSlotsCommand extends MoveCommand {
  readonly kind: typeof CommandKind.DROP_SLOTS;
}

/** At the target: parts of this move may come. Ignored if it holds one of these slots in any way. */
export interface ImportBeginCommand extends MoveBeginning {
  readonly kind: typeof CommandKind.IMPORT_BEGIN;
  /** The source. */
  readonly from: number;
}

/** At the target: some of what the source holds. Nobody sees it before the move is activated. */
export interface ImportPartCommand extends MoveCommand {
  readonly kind: typeof CommandKind.IMPORT_PART;
  /** Log time of the source as this was read, ms. */
  readonly logTimeMs: number;
  readonly items: readonly ImportItem[];
}

/** At the target: all is there, and is its own from here on. Ignored if not so many open runs have come with their final heads. */
export interface ActivateImportCommand extends MoveCommand {
  readonly kind: typeof CommandKind.ACTIVATE_IMPORT;
  /** Of the source, frozen, ms: the log time of the target is not less from here on. */
  readonly logTimeMs: number;
  /** Highest slot epoch at the source. */
  readonly slotEpoch: number;
  readonly openRuns: number;
}

/** At the target: what was imported is forgotten, and the move can not be activated any more. */
export interface AbortImportCommand extends MoveCommand {
  readonly kind: typeof CommandKind.ABORT_IMPORT;
  /** The source. */
  readonly from: number;
}

export type SlotMoveCommand =
  | FreezeSlotsCommand
  | UnfreezeSlotsCommand
  | DropSlotsCommand
  | ImportBeginCommand
  | ImportPartCommand
  | ActivateImportCommand
  | AbortImportCommand;

export type WorkflowCommand =
  | SlotMoveCommand
  | MemberHelloCommand
  | SetLimitsCommand
  | RaiseCodecLevelCommand
  | NodeDownCommand
  | ReserveNodeIdCommand
  | StateCheckCommand
  | StateHashCommand
  | FoundManagementCommand
  | StartCommand
  | StartChildCommand
  | SignalCommand
  | CancelCommand
  | TerminateCommand
  | ResetCommand
  | ChangeOwnerCommand
  | CheckpointCommand
  | ComputeResultCommand
  | AttemptStartedCommand
  | AttemptFailedCommand
  | SleepCommand
  | TimerFiredCommand
  | DeclineCommand
  | FinishCommand
  | ContinueAsNewCommand
  | RetentionSweepCommand
  | AcknowledgeChildCommand;
