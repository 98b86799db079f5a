/**
 * Bytes of the commands of an execution cluster: the frame of lib/state-machine/command-frame.ts and, per kind, a body. Pure.
 *
 * B1. A released body is never edited: a new form is a new kind or a new frame version (K1, R31). Golden frames: command-codec.spec.ts.
 * B2. Payloads are left as bytes. Those of a decoded command are views of its frame, which never changes once it is committed.
 * B3. What a level brought is encoded only for a group that has it: a member of an older build would halt on it (R31).
 * B4. An unknown version or kind is GROUP_HALTED (it may be a newer build's command, and skipping it would fork the state); anything
 *     else that does not read to the last byte is MALFORMED_FRAME.
 */
import { RaftoralError } from '../errors/index.js';
import { BinaryWriter, COMMAND_FRAME_VERSION } from '../state-machine/index.js';
import {
  CHILDREN_LEVEL,
  CODEC_LEVEL_MAX,
  CommandKind,
  MOVES_LEVEL,
  type CheckpointCommand,
  type ComputeResultCommand,
  type ContinueAsNewCommand,
  type DeclineCommand,
  type GroupLimits,
  type ImportPartCommand,
  type MemberHelloCommand,
  type SleepCommand,
  type StartChildCommand,
  type StartCommand,
  type WorkflowCommand,
} from './command.js';
import { encodeMoveBody } from './move-codec.js';
import type { ImportItem } from './import-item.js';
import {
  DECLINE_REASONS,
  FINISH_OUTCOMES,
  OWNER_POLICIES,
  ID_BYTES_MAX,
  KEY_BYTES_MAX,
  NAME_BYTES_MAX,
  writeChoice,
  writeError,
  writeParent,
  writePosition,
} from './record-codec.js';
import { answerOf, headOf } from './state-machine/import-items.js';

export { decodeCommand } from './command-decoder.js';

const writer = new BinaryWriter();

/** Codec level of the group from which on a kind may stand in its log; 1 for all others. */
const LEVELS: Readonly<Partial<Record<CommandKind, number>>> = {
  [CommandKind.RESERVE_NODE_ID]: 2,
  [CommandKind.STATE_CHECK]: 3,
  [CommandKind.STATE_HASH]: 3,
  [CommandKind.FOUND_MANAGEMENT]: 4,
  [CommandKind.FREEZE_SLOTS]: MOVES_LEVEL,
  [CommandKind.UNFREEZE_SLOTS]: MOVES_LEVEL,
  [CommandKind.DROP_SLOTS]: MOVES_LEVEL,
  [CommandKind.IMPORT_BEGIN]: MOVES_LEVEL,
  [CommandKind.IMPORT_PART]: MOVES_LEVEL,
  [CommandKind.ACTIVATE_IMPORT]: MOVES_LEVEL,
  [CommandKind.ABORT_IMPORT]: MOVES_LEVEL,
  [CommandKind.START_CHILD]: CHILDREN_LEVEL,
  [CommandKind.ACKNOWLEDGE_CHILD]: CHILDREN_LEVEL,
};

/**
 * A new frame, with time stamp 0, for a group of this codec level. Throws INVALID_ARGUMENT for what no decoder would take, MEMBERSHIP_REFUSED (retryable)
 * for what the group is not ready for.
 */
export function encodeCommand(command: WorkflowCommand, codecLevel = 1): Uint8Array {
  const level = codecLevel < CODEC_LEVEL_MAX ? levelOf(command) : 1;
  if (level > codecLevel) {
    throw new RaftoralError(
      'MEMBERSHIP_REFUSED',
      `a command of codec level ${level} for a group at level ${codecLevel}: a member still runs an older build, or has not said hello yet; upgrade it, then try again`,
      { details: { reason: 'codec-level', level, codecLevel } },
    );
  }
  writer.reset();
  writer.u8(COMMAND_FRAME_VERSION);
  writer.u32(0);
  writer.u32(0);
  writer.u8(command.kind);
  encodeBody(command);
  return writer.finishPooled();
}

/** The codec level from which on a group may have it in its log. */
export function levelOf(command: WorkflowCommand): number {
  return command.kind === CommandKind.IMPORT_PART ? levelOfPart(command) : (LEVELS[command.kind] ?? 1);
}

/** A build that knows no children reads neither the head of one, nor the answer to its start. */
function levelOfPart({ items }: ImportPartCommand): number {
  const isAboutChild = (item: ImportItem): boolean =>
    item.type === 'final' ? headOf(item).parent !== null : item.type === 'answer' && answerOf(item).kind === CommandKind.START_CHILD;
  return items.some(isAboutChild) ? CHILDREN_LEVEL : MOVES_LEVEL;
}

function encodeBody(command: WorkflowCommand): void {
  switch (command.kind) {
    case CommandKind.CHECKPOINT:
      return writeOperation(command);
    case CommandKind.COMPUTE_RESULT:
      writeOperation(command);
      return writer.uintFrom(1, command.attempt, 'attempt');
    case CommandKind.ATTEMPT_STARTED:
      return writeAttempt(command);
    case CommandKind.ATTEMPT_FAILED:
      writeAttempt(command);
      writer.ms(command.retryDelayMs, 'retryDelayMs');
      return writeError(writer, command.error);
    case CommandKind.SLEEP:
      writeCall(command);
      return writer.ms(command.delayMs, 'delayMs');
    case CommandKind.TIMER_FIRED:
      writer.id(command.runId, 'runId', ID_BYTES_MAX);
      return writer.uint(command.timerId, 'timerId');
    case CommandKind.DECLINE:
      return writeDecline(command);
    case CommandKind.FINISH:
      writeOwner(command);
      writer.uint(command.consumedWseq, 'consumedWseq');
      writeChoice(writer, FINISH_OUTCOMES, command.outcome, 'outcome');
      writer.bytes(command.result);
      writeError(writer, command.error);
      return writer.u53(command.digest, 'digest');
    case CommandKind.CONTINUE_AS_NEW:
      return writeContinue(command);
    case CommandKind.START:
      return writeStart(command);
    case CommandKind.START_CHILD:
      writeStart(command);
      return writeParent(writer, command.parent);
    case CommandKind.SIGNAL:
      writeTarget(command);
      writer.text(command.name, 'name', NAME_BYTES_MAX);
      return writer.bytes(command.payload);
    case CommandKind.CANCEL:
      writeTarget(command);
      return writer.prose(command.reason);
    case CommandKind.TERMINATE:
    case CommandKind.RESET:
      return writeTarget(command);
    case CommandKind.CHANGE_OWNER:
      writer.id(command.runId, 'runId', ID_BYTES_MAX);
      writer.uint(command.expectedEpoch, 'expectedEpoch');
      return writer.uint(command.to, 'to');
    case CommandKind.FREEZE_SLOTS:
    case CommandKind.UNFREEZE_SLOTS:
    case CommandKind.DROP_SLOTS:
    case CommandKind.IMPORT_BEGIN:
    case CommandKind.IMPORT_PART:
    case CommandKind.ACTIVATE_IMPORT:
    case CommandKind.ABORT_IMPORT:
      return encodeMoveBody(writer, command);
    default:
      return encodeGroupBody(command);
  }
}

function encodeGroupBody(command: Extract<WorkflowCommand, { readonly kind: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 30 | 31 }>): void {
  switch (command.kind) {
    case CommandKind.MEMBER_HELLO:
      return writeHello(command);
    case CommandKind.SET_LIMITS:
      writer.uint(command.expectedRevision, 'expectedRevision');
      return writeLimits(writer, command.limits);
    case CommandKind.RAISE_CODEC_LEVEL:
      return writer.uint(command.level, 'level');
    case CommandKind.NODE_DOWN:
      writer.uint(command.node, 'node');
      return writer.uint(command.incarnation, 'incarnation');
    case CommandKind.RESERVE_NODE_ID:
      writer.id(command.token, 'token', ID_BYTES_MAX);
      return writer.uint(command.above, 'above');
    case CommandKind.STATE_CHECK:
      return;
    case CommandKind.STATE_HASH:
      writer.uint(command.node, 'node');
      writer.uint(command.index, 'index');
      writer.uint(command.parts.length, 'parts');
      for (const part of command.parts) writer.u53(part, 'parts');
      return;
    case CommandKind.FOUND_MANAGEMENT:
      writer.uint(command.members.length, 'members');
      for (const node of command.members) writer.uint(node, 'members');
      return;
    case CommandKind.RETENTION_SWEEP:
      return writer.f64(command.cutoffMs, 'cutoffMs');
    case CommandKind.ACKNOWLEDGE_CHILD:
      writer.uint(command.runIds.length, 'runIds');
      for (const runId of command.runIds) writer.id(runId, 'runIds', ID_BYTES_MAX);
      return;
  }
}

function writeOwner(command: { readonly runId: string; readonly epoch: number }): void {
  writer.id(command.runId, 'runId', ID_BYTES_MAX);
  writer.uint(command.epoch, 'epoch');
}

function writeCall(command: CheckpointCommand | ComputeResultCommand | SleepCommand): void {
  writeOwner(command);
  writer.text(command.key, 'key', KEY_BYTES_MAX);
  writer.uintFrom(1, command.occurrence, 'occurrence');
  writePosition(writer, command.position);
  writer.u53(command.argumentsDigest, 'argumentsDigest');
}

function writeOperation(command: CheckpointCommand | ComputeResultCommand): void {
  writeCall(command);
  writer.bytes(command.value);
  writeError(writer, command.error);
}

function writeAttempt(command: {
  readonly runId: string;
  readonly epoch: number;
  readonly key: string;
  readonly occurrence: number;
  readonly attempt: number;
}): void {
  writeOwner(command);
  writer.text(command.key, 'key', KEY_BYTES_MAX);
  writer.uintFrom(1, command.occurrence, 'occurrence');
  writer.uintFrom(1, command.attempt, 'attempt');
}

function writeTarget(command: {
  readonly requestId: string;
  readonly expiryMs: number;
  readonly workflowId: string;
  readonly runId: string;
}): void {
  writer.id(command.requestId, 'requestId', ID_BYTES_MAX);
  writer.ms(command.expiryMs, 'expiryMs');
  writer.id(command.workflowId, 'workflowId', ID_BYTES_MAX);
  writer.id(command.runId, 'runId', ID_BYTES_MAX);
}

function writeStart(command: StartCommand | StartChildCommand): void {
  writeTarget(command);
  writer.text(command.name, 'name', NAME_BYTES_MAX);
  writer.uint(command.version, 'version');
  writer.bytes(command.input);
  writer.u53(command.inputDigest, 'inputDigest');
  writeChoice(writer, OWNER_POLICIES, command.ownerPolicy, 'ownerPolicy');
  writer.uint(command.starter, 'starter');
  writer.uint(command.leaderHint, 'leaderHint');
}

function writeContinue(command: ContinueAsNewCommand): void {
  writeOwner(command);
  writer.uint(command.consumedWseq, 'consumedWseq');
  writer.id(command.newRunId, 'newRunId', ID_BYTES_MAX);
  writer.uint(command.version, 'version');
  writer.bytes(command.input);
  writer.u53(command.inputDigest, 'inputDigest');
  writer.u53(command.digest, 'digest');
}

function writeDecline(command: DeclineCommand): void {
  writeOwner(command);
  writer.uint(command.node, 'node');
  writer.uint(command.incarnation, 'incarnation');
  writeChoice(writer, DECLINE_REASONS, command.reason, 'reason');
  writer.prose(command.message);
}

function writeHello(command: MemberHelloCommand): void {
  writer.uint(command.node, 'node');
  writer.uint(command.incarnation, 'incarnation');
  writer.uint(command.codecLevelMax, 'codecLevelMax');
  writer.text(command.buildId, 'buildId', NAME_BYTES_MAX);
  writer.boolean(command.draining);
  writer.uint(command.workflows.length, 'workflows');
  for (const workflow of command.workflows) {
    writer.text(workflow.name, 'workflows.name', NAME_BYTES_MAX);
    writer.uint(workflow.versions.length, 'workflows.versions');
    for (const version of workflow.versions) writer.uint(version, 'workflows.versions');
  }
}

export function writeLimits(into: BinaryWriter, limits: GroupLimits): void {
  into.uint(limits.payloadBytesMax, 'payloadBytesMax');
  into.uint(limits.openRunsMax, 'openRunsMax');
  into.uint(limits.crashSuspectLimit, 'crashSuspectLimit');
  into.ms(limits.retentionMs, 'retentionMs');
  into.ms(limits.requestRetentionMs, 'requestRetentionMs');
}
