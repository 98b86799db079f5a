/**
 * From bytes to a command: the other half of command-codec.ts, which states the rules. Pure.
 */
import { RaftoralError } from '../errors/index.js';
import { BinaryReader, COMMAND_BODY_OFFSET, COMMAND_FRAME_VERSION, COMMAND_KIND_OFFSET } from '../state-machine/index.js';
import {
  CommandKind,
  MANAGEMENT_VOTERS_MAX,
  NODE_ID_MAX,
  type AttemptFailedCommand,
  type ContinueAsNewCommand,
  type DeclineCommand,
  type FinishCommand,
  type GroupLimits,
  type MemberHelloCommand,
  type SignalCommand,
  type SleepCommand,
  type StartCommand,
  type WorkflowCommand,
} from './command.js';
import { decodeMoveBody } from './move-codec.js';
import {
  DECLINE_REASONS,
  FINISH_OUTCOMES,
  OWNER_POLICIES,
  ID_BYTES_MAX,
  KEY_BYTES_MAX,
  NAME_BYTES_MAX,
  readChoice,
  readError,
  readErrorRequired,
  readParent,
  readPosition,
} from './record-codec.js';

const WORKFLOWS_MAX = 65_536;
/** Of a state hash. */
const STATE_PARTS_MAX = 16;
const ACKNOWLEDGED_MAX = 65_536;

const reader = new BinaryReader('command');

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

function unknownKind(kind: number): never {
  throw unknown(`kind ${kind}`);
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
      return { kind, ...readStart() };
    case CommandKind.START_CHILD:
      return { kind, ...readStart(), parent: readParent(reader) };
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
    case CommandKind.RESERVE_NODE_ID:
      return { kind, token: reader.id('token', ID_BYTES_MAX), above: reader.uint('above') };
    case CommandKind.STATE_CHECK:
      return { kind };
    case CommandKind.STATE_HASH:
      return readStateHash();
    case CommandKind.FOUND_MANAGEMENT:
      return { kind, members: readFounders() };
    case CommandKind.RETENTION_SWEEP:
      return { kind, cutoffMs: reader.f64('cutoffMs') };
    case CommandKind.ACKNOWLEDGE_CHILD:
      return readAcknowledgement();
    default:
      return decodeMoveBody(reader, kind) ?? unknownKind(kind);
  }
}

function readFounders(): number[] {
  const members: number[] = [];
  for (let left = reader.count('members', 1, MANAGEMENT_VOTERS_MAX); left > 0; left--) {
    const node = reader.uintFrom(1, 'members');
    if (node > NODE_ID_MAX) reader.fail('members', `${node} is no node id`);
    if (node <= (members.at(-1) ?? 0)) reader.fail('members', `${node} does not follow the node before it`);
    members.push(node);
  }
  if (members.length === 0) reader.fail('members', 'nobody is named');
  return members;
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

function readStateHash(): WorkflowCommand {
  const node = reader.uint('node');
  const index = reader.uintFrom(1, 'index');
  const parts: number[] = [];
  for (let left = reader.count('parts', 7, STATE_PARTS_MAX); left > 0; left--) parts.push(reader.u53('parts'));
  return { kind: CommandKind.STATE_HASH, node, index, parts };
}

function readAcknowledgement(): WorkflowCommand {
  const runIds: string[] = [];
  for (let left = reader.count('runIds', 1, ACKNOWLEDGED_MAX); left > 0; left--) runIds.push(reader.id('runIds', ID_BYTES_MAX));
  return { kind: CommandKind.ACKNOWLEDGE_CHILD, runIds };
}

function readTarget(): { requestId: string; expiryMs: number; workflowId: string; runId: string } {
  return {
    requestId: reader.id('requestId', ID_BYTES_MAX),
    expiryMs: reader.ms('expiryMs'),
    workflowId: reader.id('workflowId', ID_BYTES_MAX),
    runId: readRunId(),
  };
}

function readStart(): Omit<StartCommand, 'kind'> {
  return {
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
