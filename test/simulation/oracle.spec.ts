import { describe, expect, it } from '@jest/globals';
import type { StateMachine } from '../../lib/state-machine/index.js';
import { encodeCommand } from '../../lib/workflow/command-codec.js';
import { CommandKind, type WorkflowCommand } from '../../lib/workflow/command.js';
import { EventKind, type RunEvent } from '../../lib/workflow/event.js';
import type { RunView } from '../../lib/workflow/state.js';
import { GroupOracle } from './group-oracle.js';
import { Journal } from './journal.js';
import { WorkflowOracle } from './workflow-oracle.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);

class Tape implements StateMachine<void> {
  text = '';

  apply(_index: number, _term: number, frame: Uint8Array): void {
    this.text += Buffer.from(frame).toString();
  }

  applyMembership(): void {
    return;
  }

  snapshot(): Uint8Array {
    return bytes(this.text);
  }

  restore(_index: number, snapshot: Uint8Array): void {
    this.text = Buffer.from(snapshot).toString();
  }
}

describe('GroupOracle', () => {
  function twoNodes() {
    const oracle = new GroupOracle();
    return { oracle, one: oracle.observe(1, new Tape()), two: oracle.observe(2, new Tape()) };
  }

  it('is content with nodes that apply the same, some later, some from a snapshot', () => {
    const { oracle, one, two } = twoNodes();
    for (const index of [2, 3, 5]) one.apply(index, 1, bytes(`${index}`));
    two.apply(2, 1, bytes('2'));
    const three = oracle.observe(3, new Tape());
    three.restore(4, bytes('23'));
    three.apply(5, 1, bytes('5'));
    two.apply(3, 1, bytes('3'));
    two.apply(5, 1, bytes('5'));
    expect(() => oracle.check()).not.toThrow();
  });

  it.each<[string, (parts: ReturnType<typeof twoNodes>) => void]>([
    ['another entry', ({ two }) => two.apply(2, 1, bytes('x'))],
    ['another term', ({ two }) => two.apply(2, 2, bytes('2'))],
    ['a skipped entry', ({ two }) => two.apply(3, 1, bytes('3'))],
    ['an entry twice', ({ one }) => one.apply(3, 1, bytes('3'))],
    ['a step back by a snapshot', ({ one }) => one.restore(2, bytes('2'))],
  ])('notices %s', (_what, misbehave) => {
    const parts = twoNodes();
    parts.one.apply(2, 1, bytes('2'));
    parts.one.apply(3, 1, bytes('3'));
    misbehave(parts);
    expect(() => parts.oracle.check()).toThrow(/^log: /);
  });

  it('notices two leaders of one term', () => {
    const { oracle } = twoNodes();
    oracle.leads(3, 1);
    oracle.leads(3, 1);
    oracle.leads(4, 2);
    oracle.check();
    oracle.leads(3, 2);
    expect(() => oracle.check()).toThrow(/nodes 1 and 2 both led in term 3/);
  });

  it('notices what was applied once and is lost at the end, and states that differ', async () => {
    const { oracle, one, two } = twoNodes();
    one.apply(2, 1, bytes('2'));
    await oracle.compareFinal([{ id: 2, appliedIndex: 1, snapshot: () => two.snapshot() }]);
    expect(() => oracle.check()).toThrow(/^P1: node 2 ended at 1/);
    const other = twoNodes();
    await other.oracle.compareFinal([
      { id: 1, appliedIndex: 0, snapshot: () => bytes('a') },
      { id: 2, appliedIndex: 0, snapshot: () => bytes('b') },
    ]);
    expect(() => other.oracle.check()).toThrow(/^states equal: node 1 and node 2/);
  });
});

describe('WorkflowOracle', () => {
  const base = { timeMs: 1, epoch: 1, key: 'k', occurrence: 1, position: { wseq: 1, ordinal: 0 }, argumentsDigest: 1, error: null };

  function watched() {
    const group = new GroupOracle();
    const oracle = new WorkflowOracle(group);
    const run = (runId: string, workflowId: string): RunView =>
      ({ runId, workflowId, name: 'order', version: 1, parent: null }) as unknown as RunView;
    const started: RunEvent = {
      kind: EventKind.STARTED,
      wseq: 1,
      timeMs: 1,
      input: bytes(''),
      owner: 1,
      epoch: 1,
      buildId: 'b',
      continuedFrom: '',
    };
    const builds = new Map([1, 2, 3].map((node) => [node, { versions: [1], codecLevelMax: 2 }]));
    const world = { journal: new Journal(() => 0, 0), buildOf: (node: number) => builds.get(node)! };
    const hello = (node: number, version: number, codecLevelMax: number, incarnation = 1): void => {
      const workflows = [{ name: 'order', versions: [version] }];
      oracle.beforeEntry(
        encodeCommand({ kind: CommandKind.MEMBER_HELLO, node, incarnation, workflows, codecLevelMax, buildId: 'b', draining: false }),
      );
    };
    for (const node of [1, 2, 3]) hello(node, 1, 2);
    /** As the first node that applies it. */
    const apply = (command: WorkflowCommand, node = 1, index = 10): void =>
      oracle.onEntry(node, index, encodeCommand(command, 2), { ok: true }, world);
    group
      .observe(1, new Tape())
      .applyMembership(5, { voters: [1, 2, 3], votersOutgoing: [], learners: [4], learnersNext: [], autoLeave: false });
    oracle.onEvent(1, run('r', 'w'), started);
    const checkpoint = (wseq: number, changes: object = {}): RunEvent => ({
      ...base,
      kind: EventKind.CHECKPOINT,
      wseq,
      value: bytes('1'),
      ...changes,
    });
    const send = (event: RunEvent, node = 1, runId = 'r', workflowId = 'w'): void => oracle.onEvent(node, run(runId, workflowId), event);
    return { group, oracle, send, checkpoint, started, hello, apply, builds };
  }

  it('is content with one history on all nodes', () => {
    const { group, oracle, send, checkpoint, started } = watched();
    send(checkpoint(2));
    send(started, 2);
    send(checkpoint(2), 2);
    oracle.onOwnerCommand(1, 'r', 1);
    group.check();
  });

  it('is content with a codec level that all voters know, and commands of it', () => {
    const { group, oracle, hello, apply } = watched();
    hello(4, 1, 1); // a learner
    apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 2 });
    apply({ kind: CommandKind.RESERVE_NODE_ID, token: 't', above: 3 });
    oracle.onVersion(1, 'r', 1);
    group.check();
    expect(oracle.counts.levelRaises).toBe(1);
  });

  it('is content with node ids that are given once, asked for as often as one likes, and with what was refused and is not there', () => {
    const { group, oracle, send, started } = watched();
    for (const nodeId of [1_001, 1_001, 1_001]) oracle.onNodeId('a', 1_000, nodeId);
    oracle.onNodeId('b', 1_000, 1_003);
    oracle.onRefusedStart('w3');
    send(started, 1, 'r2', 'w2');
    group.check();
  });

  it.each<[string, RegExp, (parts: ReturnType<typeof watched>) => void]>([
    [
      'P2: an operation with two outcomes',
      /^P2: .*k#1 was committed twice/,
      ({ send, checkpoint }) => [2, 3].forEach((wseq) => send(checkpoint(wseq))),
    ],
    [
      'P2: an event that differs on another node',
      /^P2: event 2/,
      ({ send, checkpoint }) => [send(checkpoint(2)), send(checkpoint(2, { value: bytes('2') }), 2)],
    ],
    [
      'P3: an attempt that is made twice under one owner',
      /^P3: attempt 1 of o of run r began twice in epoch 1/,
      ({ oracle }) => [1, 2, 1].forEach((attempt) => oracle.onAttempt('node 1', 'r', 'o', attempt, 1)),
    ],
    [
      'R22: a body that begins while an older one of the operation is at work in the process, and not for long',
      /^R22: a body of o of run r began on node 1, where one that began 9999 ms ago is at work/,
      ({ oracle }) => {
        const never = (): Promise<void> => new Promise(() => undefined);
        oracle.watchBody('node 1', 'r', 'settled', 0, () => 'at once');
        oracle.watchBody('node 1', 'r', 'settled', 0, () => 'at once');
        oracle.watchBody('node 1', 'r', 'graced', 0, never);
        oracle.watchBody('node 1', 'r', 'graced', 10_000, never);
        oracle.watchBody('node 2', 'r', 'o', 0, never);
        for (const nowMs of [0, 9_999]) oracle.watchBody('node 1', 'r', 'o', nowMs, never);
      },
    ],
    ['P4: a write of another epoch', /^P4: .*epoch 2 took effect in epoch 1/, ({ send, checkpoint }) => send(checkpoint(2, { epoch: 2 }))],
    ['P4: a proposal of who is not the owner', /^P4: node 2 proposed as owner/, ({ oracle }) => oracle.onOwnerCommand(2, 'r', 1)],
    ['P4: a body on a node that never owned the run', /^P4: a body/, ({ oracle }) => oracle.onBody(2, 'r')],
    ['P5: one workflow id with two open runs', /^P5: /, ({ send, started }) => send(started, 1, 'r2')],
    ['P7: deterministic code that is said to diverge', /^P7: /, ({ oracle }) => oracle.onDiverged(1, 'r', 'order', 'text')],
    [
      'R14: an owner that has another version',
      /^R14: run r2 of order 1 is owned by node 1, which has 2/,
      ({ hello, send, started }) => [hello(1, 2, 2, 2), send(started, 1, 'r2', 'w2')],
    ],
    ['R14: the code of another version', /^R14: run r of version 1 ran the code of version 2/, ({ oracle }) => oracle.onVersion(1, 'r', 2)],
    [
      'R31: a level that a voter does not know',
      /^R31: entry 10 raises to level 2; voter 2 knows 1/,
      ({ hello, apply }) => [hello(2, 1, 1), apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 2 })],
    ],
    [
      'R31: a command before its level',
      /^R31: entry 10 reserves a node id, in a group at codec level 1/,
      ({ apply }) => apply({ kind: CommandKind.RESERVE_NODE_ID, token: 't', above: 3 }),
    ],
    [
      'R31: a build that applies what it does not know',
      /^R31: node 3 applied level 2, and knows 1/,
      ({ builds, apply }) => [
        builds.set(3, { versions: [1], codecLevelMax: 1 }),
        apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 2 }, 3),
      ],
    ],
    [
      'R38: a start that was refused, and had happened',
      /^R38: the start of 'w' was refused, and it runs as r$/,
      ({ oracle }) => oracle.onRefusedStart('w'),
    ],
    [
      'R38: a start that was refused, and happens later',
      /^R38: the start of 'w2' was refused, and it runs as r2$/,
      ({ oracle, send, started }) => [oracle.onRefusedStart('w2'), send(started, 1, 'r2', 'w2')],
    ],
    [
      'R42: a node id that two processes were given',
      /^R42: 'b' was given node id 1001, and so was 'a'$/,
      ({ oracle }) => ['a', 'b'].forEach((token) => oracle.onNodeId(token, 1_000, 1_001)),
    ],
    [
      'R42: a process that was given two node ids',
      /^R42: 'a' was given two node ids, 1001 and 1002$/,
      ({ oracle }) => [1_001, 1_002].forEach((nodeId) => oracle.onNodeId('a', 1_000, nodeId)),
    ],
    [
      'R42: a node id that may be in use',
      /^R42: 'a' was given node id 1000, which may be/,
      ({ oracle }) => oracle.onNodeId('a', 1_000, 1_000),
    ],
    ['a gap in a history', /^history: /, ({ send, checkpoint }) => send(checkpoint(3))],
  ])('notices %s', (_what, message, misbehave) => {
    const parts = watched();
    parts.group.check();
    misbehave(parts);
    expect(() => parts.group.check()).toThrow(message);
  });
});
