/**
 * Ownership, passivation, snapshots, removal (R13–R17, R19, R33, R36, R39, R45).
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { Checkpoint, CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { WorkflowQuery } from '../../lib/decorators/workflow-query.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { encodeCommand } from '../../lib/workflow/command-codec.js';
import { CommandKind } from '../../lib/workflow/command.js';
import { context } from '../../lib/workflow/context.js';
import { definitionOf } from '../support/definition.js';
import { LocalCluster } from '../support/local-cluster.js';

let cluster: LocalCluster;
afterEach(() => cluster?.stop());

let instances = 0;

@Workflow('counter', 1)
class Counter {
  private total = 0;

  constructor() {
    instances++;
  }

  async run(until: number): Promise<number> {
    for (let i = 0; i < until; i++) this.total = await this.add(await context().waitForSignal<number>('add'));
    return this.total;
  }

  @Checkpoint('add')
  private async add(n: number): Promise<number> {
    return this.total + n;
  }

  @WorkflowQuery()
  current(): number {
    return this.total;
  }
}

const ref = (id: string): { workflowId: string } => ({ workflowId: id });
const resultOf = (node: number, id: string): unknown => JSON.parse(Buffer.from(cluster.node(node).state.current(id)!.result).toString());

it('R13, R14: members say what they can run; a draining node, and one without the version, own nothing', async () => {
  cluster = await LocalCluster.start(3, (id) => ({ workflows: id === 2 ? [] : [definitionOf(Counter)] }));
  const { state } = cluster.node(1);
  expect([...state.hellos.values()].map((hello) => [hello.node, [...hello.workflows.keys()]])).toEqual([
    [1, ['counter']],
    [2, []],
    [3, ['counter']],
  ]);
  await cluster.node(2).service.start('counter', 1, ref('a'));
  await cluster.settle();
  expect(state.current('a')!.owner).toBe(1);
  cluster.node(1).runtime.drain();
  await cluster.settle();
  expect(state.current('a')!.owner).toBe(3);
  expect(state.hellos.get(1)!.draining).toBe(true);
});

it('R13: a process under an id whose hello has a higher incarnation does not speak over it, and does not try for ever', async () => {
  cluster = await LocalCluster.start(1, { workflows: [definitionOf(Counter)], incarnation: 5 });
  const before = cluster.entries.length;
  cluster.node(1).runtime.stop();
  cluster.add(
    1,
    { workflows: [definitionOf(Counter)], incarnation: 4 },
    { index: cluster.node(1).appliedIndex, snapshot: cluster.node(1).state.snapshot() },
  );
  await cluster.advance(5000);
  expect(cluster.entries.length).toBe(before);
});

it('R19: a reset gives a run that stopped everywhere another chance, by replay', async () => {
  let broken = true;
  @Workflow('flaky', 1)
  class Flaky {
    async run(): Promise<string> {
      const first = await context().waitForSignal<string>('go');
      if (broken) await new Promise(() => undefined); // of nothing that is in the log
      return first;
    }
  }
  cluster = await LocalCluster.start(3, { workflows: [definitionOf(Flaky)] });
  const { service } = cluster.node(2);
  await service.start('flaky', undefined, ref('f'));
  await service.signal(ref('f'), 'go', 'x');
  await expect(service.result(ref('f'))).rejects.toMatchObject({ code: 'WORKFLOW_BLOCKED' });
  broken = false;
  await service.reset(ref('f'));
  expect(await service.result(ref('f'))).toBe('x');
});

it('R17: a new owner acts only after its code consumed what made it owner, and proposes what is pending in call order', async () => {
  @Workflow('pending', 1)
  class Pending {
    async run(): Promise<unknown> {
      return Promise.all([this.mark('a'), this.effect('b'), this.mark('c')]);
    }
    @Checkpoint('mark')
    private async mark(name: string): Promise<string> {
      return name;
    }
    @CheckpointCompute('effect')
    private async effect(name: string): Promise<string> {
      return name;
    }
  }
  cluster = await LocalCluster.start(3, { workflows: [definitionOf(Pending)] });
  const owner = cluster.node(2);
  owner.paused = true; // it owns the run and says nothing
  void owner.service.start('pending', undefined, ref('p'));
  await cluster.settle();
  cluster.node(3).paused = true; // sees nothing of what follows yet
  await cluster.crash(2);
  const epochs = cluster
    .commands()
    .filter((command) => command.kind === CommandKind.CHECKPOINT || command.kind === CommandKind.COMPUTE_RESULT);
  expect(epochs.map((command) => ('key' in command ? [command.epoch, command.key, command.occurrence] : []))).toEqual([
    [2, 'mark', 1],
    [2, 'mark', 2],
    [2, 'effect', 1],
  ]);
  expect(resultOf(1, 'p')).toEqual(['a', 'b', 'c']);
  expect(cluster.commands().filter((command) => command.kind === CommandKind.NODE_DOWN)).toHaveLength(1);
});

it('R16: a node that is alive and was declared down says hello again', async () => {
  cluster = await LocalCluster.start(3, { workflows: [definitionOf(Counter)] });
  cluster.node(1).runtime.submit({ kind: CommandKind.NODE_DOWN, node: 3, incarnation: 1 });
  await cluster.settle();
  expect(cluster.node(2).state.hellos.get(3)!.down).toBe(false);
});

it('R33: passivation is invisible: idle runs above the budget leave memory and are replayed when something happens or somebody asks', async () => {
  cluster = await LocalCluster.start(3, { workflows: [definitionOf(Counter)], residentRunsMax: 20 });
  const { service } = cluster.node(1);
  for (let i = 0; i < 100; i++) await service.start('counter', 2, ref(`c${i}`));
  await cluster.settle();
  for (const node of cluster.nodes.values()) expect(node.runtime.table.residentCount).toBeLessThanOrEqual(20);
  for (let i = 0; i < 100; i++) await service.signal(ref(`c${i}`), 'add', i);
  await cluster.settle();
  for (let i = 0; i < 100; i += 7) {
    for (const node of [1, 2, 3]) expect(await cluster.node(node).service.query(ref(`c${i}`), 'current', [])).toBe(i);
  }
  for (let i = 0; i < 100; i++) await service.signal(ref(`c${i}`), 'add', 1000);
  await cluster.settle();
  for (let i = 0; i < 100; i++) expect(resultOf(3, `c${i}`)).toBe(i + 1000);
  for (const node of cluster.nodes.values()) expect(node.reports).toEqual([]);
});

it('R33: a run with a body in flight is not passivated', async () => {
  let bodies = 0;
  @Workflow('busy', 1)
  class Busy {
    async run(): Promise<void> {
      await this.effect();
    }
    @CheckpointCompute('effect')
    private async effect(): Promise<void> {
      bodies++;
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  }
  cluster = await LocalCluster.start(1, { workflows: [definitionOf(Busy)], residentRunsMax: 5 });
  for (let i = 0; i < 20; i++) await cluster.node(1).service.start('busy', undefined, ref(`b${i}`));
  await new Promise((resolve) => setTimeout(resolve, 120));
  await cluster.settle();
  expect(bodies).toBe(20);
  expect(cluster.node(1).state.closedRunCount).toBe(20);
});

/** The first attempt fails when told so, the second one succeeds. */
function failingOnce() {
  const begun: number[] = [];
  let fail = (): void => undefined;
  @Workflow('failing', 1)
  class Failing {
    async run(): Promise<string> {
      return this.effect();
    }
    @CheckpointCompute('effect', { retry: { maxAttempts: 3, initialDelay: 10 } })
    private async effect(): Promise<string> {
      const { attempt } = context().info;
      begun.push(attempt);
      if (attempt === 1) await new Promise<void>((_, reject) => (fail = () => reject(new Error('not yet'))));
      return `attempt ${attempt}`;
    }
  }
  return { Failing, begun, fail: () => fail() };
}

it('R33, P3: a run whose outcome is on its way is not passivated: the attempt would be made twice', async () => {
  const { Failing, begun, fail } = failingOnce();
  cluster = await LocalCluster.start(1, { workflows: [definitionOf(Failing), definitionOf(Counter)], residentRunsMax: 1 });
  const node = cluster.node(1);
  await node.service.start('failing', undefined, ref('f'));
  for (const id of ['a', 'b', 'c']) await node.service.start('counter', 1, ref(id));
  await cluster.settle();
  node.paused = true;
  fail();
  const local = { consistency: 'local' } as const;
  // Others are asked for, so that there is no room; then the run itself.
  for (let i = 0; i < 3; i++) for (const id of ['a', 'b', 'c']) await node.service.query(ref(id), 'current', [], local);
  await node.service.query(ref('f'), 'none', [], local).catch(() => undefined);
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toEqual([1]);
  node.paused = false;
  node.wake();
  await cluster.advance(1000);
  expect(begun).toEqual([1, 2]);
  expect(resultOf(1, 'f')).toBe('attempt 2');
});

it('R21: an attempt that was made twice, and failed twice, does not end the retries', async () => {
  const { Failing, begun, fail } = failingOnce();
  cluster = await LocalCluster.start(1, { workflows: [definitionOf(Failing)] });
  const node = cluster.node(1);
  await node.service.start('failing', undefined, ref('f'));
  await cluster.settle();
  const { runId, epoch } = node.state.current('f')!;
  // As an earlier body of this attempt has left it, whose run left memory when a snapshot came.
  const error = { name: 'Error', message: 'not yet', code: '', stack: '', cause: null };
  const failed = {
    kind: CommandKind.ATTEMPT_FAILED,
    runId,
    epoch,
    key: 'effect',
    occurrence: 1,
    attempt: 1,
    retryDelayMs: 10,
    error,
  } as const;
  node.submit(encodeCommand(failed));
  await cluster.advance(100); // the retry is due, and this body still runs
  expect(begun).toEqual([1]);
  fail();
  await cluster.advance(1000);
  expect(begun).toEqual([1, 2]);
  expect(resultOf(1, 'f')).toBe('attempt 2');
});

describe('P3, R21: a body that was held back until the group was heard', () => {
  const error = { name: 'Error', message: 'not yet', code: '', stack: '', cause: null };

  /**
   * The first two attempts fail; what was begun. Node 1 owns the run and was not heard; node 2 fires the timers. Proposed is what a body of an earlier process of node 1
   * came to, but not applied there yet.
   */
  async function heldBack(outcome: 'failure' | 'result' = 'failure') {
    const begun: number[] = [];
    @Workflow('failing', 1)
    class Failing {
      async run(): Promise<string> {
        const [result] = await Promise.all([this.effect(), context().waitForSignal('go')]);
        return result;
      }
      @CheckpointCompute('effect', { retry: { maxAttempts: 3, initialDelay: 10 } })
      private async effect(): Promise<string> {
        const { attempt } = context().info;
        begun.push(attempt);
        if (attempt < 3) throw new Error('not yet');
        return `attempt ${attempt}`;
      }
    }
    cluster = await LocalCluster.start(2, (id) => ({ workflows: id === 1 ? [definitionOf(Failing)] : [] }));
    cluster.leaderId = 2;
    cluster.node(2).tell((listener) => listener.onLeadership?.({ leaderId: 2, term: 2, isLeader: true }));
    const node = cluster.node(1);
    // A run of the same code, whose result the other one's is made of.
    await node.service.start('failing', undefined, ref('model'));
    await cluster.advance(1000);
    const model = cluster.commands().find((command) => command.kind === CommandKind.COMPUTE_RESULT)!;
    expect(begun.splice(0)).toEqual([1, 2, 3]);
    let heard = (): void => undefined;
    node.readIndex = () => new Promise((resolve) => (heard = () => resolve(node.appliedIndex)));
    node.longStalls = 1;
    await node.service.start('failing', undefined, ref('f'));
    await cluster.settle();
    expect(begun).toEqual([]);
    const { runId, epoch } = node.state.current('f')!;
    const failed = {
      kind: CommandKind.ATTEMPT_FAILED,
      runId,
      epoch,
      key: 'effect',
      occurrence: 1,
      attempt: 1,
      retryDelayMs: 10,
      error,
    } as const;
    const succeeded = { ...model, runId, epoch, attempt: 1, value: Buffer.from('"attempt 1"') } as typeof model;
    node.paused = true;
    // It opens a window, so that the outcome is not consumed in the turn in which it is applied.
    void node.service.signal(ref('f'), 'go', 1);
    node.submit(encodeCommand(outcome === 'failure' ? failed : succeeded));
    /** The group is heard when the outcome is applied, and not consumed yet; or when all of it is consumed. */
    const goOn = async (when: 'applied' | 'consumed' = 'applied'): Promise<void> => {
      if (when === 'applied') node.subscribe({ onApplied: () => heard() });
      node.paused = false;
      node.wake();
      await cluster.settle();
      if (when === 'applied') return;
      expect(begun).toEqual([]);
      heard();
      await cluster.settle();
    };
    return { begun, goOn };
  }

  it('does not begin when its failure is committed by then', async () => {
    const { begun, goOn } = await heldBack();
    await goOn();
    expect(begun).toEqual([]);
    await cluster.advance(1000);
    expect(begun).toEqual([2, 3]);
    expect(resultOf(1, 'f')).toBe('attempt 3');
  });

  it('does not begin when its result is committed by then', async () => {
    const { begun, goOn } = await heldBack('result');
    await goOn();
    await cluster.advance(1000);
    expect(begun).toEqual([]);
    expect(resultOf(1, 'f')).toBe('attempt 1');
  });

  it('gives way to the next attempt, which is made once, when the retry was due by then', async () => {
    const { begun, goOn } = await heldBack();
    await cluster.advance(100);
    await goOn();
    expect(begun).toEqual([2]);
    await cluster.advance(1000);
    expect(begun).toEqual([2, 3]);
    expect(resultOf(1, 'f')).toBe('attempt 3');
  });

  it('gives way to the next attempt when the retry had come by then, and found it waiting', async () => {
    const { begun, goOn } = await heldBack();
    await cluster.advance(100);
    await goOn('consumed');
    expect(begun).toEqual([2]);
    await cluster.advance(1000);
    expect(begun).toEqual([2, 3]);
    expect(resultOf(1, 'f')).toBe('attempt 3');
  });
});

it('R33: after a restart every open run is replayed from its history, one window per turn, and answers when it stands at the end', async () => {
  cluster = await LocalCluster.start(1, { workflows: [definitionOf(Counter)] });
  const { service, state } = cluster.node(1);
  for (let run = 0; run < 40; run++) await service.start('counter', 1000, ref(`long${run}`));
  for (let i = 0; i < 60; i++) for (let run = 0; run < 40; run++) void service.signal(ref(`long${run}`), 'add', 1);
  await cluster.settle();
  const snapshot = { index: cluster.node(1).appliedIndex, snapshot: state.snapshot() };
  cluster.node(1).runtime.stop();
  const proposed = cluster.commands().filter((command) => command.kind === CommandKind.CHECKPOINT).length;
  const again = cluster.add(1, { workflows: [definitionOf(Counter)], incarnation: 2 }, snapshot);
  expect(await again.service.query(ref('long39'), 'current', [], { consistency: 'local' })).toBe(60);
  await cluster.settle();
  for (let run = 0; run < 40; run++) expect(await again.service.query(ref(`long${run}`), 'current', [])).toBe(60);
  expect(cluster.commands().filter((command) => command.kind === CommandKind.CHECKPOINT)).toHaveLength(proposed); // nothing is proposed twice
  expect(again.reports).toEqual([]);
});

it('R36: a snapshot in place of entries: runs that are open go on with what they missed, ended ones leave, waiters are answered', async () => {
  cluster = await LocalCluster.start(3, { workflows: [definitionOf(Counter)] });
  const lagging = cluster.node(3);
  for (const id of ['goes-on', 'ends', 'swept']) await cluster.node(1).service.start('counter', 2, ref(id));
  for (const id of ['goes-on', 'ends', 'swept']) await cluster.node(1).service.signal(ref(id), 'add', 1);
  await cluster.settle();
  const instanceBefore = lagging.runtime.table.get(lagging.state.current('goes-on')!.runId);
  const waiting = ['ends', 'swept'].map((id) =>
    lagging.service.result({ workflowId: id, runId: lagging.state.current(id)!.runId }).catch((error: { code: string }) => error.code),
  );
  lagging.paused = true;
  await cluster.node(1).service.signal(ref('swept'), 'add', 1);
  await cluster.advance(25 * 3_600_000);
  for (const id of ['goes-on', 'ends']) await cluster.node(1).service.signal(ref(id), 'add', 1 + Number(id === 'goes-on'));
  await cluster.node(1).service.start('counter', 2, ref('new'));
  await cluster.settle();
  lagging.paused = false;
  lagging.install(cluster.node(1));
  await cluster.settle();
  expect(await Promise.all(waiting)).toEqual([2, 'OUTCOME_UNKNOWN']);
  expect(lagging.reports).toEqual([]);
  expect(instanceBefore!.core.phase).toBe('closed');
  expect(await lagging.service.query(ref('new'), 'current', [])).toBe(0);
  await cluster.node(1).service.signal(ref('new'), 'add', 5);
  expect(await lagging.service.query(ref('new'), 'current', [])).toBe(5);
});

it('R39: a removed node stops its runs, aborts its bodies, and rejects its waiters with NOT_MEMBER', async () => {
  const reasons: string[] = [];
  @Workflow('removed', 1)
  class Removed {
    async run(): Promise<void> {
      await this.effect();
    }
    @CheckpointCompute('effect')
    private async effect(): Promise<void> {
      const { abortSignal } = context();
      await new Promise((resolve) => abortSignal.addEventListener('abort', resolve));
      reasons.push((abortSignal.reason as { reason: string }).reason);
    }
  }
  cluster = await LocalCluster.start(3, { workflows: [definitionOf(Removed)] });
  const node = cluster.node(2);
  await node.service.start('removed', undefined, ref('r'));
  const result = node.service.result(ref('r')).catch((error: { code: string }) => error.code);
  await cluster.settle();
  const before = cluster.entries.length;
  node.tell((listener) => listener.onRemoved?.());
  await cluster.settle();
  expect(await result).toBe('NOT_MEMBER');
  expect(reasons).toEqual(['removed']);
  expect(node.runtime.table.residentCount).toBe(0);
  await expect(node.service.start('removed', undefined, ref('s'))).rejects.toMatchObject({ code: 'NOT_MEMBER' });
  expect(cluster.entries.length).toBe(before);
});

it('R45: an instance is made per run and replica before its first window; a failure is a decline, and another node takes over', async () => {
  instances = 0;
  cluster = await LocalCluster.start(3, (id) => ({
    workflows: [id === 1 ? { ...definitionOf(Counter), create: () => Promise.reject(new Error('no database')) } : definitionOf(Counter)],
  }));
  await cluster.node(1).service.start('counter', 1, ref('i'));
  await cluster.settle();
  expect(instances).toBe(2);
  const run = cluster.node(3).state.current('i')!;
  expect(run).toMatchObject({ status: 'running', owner: 2 });
  expect(run.declined).toMatchObject([{ node: 1, reason: 'instantiation-failed', message: expect.stringContaining('no database') }]);
  await cluster.node(1).service.signal(ref('i'), 'add', 4);
  await cluster.settle();
  expect(resultOf(1, 'i')).toBe(4);
});

it('R12: the mark of a stopped run is volatile: after a restart with the right code it is replayed', async () => {
  class Wrong extends Counter {
    override async run(until: number): Promise<number> {
      await context().waitForSignal('other');
      return super.run(until);
    }
  }
  Workflow('counter', 1)(Wrong);
  cluster = await LocalCluster.start(3, (id) => ({ workflows: [definitionOf(id === 3 ? Wrong : Counter)] }));
  await cluster.node(1).service.start('counter', 2, ref('v'));
  await cluster.node(1).service.signal(ref('v'), 'add', 3);
  await cluster.settle();
  expect(cluster.node(3).reports[0]).toMatchObject({ type: 'diverged' });
  cluster.node(3).runtime.stop();
  const again = cluster.add(
    3,
    { workflows: [definitionOf(Counter)], incarnation: 2 },
    { index: cluster.node(1).appliedIndex, snapshot: cluster.node(1).state.snapshot() },
  );
  await cluster.settle();
  expect(await again.service.query(ref('v'), 'current', [])).toBe(3);
  expect(again.reports).toEqual([]);
});
