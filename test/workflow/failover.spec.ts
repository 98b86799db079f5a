/**
 * What becomes of the runs when their owner dies, sleeps, stalls, halts or leaves (R16–R22, R39): whole nodes, a real majority, virtual time.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import type { WorkAborted } from '../../lib/workflow/abort-scope.js';
import { decodeCommand } from '../../lib/workflow/command-codec.js';
import { CommandKind } from '../../lib/workflow/command.js';
import { context } from '../../lib/workflow/context.js';
import type { WorkflowDefinition } from '../../lib/workflow/definition.js';
import { EventKind } from '../../lib/workflow/event.js';
import { definitionOf } from '../support/definition.js';
import { WorkflowCluster, type WorkflowNode } from '../support/workflow-cluster.js';

let cluster: WorkflowCluster;
afterEach(() => cluster.stop());

const ref = { workflowId: 'w' };
const STEP_MS = 100;
/** Of step 2. */
const LONG_STEP_MS = 3_000;

/** Bodies that began, as `step i on node n`, and how they were aborted. */
interface Seen {
  readonly bodies: string[];
  readonly aborts: string[];
}

/** Ten steps of 100 ms each; `sleepMs` is the node's own clock. */
function stepsOn(node: number, seen: Seen, sleep: (ms: number) => Promise<void>): WorkflowDefinition {
  @Workflow('steps', 1)
  class Steps {
    async run(): Promise<number> {
      for (let i = 0; i < 10; i++) await this.step(i);
      return 10;
    }

    @CheckpointCompute('step')
    async step(i: number): Promise<number> {
      seen.bodies.push(`${i} on ${node}`);
      const signal = context().abortSignal;
      signal.addEventListener('abort', () => seen.aborts.push(`${i} on ${node}: ${(signal.reason as WorkAborted).reason}`));
      await sleep(i === 2 ? LONG_STEP_MS : STEP_MS);
      return i;
    }
  }
  return definitionOf(Steps);
}

async function startSteps(): Promise<Seen> {
  const seen: Seen = { bodies: [], aborts: [] };
  const sleepOn =
    (node: number) =>
    (ms: number): Promise<void> =>
      new Promise((resolve) => void cluster.node(node).virtual.setTimer(ms, resolve));
  cluster = await WorkflowCluster.start({ workflows: (node) => [stepsOn(node, seen, sleepOn(node))] });
  return seen;
}

const bodiesOf = (seen: Seen, node: number): string[] => seen.bodies.filter((body) => body.endsWith(`on ${node}`));
const eventsOf = (node: WorkflowNode): readonly { readonly kind: number }[] => node.state.current('w')!.history.events();
const resultsOf = (node: WorkflowNode): number => eventsOf(node).filter((event) => event.kind === EventKind.COMPUTE_RESULT).length;

describe('an owner that stands still', () => {
  it('R22: a SIGSTOPped owner that wakes is fenced: its body is told so, its result is dropped, and it begins no other', async () => {
    const seen = await startSteps();
    const owner = cluster.follower;
    await cluster.settled(owner.service.start('steps', undefined, ref));
    await cluster.time.advance(250);
    owner.virtual.pause();
    const before = bodiesOf(seen, owner.id);
    expect(before).toHaveLength(3);
    await cluster.time.advance(1_500);
    expect(cluster.leader!.state.current('w')).toMatchObject({ epoch: 2 });
    owner.virtual.resume();
    await cluster.time.advance(6_000);
    expect(bodiesOf(seen, owner.id)).toEqual(before);
    expect(seen.aborts).toEqual([`2 on ${owner.id}: fenced`]);
    for (const node of cluster.alive) {
      expect(resultsOf(node)).toBe(10);
      expect(node.state.current('w')!.outcome).toBe('completed');
      expect(node.reports).toEqual([]);
    }
  });

  it('R17, R22: a window that was about to open when the process stopped begins no body when it goes on: the run has another owner', async () => {
    const seen = await startSteps();
    const owner = cluster.follower;
    await cluster.settled(owner.service.start('steps', undefined, ref));
    const isBetween = (): boolean => resultsOf(owner) === 3 && bodiesOf(seen, owner.id).length === 3;
    expect(await cluster.time.runUntil(isBetween, 6_000)).toBe(true);
    owner.virtual.pause();
    await cluster.time.advance(3_000);
    owner.virtual.resume();
    await cluster.time.advance(3_000);
    expect(bodiesOf(seen, owner.id)).toHaveLength(3);
    expect(seen.bodies).toHaveLength(10);
    expect(resultsOf(owner)).toBe(10);
  });

  it('R22, R39: a leader that owned, too; its wait for the group ends when it hears the next one', async () => {
    const seen = await startSteps();
    const owner = cluster.leader!;
    await cluster.settled(owner.service.start('steps', undefined, ref));
    await cluster.time.advance(250);
    owner.virtual.pause();
    const before = bodiesOf(seen, owner.id);
    await cluster.time.advance(2_000);
    owner.virtual.resume();
    await cluster.time.advance(6_000);
    expect(bodiesOf(seen, owner.id)).toEqual(before);
    expect(owner.group.isLeader).toBe(false);
    for (const node of cluster.alive) expect(resultsOf(node)).toBe(10);
    // Nothing is held back for ever: what it owns next runs.
    await cluster.settled(owner.service.start('steps', undefined, { workflowId: 'again' }));
    expect(await cluster.settled(owner.service.result({ workflowId: 'again' }))).toBe(10);
    expect(bodiesOf(seen, owner.id).length).toBe(before.length + 10);
  });

  it('a stall of all nodes at once moves nothing: they confirm, and go on', async () => {
    const seen = await startSteps();
    const owner = cluster.follower;
    await cluster.settled(owner.service.start('steps', undefined, ref));
    await cluster.time.advance(250);
    for (const node of cluster.alive) node.virtual.pause();
    await cluster.time.advance(5_000);
    for (const node of cluster.alive) node.virtual.resume();
    await cluster.time.advance(6_000);
    expect(owner.state.current('w')).toMatchObject({ epoch: 1, outcome: 'completed' });
    expect(seen.bodies).toHaveLength(10);
  });
});

describe('an owner that is gone', () => {
  it('R16, R20: a dead owner of 1,000 runs is one command; all of them go on, at once', async () => {
    @Workflow('waiting', 1)
    class Waiting {
      async run(): Promise<string> {
        const word = await context().waitForSignal<string>('go');
        return this.finish(word);
      }
      @CheckpointCompute('finish')
      async finish(word: string): Promise<string> {
        return word;
      }
    }
    cluster = await WorkflowCluster.start({ workflows: [definitionOf(Waiting)], stateChecks: { everyMs: 0 } });
    const owner = cluster.follower;
    const ids = Array.from({ length: 1_000 }, (_, i) => `run-${i}`);
    await cluster.settled(Promise.all(ids.map((workflowId) => owner.service.start('waiting', undefined, { workflowId }))));
    const leader = cluster.leader!;
    const downs: number[] = [];
    const applied: number[] = [];
    leader.group.subscribe({ onApplied: (index) => applied.push(index) });
    const firstIndex = leader.group.appliedIndex;
    cluster.crash(owner.id);
    const all = (): boolean => ids.every((id) => ![0, owner.id].includes(leader.state.current(id)!.owner));
    const atMs = cluster.time.nowMs;
    expect(await cluster.time.runUntil(all, 2_000)).toBe(true);
    expect(cluster.time.nowMs - atMs).toBeLessThanOrEqual(150);
    // One for the death; nothing for a run that only waits.
    expect(leader.group.appliedIndex - firstIndex).toBe(1);
    for (const node of cluster.alive) downs.push(ids.filter((id) => leader.state.current(id)!.owner === node.id).length);
    expect(downs).toEqual([500, 500]);
    await cluster.settled(Promise.all(ids.map((workflowId) => leader.service.signal({ workflowId }, 'go', 'on'))));
    await cluster.time.advance(1_000);
    expect(ids.filter((id) => leader.state.current(id)!.outcome === 'completed')).toHaveLength(1_000);
  });

  it('R19: a replica that halts, on a node that lives, keeps no run', async () => {
    const seen = await startSteps();
    const owner = cluster.follower;
    await cluster.settled(owner.service.start('steps', undefined, ref));
    await cluster.time.advance(250);
    const real = owner.state.apply.bind(owner.state);
    owner.state.apply = (index, term, bytes) => {
      if (decodeCommand(bytes).kind === CommandKind.COMPUTE_RESULT) throw new Error('this replica can not apply it');
      return real(index, term, bytes);
    };
    await cluster.time.advance(6_000);
    expect(owner.group.status().halted).toContain('can not apply');
    const leader = cluster.leader!;
    expect(leader.state.hellos.get(owner.id)).toMatchObject({ down: true });
    expect(leader.state.current('w')).toMatchObject({ epoch: 2, outcome: 'completed' });
    expect(resultsOf(leader)).toBe(10);
    expect(seen.aborts.filter((abort) => abort.includes(`on ${owner.id}`)).length).toBeLessThanOrEqual(1);
  });

  it('R16: a draining owner of 1,000 runs hands them over in few rounds, spread over the others, and other commands get through', async () => {
    @Workflow('waiting', 1)
    class Waiting {
      async run(): Promise<string> {
        return context().waitForSignal<string>('go');
      }
    }
    cluster = await WorkflowCluster.start({ workflows: [definitionOf(Waiting)] });
    const owner = cluster.follower;
    const ids = Array.from({ length: 1_200 }, (_, i) => `run-${i}`);
    await cluster.settled(Promise.all(ids.map((workflowId) => owner.service.start('waiting', undefined, { workflowId }))));
    const leader = cluster.leader!;
    owner.runtime.drain();
    const ownedBy = (id: number): number => ids.filter((workflowId) => leader.state.current(workflowId)!.owner === id).length;
    const atMs = cluster.time.nowMs;
    expect(await cluster.time.runUntil(() => ownedBy(owner.id) === 0, 2_000)).toBe(true);
    expect(cluster.time.nowMs - atMs).toBeLessThanOrEqual(50);
    for (const node of cluster.alive) if (node !== owner) expect(ownedBy(node.id)).toBeGreaterThanOrEqual(500);
  });
});
