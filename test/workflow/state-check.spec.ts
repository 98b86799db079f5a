/**
 * Replicas that compare themselves, on whole nodes in virtual time: a difference that is planted in memory, as a broken processor or a bug would.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { isRaftoralError, type RaftoralErrorCode } from '../../lib/errors/index.js';
import { STATE_CHECK_LEVEL } from '../../lib/workflow/command.js';
import { context } from '../../lib/workflow/context.js';
import type { StateCheckEvent } from '../../lib/workflow/service.js';
import { definitionOf } from '../support/definition.js';
import { WorkflowCluster, type WorkflowClusterOptions, type WorkflowNode } from '../support/workflow-cluster.js';

@Workflow('guest', 1)
class Guest {
  async run(): Promise<string> {
    return await context().waitForSignal<string>('leave');
  }
}

let cluster: WorkflowCluster;
afterEach(() => cluster.stop());

async function start(options: Partial<WorkflowClusterOptions> = {}): Promise<void> {
  cluster = await WorkflowCluster.start({ workflows: [definitionOf(Guest)], ...options });
}

async function started(workflowId: string, node: WorkflowNode): Promise<string> {
  return (await cluster.settled(node.service.start('guest', undefined, { workflowId, version: 1 }))).runId;
}

/** The replica of one node counts a death of an owner that the others do not. */
function plant(node: WorkflowNode, runId: string, deaths = 1): void {
  (node.state.run(runId) as { suspectDeaths?: number }).suspectDeaths = deaths;
}

async function until(what: string, isSo: () => boolean, maxMs = 20_000): Promise<void> {
  if (!(await cluster.time.runUntil(isSo, maxMs))) throw new Error(`it never came that ${what}`);
}

async function codeOf(work: Promise<unknown>): Promise<RaftoralErrorCode | 'none'> {
  try {
    await cluster.settled(work);
    return 'none';
  } catch (error) {
    if (isRaftoralError(error)) return error.code;
    throw error;
  }
}

/** What subscribers of a node hear of its replicas. */
function eventsOf(node: WorkflowNode): Array<StateCheckEvent | 'end'> {
  const seen: Array<StateCheckEvent | 'end'> = [];
  node.service.stateChecks$.subscribe({ next: (event) => seen.push(event), complete: () => seen.push('end') });
  return seen;
}

/** Two answers that differ are told before the third one decides. */
const decided = (events: ReturnType<typeof eventsOf>): ReturnType<typeof eventsOf> =>
  events.filter((event) => event === 'end' || event.type !== 'undecided');

const haveLevel = (level = STATE_CHECK_LEVEL): Promise<void> =>
  until(`all are at level ${level}`, () => cluster.alive.every(({ state }) => state.codecLevel >= level));
const settledRun = (runId: string): Promise<void> =>
  until('all have the run', () => cluster.alive.every(({ state }) => state.run(runId) !== undefined));

describe('a check of replicas that are alike', () => {
  it('is agreed on by all, and says nothing', async () => {
    await start();
    await haveLevel();
    await settledRun(await started('a', cluster.node(1)));
    const heard = cluster.alive.map(eventsOf);
    await cluster.settled(cluster.node(2).runtime.checkState());
    await until('all have agreed', () => cluster.alive.every(({ state }) => state.stateCheck.reported.length === 3));
    for (const { state, reports } of cluster.alive) {
      expect(state.stateCheck).toMatchObject({ outcome: 'agreed', diverged: [], isDiffering: false });
      expect(state.stateWalk).toBeNull();
      expect(reports).toEqual([]);
    }
    expect(heard).toEqual([[], [], []]);
  });

  it('comes by itself after so much time and so many entries, and an idle group is left alone', async () => {
    await start({ stateChecks: { everyMs: 5_000, entriesMin: 20 } });
    await haveLevel();
    const checked = (): number => cluster.node(1).state.stateCheck.index;
    for (let i = 0; i < 20; i++) await started(`w${i}`, cluster.node(1));
    await until('there was a check', () => checked() > 0);
    const first = checked();
    expect(await cluster.time.runUntil(() => checked() !== first, 60_000)).toBe(false);
    for (let i = 20; i < 45; i++) await started(`w${i}`, cluster.node(1));
    await until('there was another check', () => checked() > first);
  });
});

describe('a replica that differs from a majority', () => {
  it('stops with STATE_DIVERGED; the others name it, take over what it owned, and go on', async () => {
    await start();
    await haveLevel();
    const odd = cluster.follower;
    const runId = await started('a', odd);
    await settledRun(runId);
    expect(odd.state.run(runId)!.owner).toBe(odd.id);
    plant(odd, runId);
    const others = cluster.alive.filter((node) => node !== odd);
    const [heard, heardAtOthers] = [eventsOf(odd), others.map(eventsOf)];
    await cluster.settled(odd.runtime.checkState()).catch(() => undefined);
    await until('the odd one has stopped', () => odd.runtime.ended !== null);
    expect(odd.runtime.ended).toMatchObject({ code: 'STATE_DIVERGED', message: expect.stringMatching(/\(open runs\)/) });
    expect(odd.group.status().halted).toMatch(/differs from that of a majority/);
    expect(await codeOf(odd.service.start('guest', undefined, { workflowId: 'b', version: 1 }))).toBe('STATE_DIVERGED');
    await until('another owns its run', () => others.every(({ state }) => state.run(runId)!.owner !== odd.id));
    for (const { state, reports } of others) {
      expect(state.stateCheck).toMatchObject({ diverged: [odd.id], isRefusing: false });
      expect(reports.join()).toMatch(`node ${odd.id} differs`);
    }
    await cluster.settled(others[0]!.service.signal({ workflowId: 'a' }, 'leave', 'bye'));
    expect(await cluster.settled(others[1]!.service.result({ workflowId: 'a' }))).toBe('bye');
    const { index } = others[0]!.state.stateCheck;
    const found = { clusterId: 1, index, diverged: [odd.id] };
    const halted = { ...found, type: 'halted', node: odd.id, parts: ['open runs'], message: expect.stringMatching(/replace it/) };
    expect(decided(heard)).toEqual([halted, 'end']);
    expect(eventsOf(odd)).toEqual([halted, 'end']);
    for (const [i, { id }] of others.entries()) {
      const message = expect.stringMatching(new RegExp(`node ${odd.id} differs`));
      expect(decided(heardAtOthers[i]!)).toEqual([{ ...found, type: 'diverged', node: id, parts: [], message }]);
    }
    await cluster.settled(others[0]!.group.remove(odd.id));
    await until('nothing is wrong any more', () => heardAtOthers.every((events) => decided(events).length === 2));
    expect(heardAtOthers.map((events) => events.at(-1))).toEqual(
      others.map(({ id }) => expect.objectContaining({ type: 'agreed', node: id, index })),
    );
    expect(eventsOf(others[0]!)).toEqual([]);
  });

  it('is not said to agree because another check has begun', async () => {
    await start();
    await haveLevel();
    const leader = cluster.leader!;
    const runId = await started('a', leader);
    await settledRun(runId);
    const [odd, third] = cluster.alive.filter((node) => node !== leader);
    plant(odd!, runId);
    cluster.crash(third!.id);
    const heard = eventsOf(leader);
    for (let check = 1; check <= 2; check++) {
      await cluster.settled(leader.runtime.checkState());
      await until('two have answered', () => leader.state.stateCheck.reported.length === 2);
    }
    expect([...new Set(heard.map((event) => (event === 'end' ? event : event.type)))]).toEqual(['undecided']);
  });

  it('may be the leader: another one leads', async () => {
    await start();
    await haveLevel();
    const odd = cluster.leader!;
    const runId = await started('a', cluster.follower);
    await settledRun(runId);
    plant(odd, runId);
    await cluster.settled(cluster.follower.runtime.checkState());
    await until('the odd one has stopped', () => odd.runtime.ended !== null);
    expect(odd.runtime.ended!.code).toBe('STATE_DIVERGED');
    await until('another leads', () => cluster.alive.some((node) => node !== odd && node.group.isLeader));
    const other = cluster.alive.find((node) => node !== odd)!;
    await cluster.settled(other.service.signal({ workflowId: 'a' }, 'leave', 'bye'));
    expect(await cluster.settled(other.service.result({ workflowId: 'a' }))).toBe('bye');
  });

  it('is found though the leader dies between the check and the answers', async () => {
    await start({ nodes: 5 });
    await haveLevel();
    const leader = cluster.leader!;
    const runId = await started('a', leader);
    await settledRun(runId);
    const odd = cluster.follower;
    plant(odd, runId);
    await cluster.settled(leader.runtime.checkState());
    expect(leader.state.stateCheck.reported).toEqual([]);
    cluster.crash(leader.id);
    await until('the odd one has stopped', () => odd.runtime.ended !== null);
    expect(odd.runtime.ended!.code).toBe('STATE_DIVERGED');
    const others = cluster.alive.filter((node) => node !== odd);
    await until('the others know', () => others.every(({ state }) => state.stateCheck.diverged.join() === String(odd.id)));
    expect(others).toHaveLength(3);
  });
});

describe('a check that is open', () => {
  /** The leader and a node that differs have answered, the third is cut off; enough is going on for another check. */
  async function open(
    stateChecks: WorkflowClusterOptions['stateChecks'],
  ): Promise<{ leader: WorkflowNode; odd: WorkflowNode; index: number }> {
    await start({ stateChecks });
    await haveLevel();
    const leader = cluster.leader!;
    const [odd, third] = cluster.alive.filter((node) => node !== leader) as [WorkflowNode, WorkflowNode];
    const runId = await started('a', leader);
    await settledRun(runId);
    plant(odd, runId);
    cluster.network.partition([third.id], [leader.id, odd.id]);
    const isOpen = (): boolean => leader.state.stateCheck.outcome === 'open' && leader.state.stateCheck.isDiffering;
    for (let i = 0; !isOpen(); i++) {
      if (i === 100) throw new Error('there was no check');
      await started(`b${i}`, leader);
      await cluster.time.advance(100);
    }
    return { leader, odd, index: leader.state.stateCheck.index };
  }

  async function workFor(node: WorkflowNode, ms: number): Promise<void> {
    for (const untilMs = cluster.time.nowMs + ms; cluster.time.nowMs < untilMs;) {
      await started(`c${cluster.time.nowMs}`, node);
      await cluster.time.advance(500);
    }
  }

  it('V4: is not replaced by the next one before it is decided', async () => {
    const { leader, odd, index } = await open({ everyMs: 1_000, entriesMin: 2 });
    const heard = eventsOf(leader);
    await workFor(leader, 20_000);
    expect(leader.state.stateCheck).toMatchObject({ index, outcome: 'open', isDiffering: true });
    cluster.network.heal();
    await until('the odd one has stopped', () => odd.runtime.ended !== null);
    await until('the leader says so', () => heard.length === 2);
    expect(leader.state.stateCheck.diverged).toEqual([odd.id]);
    expect(heard.map((event) => (event === 'end' ? event : `${event.type} at ${event.index}`))).toEqual([
      `undecided at ${index}`,
      `diverged at ${index}`,
    ]);
  });

  it('V4: is given up after openMsMax: who went past its index by a snapshot never answers', async () => {
    const { leader, index } = await open({ everyMs: 1_000, entriesMin: 2, openMsMax: 5_000 });
    const { atMs } = leader.state.stateCheck;
    while (leader.state.stateCheck.index === index) {
      expect(leader.state.logTimeMs - atMs).toBeLessThan(7_000);
      await workFor(leader, 500);
    }
    expect(leader.state.stateCheck.atMs - atMs).toBeGreaterThanOrEqual(5_000);
  });

  it('V4: waits for no answer of a node that was removed', async () => {
    const { leader, odd, index } = await open({ everyMs: 1_000, entriesMin: 2 });
    const third = cluster.alive.find((node) => node !== leader && node !== odd)!;
    await cluster.settled(leader.group.remove(third.id));
    for (let i = 0; leader.state.stateCheck.index === index; i++) {
      if (i === 20) throw new Error('there was no other check');
      await started(`c${i}`, leader);
      await cluster.time.advance(500);
    }
    await until('two of two differ', () => leader.state.isRefusing);
  });
});

describe('where no majority agrees', () => {
  it('all say so, commands are refused by their code, and reads are answered', async () => {
    await start();
    await haveLevel();
    const runId = await started('a', cluster.node(1));
    await settledRun(runId);
    plant(cluster.node(1), runId, 1);
    plant(cluster.node(2), runId, 2);
    const heard = cluster.alive.map(eventsOf);
    await cluster.settled(cluster.node(1).runtime.checkState());
    await until('all refuse', () => cluster.alive.every(({ state }) => state.isRefusing));
    for (const { service, reports, runtime } of cluster.alive) {
      expect(runtime.ended).toBeNull();
      expect(reports.join()).toMatch('no majority agrees: commands are refused');
      expect(await codeOf(service.signal({ workflowId: 'a' }, 'leave', 'x'))).toBe('STATE_DIVERGED');
      expect(await codeOf(service.start('guest', undefined, { workflowId: 'b', version: 1 }))).toBe('STATE_DIVERGED');
      expect((await cluster.settled(service.describe({ workflowId: 'a' }))).status).toBe('running');
    }
    for (const events of heard) {
      expect(events.at(-1)).toMatchObject({ type: 'refusing', diverged: [], message: expect.stringMatching(/commands are refused/) });
    }
  });

  it('goes on once the replica that is right was chosen: leadership to it, the others removed; the next check is asked for at the change', async () => {
    await start();
    await haveLevel();
    const runId = await started('a', cluster.node(1));
    await settledRun(runId);
    plant(cluster.node(2), runId, 1);
    plant(cluster.node(3), runId, 2);
    await cluster.settled(cluster.node(1).runtime.checkState());
    await until('all refuse', () => cluster.alive.every(({ state }) => state.isRefusing));
    const right = cluster.node(1);
    if (!right.group.isLeader) await cluster.settled(cluster.leader!.group.transferLeadership(1));
    await cluster.settled(right.group.remove(2));
    await cluster.settled(right.group.remove(3));
    await until('it goes on', () => !right.state.isRefusing);
    await cluster.settled(right.service.signal({ workflowId: 'a' }, 'leave', 'bye'));
    expect(await cluster.settled(right.service.result({ workflowId: 'a' }))).toBe('bye');
  });
});

describe('a member of an older build', () => {
  it('R31: as long as it is there, nothing is checked', async () => {
    await start({ codecLevelMax: (node) => (node === 3 ? 2 : 3), stateChecks: { everyMs: 1, entriesMin: 1 } });
    await haveLevel(2);
    for (let i = 0; i < 10; i++) await started(`w${i}`, cluster.node(1));
    expect(await codeOf(cluster.node(1).runtime.checkState())).toBe('MEMBERSHIP_REFUSED');
    for (const { state } of cluster.alive) expect(state.stateCheck.index).toBe(0);
  });
});
