/** Groups that end on a node while the others of it go on: closed, opened again, destroyed (H1–H3 of hosted-groups.ts); requests between nodes. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { RaftoralError } from '../../lib/errors/index.js';
import type { RaftNode } from '../../lib/cluster/index.js';
import { TestCluster, TextMachine, codeOf, frame, type TestNode } from '../support/raft-cluster.js';
import { RowCluster, RowTextMachine } from '../support/row-cluster.js';

const GROUP = 2;

let rows: RowCluster;
afterEach(() => rows.cluster.stop());

interface Opened {
  readonly group: RaftNode<string>;
  readonly machine: TextMachine;
}

async function open({ host }: TestNode, join = false): Promise<Opened> {
  const machine = new RowTextMachine();
  const group = await rows.cluster.settled(
    host.createGroup<string>({ groupId: GROUP, stateMachine: machine, ...(join ? { join } : { members: [1, 2, 3] }) }),
  );
  return { group, machine };
}

/** Three nodes with groups 1 and 2, on disks that take their time. */
async function world(): Promise<{ nodes: readonly TestNode[]; opened: readonly Opened[]; leader(): number }> {
  rows = await RowCluster.start([1, 2, 3], { writeMs: 3, flushMs: 5, tuning: { stateFlushEntriesMax: 10, compactionKeepEntries: 3 } });
  const nodes = [1, 2, 3].map((id) => rows.cluster.node(id));
  const opened: Opened[] = [];
  for (const node of nodes) opened.push(await open(node));
  await rows.cluster.elect();
  const leader = (): number => opened.findIndex(({ group }) => group.isLeader);
  await rows.time.runUntil(() => leader() >= 0, 10_000);
  return { nodes, opened, leader };
}

const propose = (group: RaftNode<string>, text: string): Promise<unknown> => rows.cluster.settled(group.propose(frame(text)));
const hardState = (id: number): unknown => rows.disk(id).log(GROUP).initialState().hardState;

describe('a group that is closed on one node', () => {
  it('H2: rejects who waits with NOT_MEMBER, and leaves the other groups of the node as they are', async () => {
    const { nodes, opened, leader } = await world();
    const at = (leader() + 1) % 3;
    const waiting = opened[at]!.group.propose(frame('late'));
    const closed = nodes[at]!.host.closeGroup(GROUP);
    expect(await rows.cluster.settled(codeOf(waiting))).toBe('NOT_MEMBER');
    await rows.cluster.settled(closed);
    expect(nodes[at]!.host.group(GROUP)).toBeUndefined();
    expect(await codeOf(opened[at]!.group.propose(frame('later')))).toBe('NOT_MEMBER');
    await propose(nodes[at]!.group, 'to group 1');
    await propose(opened[leader()]!.group, 'two of three go on');
  });

  it('H2: is opened again in the same process with its term, its vote and its log, and catches up', async () => {
    const { nodes, opened, leader } = await world();
    for (let i = 0; i < 25; i++) await propose(opened[leader()]!.group, `before ${i}`);
    const at = (leader() + 1) % 3;
    // In the middle of a write, and of a flush.
    const writing = Promise.all(Array.from({ length: 12 }, (_, i) => opened[leader()]!.group.propose(frame(`meanwhile ${i}`))));
    await rows.time.advance(2);
    await rows.cluster.settled(nodes[at]!.host.closeGroup(GROUP));
    const before = hardState(at + 1);
    const last = rows
      .disk(at + 1)
      .log(GROUP)
      .lastIndex();
    expect(last).toBeGreaterThan(25);
    await rows.cluster.settled(writing);
    await rows.time.advance(200);
    expect([
      hardState(at + 1),
      rows
        .disk(at + 1)
        .log(GROUP)
        .lastIndex(),
    ]).toEqual([before, last]);
    const again = await open(nodes[at]!, true);
    expect(again.group.status().lastIndex).toBe(last);
    await propose(opened[leader()]!.group, 'after');
    await rows.time.runUntil(() => again.machine.texts.includes('after'), 5_000);
    expect(again.machine.texts).toEqual(opened[leader()]!.machine.texts);
  });

  it('says how far the log is the past when it is opened again: all that it had applied, in memory too, and nothing that came meanwhile', async () => {
    const { nodes, opened, leader } = await world();
    for (let i = 0; i < 5; i++) await propose(opened[leader()]!.group, `before ${i}`);
    await rows.time.advance(200);
    const at = (leader() + 1) % 3;
    expect(opened.map(({ group }) => group.committedAtOpening)).toEqual([1, 1, 1]);
    const applied = opened[at]!.group.appliedIndex;
    await rows.cluster.settled(nodes[at]!.host.closeGroup(GROUP));
    await propose(opened[leader()]!.group, 'meanwhile');
    expect((await open(nodes[at]!, true)).group.committedAtOpening).toBe(applied);

    const memory = await TestCluster.start();
    const { group } = await memory.elect();
    for (let i = 0; i < 5; i++) await memory.settled(group.propose(frame(`before ${i}`)));
    await memory.time.advance(200);
    const { host, group: first, machine: had } = memory.followers()[0]!;
    expect([first.committedAtOpening, had.texts.length]).toEqual([1, 5]);
    await memory.settled(host.closeGroup(1));
    await memory.settled(group.propose(frame('meanwhile')));
    const machine = new TextMachine();
    const again = await memory.settled(host.createGroup<string>({ groupId: 1, stateMachine: machine, join: true }));
    expect([again.committedAtOpening, again.appliedIndex, machine.texts]).toEqual([first.appliedIndex, 1, []]);
    await memory.time.runUntil(() => machine.texts.includes('meanwhile'), 5_000);
    expect(machine.texts).toEqual([...had.texts, 'meanwhile']);
    await memory.stop();
  });

  it('H1: who opens it while it is being closed gets it behind that', async () => {
    const { nodes, opened, leader } = await world();
    const at = (leader() + 1) % 3;
    const { host } = nodes[at]!;
    const [, again] = await rows.cluster.settled(
      Promise.all([host.closeGroup(GROUP), host.createGroup<string>({ groupId: GROUP, stateMachine: new RowTextMachine(), join: true })]),
    );
    expect(again.membership.voters).toEqual([1, 2, 3]);
    expect(await rows.cluster.settled(codeOf(host.createGroup({ groupId: GROUP, stateMachine: new RowTextMachine() })))).toBe(
      'INVALID_CONFIGURATION',
    );
    await propose(opened[leader()]!.group, 'on');
    await rows.time.runUntil(() => again.appliedIndex === opened[leader()]!.group.appliedIndex, 5_000);
  });

  it('H1: who opens it behind a closing and a destruction gets a new one, of which nothing is deleted any more', async () => {
    const { nodes, opened, leader } = await world();
    await propose(opened[leader()]!.group, 'before');
    const { host } = nodes[2]!;
    const ended = [host.closeGroup(GROUP), host.destroyGroup(GROUP)];
    const { group } = await open(nodes[2]!, true);
    await rows.cluster.settled(Promise.all(ended));
    expect(host.group(GROUP)).toBe(group);
    expect(group.membership.voters).toEqual([]);
  });

  it('H2: waits for a snapshot that is being installed', async () => {
    const { nodes, opened, leader } = await world();
    const at = (leader() + 1) % 3;
    await rows.cluster.settled(nodes[at]!.host.closeGroup(GROUP));
    for (let i = 0; i < 60; i++) await propose(opened[leader()]!.group, `text ${i}`);
    await rows.time.advance(100);
    const release = rows.storage(at + 1).hold('replace');
    let isReplacing = false;
    rows.storage(at + 1).watch = (step) => (isReplacing ||= step.startsWith(`begin replace ${GROUP}`));
    await open(nodes[at]!);
    expect(await rows.time.runUntil(() => isReplacing, 10_000)).toBe(true);
    let isClosed = false;
    const closed = nodes[at]!.host.closeGroup(GROUP).then(() => (isClosed = true));
    await rows.time.advance(500);
    expect(isClosed).toBe(false);
    release();
    await rows.cluster.settled(closed);
    const again = await open(nodes[at]!);
    expect(again.machine.texts.length).toBeGreaterThan(30);
    await rows.time.runUntil(() => again.machine.texts.length === 60, 10_000);
    expect(again.machine.texts).toEqual(opened[leader()]!.machine.texts);
  });

  it('a group that is not open is closed at once', async () => {
    const { nodes } = await world();
    await rows.cluster.settled(nodes[0]!.host.closeGroup(77));
  });
});

describe('a group that is destroyed on one node', () => {
  it('H3: leaves nothing of it, and everything of the others', async () => {
    const { nodes, opened, leader } = await world();
    for (let i = 0; i < 25; i++) await propose(opened[leader()]!.group, `text ${i}`);
    const writing = opened[leader()]!.group.propose(frame('last'));
    await rows.time.advance(2);
    expect(nodes[0]!.host.storedGroups()).toEqual([1, GROUP]);
    await rows.cluster.settled(nodes[0]!.host.destroyGroup(GROUP));
    await rows.cluster.settled(codeOf(writing));
    await rows.time.advance(200);
    expect([nodes[0]!.host.storedGroups(), rows.disk(1).states.has(GROUP)]).toEqual([[1], false]);
    await propose(nodes[0]!.group, 'to group 1');
  });

  it('H3: also one that was closed before', async () => {
    const { nodes } = await world();
    await rows.cluster.settled(nodes[0]!.host.closeGroup(GROUP));
    expect(nodes[0]!.host.storedGroups()).toEqual([1, GROUP]);
    await rows.cluster.settled(nodes[0]!.host.destroyGroup(GROUP));
    expect(nodes[0]!.host.storedGroups()).toEqual([1]);
  });
});

describe('requests between nodes', () => {
  it('go to what another node, or this one, answers by handle(); errors come back as they are', async () => {
    const { nodes } = await world();
    for (const { host, id } of nodes) {
      host.handle('test.echo', async (from, body) => Buffer.from(`${id} heard ${from}: ${Buffer.from(body).toString()}`));
      host.handle('test.refuse', async () => {
        throw new RaftoralError('CONFLICT', 'no');
      });
    }
    const ask = (to: number, method: string): Promise<Uint8Array> =>
      rows.cluster.settled(nodes[0]!.host.request(to, method, Buffer.from('hello'), 1_000));
    for (const to of [1, 2, 3]) {
      expect(Buffer.from(await ask(to, 'test.echo')).toString()).toBe(`${to} heard 1: hello`);
      expect(await codeOf(ask(to, 'test.refuse'))).toBe('CONFLICT');
      expect(await codeOf(ask(to, 'test.nobody'))).toBe('NOT_MEMBER');
    }
    rows.crash(3);
    expect(await codeOf(ask(3, 'test.echo'))).toBe('OUTCOME_UNKNOWN');
  });
});
