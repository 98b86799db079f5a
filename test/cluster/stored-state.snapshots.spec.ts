/** Snapshots between nodes whose state is stored in rows: sent from the store, installed into it (R34, R36). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { RaftoralError } from '../../lib/errors/index.js';
import type { StateImage } from '../../lib/state-machine/index.js';
import { codeOf, frame, type TestNode } from '../support/raft-cluster.js';
import { RowCluster, type RowNodeOptions } from '../support/row-cluster.js';
import { EnvelopeKind } from '../../lib/transport/transport.js';

const tuning = { stateFlushEntriesMax: 10, compactionKeepEntries: 3, snapshotPartBytes: 64, snapshotRetryMs: 50 };

let rows: RowCluster;
afterEach(() => rows.cluster.stop());

/** Five ms of virtual time for each, so that flushes keep pace. */
async function write(node: TestNode, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) {
    await rows.cluster.settled(node.group.propose(frame(`entry ${i}`)));
    await rows.time.advance(5);
  }
}

const texts = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, at) => `entry ${from + at}`);

function isolate(id: number): void {
  rows.cluster.network.partition(
    [id],
    [...rows.cluster.nodes.keys()].filter((other) => other !== id),
  );
}

/** Two nodes that are ahead by more than their log has, one that lags. */
async function lagging(options: RowNodeOptions = {}): Promise<{ leader: TestNode; late: TestNode }> {
  rows = await RowCluster.start([1, 2, 3], { ...options, tuning: { ...tuning, ...options.tuning } });
  const leader = await rows.cluster.elect();
  const late = rows.cluster.followers()[0]!;
  await write(leader, 0, 12);
  isolate(late.id);
  await write(leader, 12, 60);
  expect(leader.group.status().firstIndex).toBeGreaterThan(late.group.appliedIndex + 1);
  return { leader, late };
}

async function caughtUp(id: number, leader: TestNode, maxMs = 20_000): Promise<void> {
  const isThere = (): boolean => rows.cluster.node(id).group.appliedIndex === leader.group.appliedIndex;
  expect(await rows.time.runUntil(isThere, maxMs)).toBe(true);
  expect(rows.machine(id).texts).toEqual(leader.machine.texts);
}

describe('a snapshot from the store', () => {
  it('brings a peer that lags up to date: state first, then log, then the state machine; and the peer goes on from there', async () => {
    const { leader, late } = await lagging();
    rows.disk(late.id).steps.length = 0;
    rows.cluster.network.heal();
    await caughtUp(late.id, leader);
    expect(late.machine.restores).toBe(1);
    const { steps } = rows.disk(late.id);
    const [replaced] = rows.disk(late.id).stepsOf('replace');
    const [reset] = rows.disk(late.id).stepsOf('reset');
    expect(replaced!.replace('replace', 'reset')).toBe(reset);
    expect(steps.indexOf(reset!)).toBeGreaterThan(steps.indexOf(replaced!));
    expect(rows.disk(leader.id).stepsOf('image')).toHaveLength(1);
    await write(leader, 60, 80);
    await rows.time.advance(100);
    expect(late.machine.texts).toEqual(texts(0, 80));
    expect(rows.disk(late.id).stepsOf('flush').length).toBeGreaterThan(0);
    await rows.restart(late.id);
    expect(rows.machine(late.id).loadedAt).toBeGreaterThan(Number(reset!.split(' ')[2]));
    await caughtUp(late.id, leader);
  });

  it('is read once for all peers that need it at the same time', async () => {
    rows = await RowCluster.start([1, 2, 3, 4, 5], { tuning, readMs: 2 });
    const leader = await rows.cluster.elect();
    const late = rows.cluster.followers().slice(0, 2);
    for (const { id } of late) isolate(id);
    await write(leader, 0, 40);
    rows.disk(leader.id).steps.length = 0;
    rows.cluster.network.heal();
    for (const { id } of late) await caughtUp(id, leader);
    expect(rows.disk(leader.id).stepsOf('image')).toHaveLength(1);
    for (const { machine } of late) expect(machine.restores).toBe(1);
  });

  it('flushes go on while it is on its way, and the log is kept for its peer until that has caught up [willemt/raft#84]', async () => {
    const { leader, late } = await lagging({ readMs: 4 });
    const { firstIndex } = leader.group.status();
    for (const { id } of [leader, late]) rows.disk(id).steps.length = 0;
    rows.cluster.network.heal();
    expect(await rows.time.runUntil(() => rows.disk(leader.id).stepsOf('image').length > 0, 5_000)).toBe(true);
    const [image] = rows.disk(leader.id).stepsOf('image');
    await write(leader, 60, 100);
    expect(rows.disk(leader.id).stepsOf('flush').length).toBeGreaterThan(2);
    await caughtUp(late.id, leader);
    // One, and no second one to make up for what was written meanwhile.
    expect(late.machine.restores).toBe(1);
    expect(rows.disk(late.id).stepsOf('replace')).toEqual([image!.replace('image', 'replace')]);
    await write(leader, 100, 120);
    expect(leader.group.status().firstIndex).toBeGreaterThan(firstIndex + 30);
  });

  it('the log is kept for it only so far: a peer that does not get there fills nobody’s memory', async () => {
    const { leader, late } = await lagging({ tuning: { snapshotLogBytesMax: 300, snapshotRetryMs: 1_000_000 } });
    rows.cluster.dropEnvelopes(leader.id, late.id, [EnvelopeKind.SNAPSHOT_PART]);
    rows.cluster.network.heal();
    expect(await rows.time.runUntil(() => rows.disk(leader.id).stepsOf('image').length > 0, 5_000)).toBe(true);
    await write(leader, 60, 72);
    const { firstIndex } = leader.group.status();
    await write(leader, 72, 120);
    expect(leader.group.status().firstIndex).toBeGreaterThan(firstIndex + 20);
  });

  it('is kept from no peer for long: a leader that can not read its state says so, and tries again', async () => {
    const { leader, late } = await lagging();
    const { state } = rows.storage(leader.id);
    const image = state.image.bind(state);
    let failures = 0;
    (state as { image: typeof image }).image = async (groupId) => {
      if (++failures <= 3) throw new Error('state.db: can not be opened');
      return image(groupId);
    };
    rows.cluster.network.heal();
    await caughtUp(late.id, leader);
    expect(failures).toBe(4);
    expect(leader.alarms).toHaveLength(1);
    expect(leader.alarms[0]).toMatch(/can not be opened/);
    await write(leader, 60, 62);
  });

  it('a state that can not be read to its end is sent once it can be; one that is damaged there stops the node (X4)', async () => {
    const { leader, late } = await lagging();
    const { state } = rows.storage(leader.id);
    const image = state.image.bind(state);
    let failures = 0;
    let error: Error = new Error('state.db: can not be read');
    const failing = (inner: StateImage): StateImage => {
      let slices = 0;
      const next: StateImage['next'] = async () => {
        if (++slices > 5 && failures++ < 3) throw error;
        return inner.next();
      };
      return { ...inner, next, again: () => failing(inner.again()) };
    };
    (state as { image: typeof image }).image = async (groupId) => failing(await image(groupId));
    rows.cluster.network.heal();
    await caughtUp(late.id, leader);
    expect(failures).toBeGreaterThan(3);
    expect(leader.alarms).toEqual([expect.stringContaining('can not be read')]);
    isolate(late.id);
    await write(leader, 60, 100);
    failures = 0;
    error = new RaftoralError('STORAGE_DAMAGED', 'state.db: a row is damaged');
    rows.cluster.network.heal();
    expect(await rows.time.runUntil(() => leader.heard.includes('halted'), 10_000)).toBe(true);
    expect(leader.group.status().halted).toMatch(/^STORAGE_DAMAGED/);
  });

  it('a peer that is lost while the state is read for it gives its place free [tikv#17226]', async () => {
    const { leader, late } = await lagging({ readMs: 100, tuning: { snapshotSendsMax: 1 } });
    rows.cluster.network.heal();
    expect(await rows.time.runUntil(() => rows.disk(leader.id).stepsOf('image').length > 0, 5_000)).toBe(true);
    isolate(late.id);
    await rows.time.advance(20_000);
    expect(late.machine.restores).toBe(0);
    rows.cluster.network.heal();
    await caughtUp(late.id, leader, 60_000);
  });

  it('who joined after the last flush gets one that names him', async () => {
    rows = await RowCluster.start([1, 2, 3], { tuning });
    const leader = await rows.cluster.elect();
    await write(leader, 0, 24);
    await rows.add(4, { members: [], join: true });
    await rows.cluster.settled(leader.group.addLearner(4));
    await caughtUp(4, leader);
    expect(rows.disk(4).states.get(1)!.position.confState.learners).toEqual([4]);
    await write(leader, 24, 40);
    await rows.restart(4, { members: [], join: true });
    await caughtUp(4, leader);
  });
});

describe('installing a snapshot (R36)', () => {
  it.each(['begin replace', 'done replace', 'begin reset', 'done reset'])(
    'a crash at "%s" leaves the old state or the new one, whole, and the node comes back from it',
    async (at) => {
      const { leader, late } = await lagging({ flushMs: 3, writeMs: 2 });
      const before = late.group.appliedIndex;
      let hasDied = false;
      rows.storage(late.id).watch = (step) => {
        if (!step.startsWith(at) || hasDied) return;
        hasDied = true;
        rows.crash(late.id);
      };
      rows.cluster.network.heal();
      expect(await rows.time.runUntil(() => hasDied, 20_000)).toBe(true);
      expect(late.machine.restores).toBe(0);
      await rows.time.advance(50);
      await rows.add(late.id);
      const { loadedAt } = rows.machine(late.id);
      if (at === 'begin replace') expect(loadedAt).toBeLessThanOrEqual(before);
      else expect(loadedAt).toBeGreaterThan(before);
      expect(rows.machine(late.id).texts).toEqual(leader.machine.texts.slice(0, rows.machine(late.id).texts.length));
      await caughtUp(late.id, leader);
      await write(leader, 60, 75);
      await caughtUp(late.id, leader);
    },
  );

  it('two in quick succession: the second waits for the first, and each is installed whole [etcd#18055]', async () => {
    // The log is kept for nobody, so that the first is stale when it is there.
    const { leader, late } = await lagging({ tuning: { snapshotLogBytesMax: 1 } });
    const release = rows.storage(late.id).hold('replace');
    const begun: string[] = [];
    rows.storage(late.id).watch = (step) => {
      if (/^(begin|done) re(place|set)/.test(step)) begun.push(step.replace(/ 1 \d+$/, ''));
    };
    rows.cluster.network.heal();
    expect(await rows.time.runUntil(() => begun.length > 0, 20_000)).toBe(true);
    await write(leader, 60, 100);
    await rows.time.advance(500);
    expect(begun).toEqual(['begin replace']);
    release();
    await caughtUp(late.id, leader);
    const one = ['begin replace', 'done replace', 'begin reset', 'done reset'];
    const count = late.machine.restores;
    expect(count).toBeGreaterThanOrEqual(2);
    expect(begun).toEqual(Array.from({ length: count }, () => one).flat());
    await write(leader, 100, 112);
    await caughtUp(late.id, leader);
  });

  it('waits for a fetch that is going on, and covers the entries that wait for it, changes of membership among them', async () => {
    // What waits is all that the core hands out before it hears that it was applied: it must hear of what is covered, too.
    rows = await RowCluster.start([1, 2, 3], { tuning: { ...tuning, messageBytesMax: 400 } });
    const leader = await rows.cluster.elect();
    const late = rows.cluster.followers()[0]!;
    await write(leader, 0, 12);
    const fetched = leader.group.propose(frame(`fetch ${'x'.repeat(500)}`));
    await rows.time.runUntil(() => rows.cluster.alive.every(({ id }) => rows.machine(id).fetches.length === 1), 1_000);
    for (const { id } of rows.cluster.alive) if (id !== late.id) rows.machine(id).fetches[0]!.resolve();
    await rows.cluster.settled(fetched);
    await rows.cluster.settled(leader.group.addLearner(9));
    await write(leader, 12, 14);
    await rows.time.advance(100);
    expect(late.machine.texts).toEqual(texts(0, 12));
    isolate(late.id);
    await rows.cluster.settled(leader.group.remove(9));
    await write(leader, 14, 60);
    rows.disk(late.id).steps.length = 0;
    rows.cluster.network.heal();
    await rows.time.advance(3_000);
    expect(rows.disk(late.id).stepsOf('replace')).toEqual([]);
    rows.machine(late.id).fetches[0]!.resolve();
    await caughtUp(late.id, leader);
    expect(late.machine.restores).toBe(1);
    expect(late.group.membership).toEqual(leader.group.membership);
    expect(late.group.membership.learners).toEqual([]);
    await write(leader, 60, 70);
    await caughtUp(late.id, leader);
  });

  it('no flush begins while it goes on, not even at a graceful stop', async () => {
    const { leader, late } = await lagging();
    const release = rows.storage(late.id).hold('replace');
    let hasBegun = false;
    rows.storage(late.id).watch = (step) => void (hasBegun ||= step.startsWith('begin replace'));
    rows.cluster.network.heal();
    expect(await rows.time.runUntil(() => hasBegun, 20_000)).toBe(true);
    const flushes = rows.disk(late.id).stepsOf('flush').length;
    const stopped = late.host.stop();
    await rows.time.advance(100);
    release();
    await rows.cluster.settled(stopped);
    expect(rows.disk(late.id).stepsOf('flush')).toHaveLength(flushes);
    late.time.kill();
    await rows.add(late.id);
    await caughtUp(late.id, leader);
  });

  it('one that the state machine refuses halts the group before anything is written', async () => {
    const { late } = await lagging();
    rows.machine(late.id).expectRows = () => {
      throw new Error('a snapshot of another version');
    };
    rows.disk(late.id).steps.length = 0;
    rows.cluster.network.heal();
    expect(await rows.time.runUntil(() => late.heard.includes('halted'), 5_000)).toBe(true);
    expect(await codeOf(late.group.readIndex())).toBe('GROUP_HALTED');
    expect(late.group.status().halted).toMatch(/another version/);
    expect(rows.disk(late.id).stepsOf('replace')).toEqual([]);
    expect(rows.disk(late.id).stepsOf('reset')).toEqual([]);
  });

  it('a state that can not be replaced stops the node, and its log is not reset [tikv#11618]', async () => {
    const { leader, late } = await lagging();
    rows.storage(late.id).failing = { name: 'replace', error: new Error('input/output error') };
    rows.cluster.network.heal();
    expect(await rows.time.runUntil(() => late.heard.includes('halted'), 5_000)).toBe(true);
    expect(late.group.status().halted).toMatch(/^STORAGE_FAILED: .*input\/output error/);
    expect(rows.disk(late.id).stepsOf('reset')).toEqual(['reset 1 1']);
    await rows.restart(late.id);
    await caughtUp(late.id, leader);
  });

  it('the same where only that failed and the disk would take all that follows [tikv#11618]', async () => {
    const { leader, late } = await lagging();
    const { state } = rows.storage(late.id);
    const replace = state.replace.bind(state);
    let failures = 0;
    state.replace = (...given) => (failures++ === 0 ? Promise.reject(new Error('input/output error')) : replace(...given));
    const before = rows.disk(late.id).steps.length;
    rows.cluster.network.heal();
    expect(await rows.time.runUntil(() => late.heard.includes('halted'), 5_000)).toBe(true);
    await rows.time.advance(5_000);
    expect(late.group.status().halted).toMatch(/^STORAGE_FAILED: .*input\/output error/);
    expect([failures, rows.disk(late.id).steps.slice(before)]).toEqual([1, []]);
    await rows.restart(late.id);
    await caughtUp(late.id, leader);
  });
});
