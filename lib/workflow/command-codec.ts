/**
 * Bytes of the commands of an execution cluster: the frame of lib/state-machine/command-frame.ts and, per kind, a body. Pure.
 *
 * B1. A released body is never edited: a new form is a new kind or a new frame version (K1, R31). Golden frames: command-codec.spec.ts.
 * B2. Payloads are left as bytes. Those of a decoded command are views of its frame, which never changes once it is committed.
 * B3. An unknown version or kind is GROUP_HALTED (it may be a newer build's command, and skipping it would fork the state); anything
 *     else that does not read to the last byte is MALFORMED_FRAME.
 */
import { RaftoralError } from '../errors/index.js';
import { BinaryReader, BinaryWriter, COMMAND_BODY_OFFSET, COMMAND_FRAME_VERSION, COMMAND_KIND_OFFSET } from '../state-machine/index.js';
import {
  CommandKind,
  type AttemptFailedCommand,
  type CheckpointCommand,
  type ComputeResultCommand,
  type ContinueAsNewCommand,
  type DeclineCommand,
  type DeclineReason,
  type FinishCommand,
  type GroupLimits,
  type MemberHelloCommand,
  type OwnerPolicy,
  type SignalCommand,
  type SleepCommand,
  type StartCommand,
  type WorkflowCommand,
} from './command.js';
import {
  ID_BYTES_MAX,
  KEY_BYTES_MAX,
  NAME_BYTES_MAX,
  readChoice,
  readError,
  readErrorRequired,
  readPosition,
  writeChoice,
  writeError,
  writePosition,
} from './record-codec.js';

const OWNER_POLICIES: readonly OwnerPolicy[] = ['starter', 'leader', 'spread'];
const DECLINE_REASONS: readonly DeclineReason[] = ['diverged', 'foreign-await', 'instantiation-failed', 'over-budget', 'draining'];
const FINISH_OUTCOMES: readonly FinishCommand['outcome'][] = ['completed', 'failed', 'cancelled'];
const WORKFLOWS_MAX = 65_536;

const writer = new BinaryWriter();
const reader = new BinaryReader('command');

/** A new frame, with time stamp 0. Throws INVALID_ARGUMENT for what no decoder would take. */
export function encodeCommand(command: WorkflowCommand): Uint8Array {
  writer.reset();
  writer.u8(COMMAND_FRAME_VERSION);
  writer.u32(0);
  writer.u32(0);
  writer.u8(command.kind);
  encodeBody(command);
  return writer.finishPooled();
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
    default:
      return encodeGroupBody(command);
  }
}

function encodeGroupBody(command: Extract<WorkflowCommand, { readonly kind: 1 | 2 | 3 | 4 | 30 }>): void {
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
    case CommandKind.RETENTION_SWEEP:
      return writer.f64(command.cutoffMs, 'cutoffMs');
  }
}

/**
 * The command of a frame. Throws GROUP_HALTED for a version or kind that this build does not know, MALFORMED_FRAME for anything else
 * that is no frame.
 */
export function decodeCommand(frame: Uint8Array): WorkflowCommand {
  if (frame.length < COMMAND_BODY_OFFSET) {
    throw new RaftoralError('MALFORMED_FRAME', `Malformed command: kind at offset ${frame.length}: the frame ends in its head.`, {
      details: { frame: 'command', field: 'kind', offset: frame.length },
    });
  }
  const version = frame[0]!;
  if (version !== COMMAND_FRAME_VERSION) throw unknown(`frame version ${version}`);
  const stamp = reader.open(frame, 1).f64('stamp');
  if (stamp < 0) reader.fail('stamp', `${stamp} is negative`);
  const kind = frame[COMMAND_KIND_OFFSET]!;
  reader.open(frame, COMMAND_BODY_OFFSET);
  const command = decodeBody(kind);
  reader.end();
  reader.close();
  return command;
}

function unknown(what: string): RaftoralError {
  return new RaftoralError('GROUP_HALTED', `A command has ${what}, which this build does not know; upgrade this node.`, {
    details: { what },
  });
}

function decodeBody(kind: number): WorkflowCommand {
  switch (kind) {
    case CommandKind.CHECKPOINT:
      return readCheckpoint();
    case CommandKind.COMPUTE_RESULT:
      return readComputeResult();
    case CommandKind.ATTEMPT_STARTED:
      return {
        kind,
        runId: readRunId(),
        epoch: reader.uint('epoch'),
        key: readKey(),
        occurrence: readOccurrence(),
        attempt: reader.uintFrom(1, 'attempt'),
      };
    case CommandKind.ATTEMPT_FAILED:
      return readAttemptFailed();
    case CommandKind.SLEEP:
      return readSleep();
    case CommandKind.TIMER_FIRED:
      return { kind, runId: readRunId(), timerId: reader.uint('timerId') };
    case CommandKind.DECLINE:
      return readDecline();
    case CommandKind.FINISH:
      return readFinish();
    case CommandKind.CONTINUE_AS_NEW:
      return readContinue();
    case CommandKind.START:
      return readStart();
    case CommandKind.SIGNAL:
      return readSignal();
    case CommandKind.CANCEL:
      return { kind, ...readTarget(), reason: reader.prose('reason') };
    case CommandKind.TERMINATE:
      return { kind, ...readTarget() };
    case CommandKind.RESET:
      return { kind, ...readTarget() };
    case CommandKind.CHANGE_OWNER:
      return { kind, runId: readRunId(), expectedEpoch: reader.uint('expectedEpoch'), to: reader.uint('to') };
    default:
      return decodeGroupBody(kind);
  }
}

function decodeGroupBody(kind: number): WorkflowCommand {
  switch (kind) {
    case CommandKind.MEMBER_HELLO:
      return readHello();
    case CommandKind.SET_LIMITS:
      return { kind, expectedRevision: reader.uint('expectedRevision'), limits: readLimits(reader) };
    case CommandKind.RAISE_CODEC_LEVEL:
      return { kind, level: reader.uint('level') };
    case CommandKind.NODE_DOWN:
      return { kind, node: reader.uint('node'), incarnation: reader.uint('incarnation') };
    case CommandKind.RETENTION_SWEEP:
      return { kind, cutoffMs: reader.f64('cutoffMs') };
    default:
      throw unknown(`kind ${kind}`);
  }
}

// --- parts ----------------------------------------------------------------------------------------------------------------------

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

function writeStart(command: StartCommand): void {
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

export function readLimits(from: BinaryReader): GroupLimits {
  return {
    payloadBytesMax: from.uint('payloadBytesMax'),
    openRunsMax: from.uint('openRunsMax'),
    crashSuspectLimit: from.uint('crashSuspectLimit'),
    retentionMs: from.ms('retentionMs'),
    requestRetentionMs: from.ms('requestRetentionMs'),
  };
}

const readRunId = (): string => reader.id('runId', ID_BYTES_MAX);
const readKey = (): string => reader.text('key', KEY_BYTES_MAX);
const readOccurrence = (): number => reader.uintFrom(1, 'occurrence');

function readCheckpoint(): WorkflowCommand {
  const runId = readRunId();
  const epoch = reader.uint('epoch');
  const key = readKey();
  const occurrence = readOccurrence();
  const position = readPosition(reader);
  const argumentsDigest = reader.u53('argumentsDigest');
  const value = reader.bytes('value');
  return { kind: CommandKind.CHECKPOINT, runId, epoch, key, occurrence, position, argumentsDigest, value, error: readError(reader) };
}

function readComputeResult(): WorkflowCommand {
  const runId = readRunId();
  const epoch = reader.uint('epoch');
  const key = readKey();
  const occurrence = readOccurrence();
  const position = readPosition(reader);
  const argumentsDigest = reader.u53('argumentsDigest');
  const value = reader.bytes('value');
  const error = readError(reader);
  const attempt = reader.uintFrom(1, 'attempt');
  return { kind: CommandKind.COMPUTE_RESULT, runId, epoch, key, occurrence, position, argumentsDigest, attempt, value, error };
}

function readAttemptFailed(): AttemptFailedCommand {
  const runId = readRunId();
  const epoch = reader.uint('epoch');
  const key = readKey();
  const occurrence = readOccurrence();
  const attempt = reader.uintFrom(1, 'attempt');
  const retryDelayMs = reader.ms('retryDelayMs');
  return { kind: CommandKind.ATTEMPT_FAILED, runId, epoch, key, occurrence, attempt, retryDelayMs, error: readErrorRequired(reader) };
}

function readSleep(): SleepCommand {
  const runId = readRunId();
  const epoch = reader.uint('epoch');
  const key = readKey();
  const occurrence = readOccurrence();
  const position = readPosition(reader);
  const argumentsDigest = reader.u53('argumentsDigest');
  return { kind: CommandKind.SLEEP, runId, epoch, key, occurrence, position, argumentsDigest, delayMs: reader.ms('delayMs') };
}

function readDecline(): DeclineCommand {
  return {
    kind: CommandKind.DECLINE,
    runId: readRunId(),
    epoch: reader.uint('epoch'),
    node: reader.uint('node'),
    incarnation: reader.uint('incarnation'),
    reason: readChoice(reader, DECLINE_REASONS, 'reason'),
    message: reader.prose('message'),
  };
}

function readFinish(): FinishCommand {
  return {
    kind: CommandKind.FINISH,
    runId: readRunId(),
    epoch: reader.uint('epoch'),
    consumedWseq: reader.uint('consumedWseq'),
    outcome: readChoice(reader, FINISH_OUTCOMES, 'outcome'),
    result: reader.bytes('result'),
    error: readError(reader),
    digest: reader.u53('digest'),
  };
}

function readContinue(): ContinueAsNewCommand {
  return {
    kind: CommandKind.CONTINUE_AS_NEW,
    runId: readRunId(),
    epoch: reader.uint('epoch'),
    consumedWseq: reader.uint('consumedWseq'),
    newRunId: reader.id('newRunId', ID_BYTES_MAX),
    version: reader.uint('version'),
    input: reader.bytes('input'),
    inputDigest: reader.u53('inputDigest'),
    digest: reader.u53('digest'),
  };
}

function readTarget(): { requestId: string; expiryMs: number; workflowId: string; runId: string } {
  return {
    requestId: reader.id('requestId', ID_BYTES_MAX),
    expiryMs: reader.ms('expiryMs'),
    workflowId: reader.id('workflowId', ID_BYTES_MAX),
    runId: readRunId(),
  };
}

function readStart(): StartCommand {
  return {
    kind: CommandKind.START,
    ...readTarget(),
    name: reader.text('name', NAME_BYTES_MAX),
    version: reader.uint('version'),
    input: reader.bytes('input'),
    inputDigest: reader.u53('inputDigest'),
    ownerPolicy: readChoice(reader, OWNER_POLICIES, 'ownerPolicy'),
    starter: reader.uint('starter'),
    leaderHint: reader.uint('leaderHint'),
  };
}

function readSignal(): SignalCommand {
  return { kind: CommandKind.SIGNAL, ...readTarget(), name: reader.text('name', NAME_BYTES_MAX), payload: reader.bytes('payload') };
}

function readHello(): MemberHelloCommand {
  const node = reader.uint('node');
  const incarnation = reader.uint('incarnation');
  const codecLevelMax = reader.uint('codecLevelMax');
  const buildId = reader.text('buildId', NAME_BYTES_MAX);
  const draining = reader.boolean('draining');
  const workflows: Array<MemberHelloCommand['workflows'][number]> = [];
  for (let left = reader.count('workflows', 2, WORKFLOWS_MAX); left > 0; left--) {
    const name = reader.text('workflows.name', NAME_BYTES_MAX);
    const versions: number[] = [];
    for (let count = reader.count('workflows.versions', 1); count > 0; count--) versions.push(reader.uint('workflows.versions'));
    workflows.push({ name, versions });
  }
  return { kind: CommandKind.MEMBER_HELLO, node, incarnation, workflows, codecLevelMax, buildId, draining };
}
