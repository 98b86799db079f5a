/**
 * One command and one event of every kind, with fixed contents: for golden bytes and for fuzzing.
 */
import { BinaryWriter } from '../../lib/state-machine/index.js';
import { CommandKind, DEFAULT_LIMITS, type WorkflowCommand } from '../../lib/workflow/command.js';
import { EventKind, type ErrorRecord, type RunEvent } from '../../lib/workflow/event.js';
import type { ImportItem } from '../../lib/workflow/import-item.js';
import { slotOf } from '../../lib/workflow/slot.js';
import { done } from '../../lib/workflow/state-machine/answers.js';
import { answerItemOf } from '../../lib/workflow/state-machine/import-items.js';
import { RequestEntry } from '../../lib/workflow/state-machine/requests.js';
import { RunRecord, type RunIdentity } from '../../lib/workflow/state-machine/run-record.js';
import { writeRunHead } from '../../lib/workflow/state-machine/snapshot-run.js';

const RUN = '0b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e';
const NEXT_RUN = '1b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e';
const REQUEST = 'aaaaaaaa-8f3a-4c57-9c2e-0f9a1b2c3d4e';

function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text));
}

export const SAMPLE_ERROR: ErrorRecord = {
  name: 'StockError',
  message: 'größe fehlt',
  code: 'NO_STOCK',
  stack: 'at x',
  cause: { name: 'Error', message: 'm', code: '', stack: '', cause: null },
};

const CALL = { key: 'status', occurrence: 3, position: { wseq: 300, ordinal: 1 }, argumentsDigest: 6_328_456_058_571_084 } as const;
const OWNER = { runId: RUN, epoch: 2 } as const;
const REQUESTED = { requestId: REQUEST, expiryMs: 1_700_000_600_000, workflowId: 'order-1' } as const;

const RANGES = [
  { first: 0, count: 1 },
  { first: 300, count: 3_796 },
];

const IMPORTED: Omit<RunIdentity, 'parent'> = {
  slot: slotOf('order-1'),
  workflowId: 'order-1',
  runId: RUN,
  name: 'order',
  version: 1,
  inputDigest: 8,
  originDigest: 9,
  startedMs: 1_700_000_000_000,
};

/** A run with its first event and its head, and an answer. */
export const SAMPLE_ITEMS: readonly ImportItem[] = [
  {
    type: 'events',
    run: IMPORTED,
    events: [
      {
        kind: EventKind.STARTED,
        wseq: 1,
        timeMs: 1_700_000_000_000,
        input: bytes('[1]'),
        owner: 2,
        epoch: 1,
        buildId: 'b1',
        continuedFrom: '',
      },
    ],
  },
  { type: 'final', runId: RUN, events: 1, head: headOf(IMPORTED) },
  answerItemOf(new RequestEntry(REQUEST, 1_700_000_600_000, CommandKind.START, 'order-1', done(RUN, 1))),
];

function headOf(identity: Omit<RunIdentity, 'parent'>): Uint8Array {
  const run = new RunRecord({ ...identity, parent: null }, 1);
  run.owner = 2;
  run.ownerBuildId = 'b1';
  const writer = new BinaryWriter();
  writeRunHead(writer, run);
  return writer.finish();
}

export const SAMPLE_COMMANDS: ReadonlyArray<readonly [string, WorkflowCommand]> = [
  [
    'MEMBER_HELLO',
    {
      kind: CommandKind.MEMBER_HELLO,
      node: 2,
      incarnation: 1_700_000_000_000,
      workflows: [
        { name: 'order', versions: [1, 2] },
        { name: 'refund', versions: [] },
      ],
      codecLevelMax: 1,
      buildId: 'b1',
      draining: true,
    },
  ],
  ['SET_LIMITS', { kind: CommandKind.SET_LIMITS, expectedRevision: 4, limits: DEFAULT_LIMITS }],
  ['RAISE_CODEC_LEVEL', { kind: CommandKind.RAISE_CODEC_LEVEL, level: 2 }],
  ['NODE_DOWN', { kind: CommandKind.NODE_DOWN, node: 3, incarnation: 7 }],
  ['RESERVE_NODE_ID', { kind: CommandKind.RESERVE_NODE_ID, token: REQUEST, above: 300 }],
  ['STATE_CHECK', { kind: CommandKind.STATE_CHECK }],
  ['STATE_HASH', { kind: CommandKind.STATE_HASH, node: 2, index: 300, parts: [0, 1, 2 ** 53 - 1] }],
  ['FOUND_MANAGEMENT', { kind: CommandKind.FOUND_MANAGEMENT, members: [1, 2, 300] }],
  [
    'START',
    {
      kind: CommandKind.START,
      ...REQUESTED,
      runId: RUN,
      name: 'order',
      version: 1,
      input: bytes('{"item":7}'),
      inputDigest: 2_645_175_319_824_053,
      ownerPolicy: 'spread',
      starter: 1,
      leaderHint: 2,
    },
  ],
  ['SIGNAL', { kind: CommandKind.SIGNAL, ...REQUESTED, runId: '', name: 'approve', payload: bytes('"yes"') }],
  ['CANCEL', { kind: CommandKind.CANCEL, ...REQUESTED, runId: RUN, reason: 'too late' }],
  ['TERMINATE', { kind: CommandKind.TERMINATE, ...REQUESTED, runId: '' }],
  ['RESET', { kind: CommandKind.RESET, ...REQUESTED, runId: 'text-run' }],
  ['CHANGE_OWNER', { kind: CommandKind.CHANGE_OWNER, runId: RUN, expectedEpoch: 5, to: 3 }],
  ['CHECKPOINT', { kind: CommandKind.CHECKPOINT, ...OWNER, ...CALL, value: bytes('"new"'), error: null }],
  ['COMPUTE_RESULT', { kind: CommandKind.COMPUTE_RESULT, ...OWNER, ...CALL, attempt: 4, value: bytes(''), error: SAMPLE_ERROR }],
  ['ATTEMPT_STARTED', { kind: CommandKind.ATTEMPT_STARTED, ...OWNER, key: 'inventory', occurrence: 1, attempt: 2 }],
  [
    'ATTEMPT_FAILED',
    { kind: CommandKind.ATTEMPT_FAILED, ...OWNER, key: 'inventory', occurrence: 1, attempt: 2, retryDelayMs: 1500.5, error: SAMPLE_ERROR },
  ],
  ['SLEEP', { kind: CommandKind.SLEEP, ...OWNER, ...CALL, delayMs: 60_000 }],
  ['TIMER_FIRED', { kind: CommandKind.TIMER_FIRED, runId: RUN, timerId: 12 }],
  [
    'DECLINE',
    { kind: CommandKind.DECLINE, runId: RUN, epoch: 0, node: 2, incarnation: 7, reason: 'foreign-await', message: 'awaited a timer' },
  ],
  [
    'FINISH',
    { kind: CommandKind.FINISH, ...OWNER, consumedWseq: 11, outcome: 'failed', result: bytes(''), error: SAMPLE_ERROR, digest: 77 },
  ],
  [
    'CONTINUE_AS_NEW',
    {
      kind: CommandKind.CONTINUE_AS_NEW,
      ...OWNER,
      consumedWseq: 11,
      newRunId: NEXT_RUN,
      version: 2,
      input: bytes('[1]'),
      inputDigest: 8,
      digest: 9,
    },
  ],
  ['FREEZE_SLOTS', { kind: CommandKind.FREEZE_SLOTS, moveId: 300, to: 7, oldestMoveId: 299, ranges: RANGES }],
  ['UNFREEZE_SLOTS', { kind: CommandKind.UNFREEZE_SLOTS, moveId: 300 }],
  ['DROP_SLOTS', { kind: CommandKind.DROP_SLOTS, moveId: 300 }],
  ['IMPORT_BEGIN', { kind: CommandKind.IMPORT_BEGIN, moveId: 300, from: 1, oldestMoveId: 299, ranges: RANGES }],
  ['IMPORT_PART', { kind: CommandKind.IMPORT_PART, moveId: 300, logTimeMs: 1_700_000_000_000.5, items: SAMPLE_ITEMS }],
  ['ACTIVATE_IMPORT', { kind: CommandKind.ACTIVATE_IMPORT, moveId: 300, logTimeMs: 1_700_000_000_000.5, slotEpoch: 4, openRuns: 1 }],
  ['ABORT_IMPORT', { kind: CommandKind.ABORT_IMPORT, moveId: 300, from: 1 }],
  ['RETENTION_SWEEP', { kind: CommandKind.RETENTION_SWEEP, cutoffMs: 1_700_000_000_000 }],
  [
    'START_CHILD',
    {
      kind: CommandKind.START_CHILD,
      ...REQUESTED,
      runId: RUN,
      name: 'ship',
      version: 3,
      input: bytes('{"item":7}'),
      inputDigest: 2_645_175_319_824_053,
      ownerPolicy: 'starter',
      starter: 1,
      leaderHint: 2,
      parent: { workflowId: 'order-0', runId: NEXT_RUN, key: '$child/ship', occurrence: 2, token: REQUEST, onClose: 'abandon' },
    },
  ],
  ['ACKNOWLEDGE_CHILD', { kind: CommandKind.ACKNOWLEDGE_CHILD, runIds: [RUN, NEXT_RUN] }],
];

const AT = { wseq: 7, timeMs: 1_700_000_000_000 } as const;

export const SAMPLE_EVENTS: ReadonlyArray<readonly [string, RunEvent]> = [
  ['STARTED', { kind: EventKind.STARTED, ...AT, input: bytes('{"item":7}'), owner: 2, epoch: 1, buildId: 'b1', continuedFrom: NEXT_RUN }],
  ['CHECKPOINT', { kind: EventKind.CHECKPOINT, ...AT, epoch: 2, ...CALL, value: bytes('"new"'), error: null }],
  ['COMPUTE_RESULT', { kind: EventKind.COMPUTE_RESULT, ...AT, epoch: 2, ...CALL, attempt: 4, value: bytes(''), error: SAMPLE_ERROR }],
  ['ATTEMPT_STARTED', { kind: EventKind.ATTEMPT_STARTED, ...AT, epoch: 2, key: 'inventory', occurrence: 1, attempt: 2, node: 3 }],
  [
    'ATTEMPT_FAILED',
    {
      kind: EventKind.ATTEMPT_FAILED,
      ...AT,
      epoch: 2,
      key: 'inventory',
      occurrence: 1,
      attempt: 2,
      error: SAMPLE_ERROR,
      timerId: 4,
      dueMs: 1_700_000_001_000,
    },
  ],
  ['SLEEP_SET', { kind: EventKind.SLEEP_SET, ...AT, epoch: 2, ...CALL, timerId: 5, dueMs: 1_700_000_060_000 }],
  ['TIMER_FIRED', { kind: EventKind.TIMER_FIRED, ...AT, timerId: 5, purpose: 'retry', key: 'inventory', occurrence: 1 }],
  ['SIGNAL', { kind: EventKind.SIGNAL, ...AT, name: 'approve', payload: bytes('"yes"'), requestId: REQUEST }],
  ['CANCEL_REQUESTED', { kind: EventKind.CANCEL_REQUESTED, ...AT, reason: 'too late' }],
  ['OWNER_CHANGED', { kind: EventKind.OWNER_CHANGED, ...AT, owner: 3, epoch: 4, cause: 'decline', buildId: 'b2' }],
  ['DECLINED', { kind: EventKind.DECLINED, ...AT, node: 2, reason: 'diverged', message: 'other value' }],
  ['BLOCKED', { kind: EventKind.BLOCKED, ...AT, reason: 'crash-suspect' }],
  [
    'FINISHED',
    {
      kind: EventKind.FINISHED,
      ...AT,
      outcome: 'continued',
      consumedWseq: 6,
      result: bytes('{"ok":true}'),
      error: null,
      digest: 77,
      continuedAs: NEXT_RUN,
    },
  ],
];
