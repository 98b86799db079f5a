/**
 * Child workflows (R28, docs/adr/0065): whole nodes, a real majority, virtual time.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { ChildWorkflowError } from '../../lib/workflow/child-error.js';
import { encodeCommand } from '../../lib/workflow/command-codec.js';
import { CommandKind } from '../../lib/workflow/command.js';
import { context } from '../../lib/workflow/context.js';
import { EventKind } from '../../lib/workflow/event.js';
import { definitionOf } from '../support/definition.js';
import { executeChild, startChild } from '../../lib/raftoral.children.js';
import type { ChildOptions } from '../../lib/workflow/child-options.js';
import type { RunView } from '../../lib/workflow/state.js';
import { WorkflowCluster, type WorkflowNode } from '../support/workflow-cluster.js';

let cluster: WorkflowCluster;
afterEach(() => cluster.stop());

interface ShipInput {
  readonly parcels: number;
  readonly ms?: number;
  readonly fails?: boolean;
}

/** Bodies that ran, as `runId attempt`. */
let bodies: string[] = [];
/** How often a child with `fails` fails before it does not. */
let failuresLeft = 0;

@Workflow('ship', 1)
class Ship {
  async run({ parcels, ms = 0, fails = false }: ShipInput): Promise<number> {
    if (ms > 0) await context().sleep(ms);
    return this.send(parcels, fails);
  }

  @CheckpointCompute('send')
  async send(parcels: number, fails: boolean): Promise<number> {
    bodies.push(context().info.workflowId);
    if (fails && failuresLeft-- > 0) throw new Error('no stock');
    return 10 * parcels;
  }
}

@Workflow('rounds', 1)
class Rounds {
  async run({ left, sum }: { left: number; sum: number }): Promise<number> {
    await context().sleep(50);
    return left === 0 ? sum : context().continueAsNew({ left: left - 1, sum: sum + left });
  }
}

@Workflow('listener', 1)
class Listener {
  async run(): Promise<string> {
    return context().waitForSignal<string>('word');
  }
}

/** Takes its time to end when it is cancelled. */
@Workflow('tidy', 1)
class Tidy {
  async run(): Promise<string> {
    try {
      return await context().waitForSignal<string>('word');
    } catch (error) {
      await context().sleep(700);
      throw error;
    }
  }
}

/** What a parent does, given as code by its test. */
type Script = () => Promise<unknown>;
let script: Script;

@Workflow('parent', 1)
class Parent {
  async run(): Promise<unknown> {
    return script();
  }
}

const WORKFLOWS = [Parent, Ship, Rounds, Listener, Tidy].map(definitionOf);

async function begin(code: Script, options: { readonly retentionMs?: number } = {}): Promise<void> {
  script = code;
  bodies = [];
  const { retentionMs } = options;
  cluster = await WorkflowCluster.start({ workflows: WORKFLOWS, ...(retentionMs === undefined ? {} : { limits: { retentionMs } }) });
}

const ref = { workflowId: 'p' };

/** Started on a follower, which owns it. */
async function startParent(node: WorkflowNode = cluster.follower): Promise<WorkflowNode> {
  await cluster.settled(node.service.start('parent', undefined, ref));
  return node;
}

const runsOf = (name: string, node: WorkflowNode = cluster.leader!): RunView[] =>
  [...node.state.allRuns()].filter((run) => run.name === name);
const result = (node: WorkflowNode = cluster.leader!): Promise<unknown> => cluster.settled(node.service.result(ref));
const failureOf = async (promise: Promise<unknown>): Promise<ChildWorkflowError> => {
  try {
    await promise;
  } catch (error) {
    return error as ChildWorkflowError;
  }
  throw new Error('it did not fail');
};
/** As an application would report it. */
const said = async (promise: Promise<unknown>): Promise<unknown> => {
  const error = await failureOf(promise);
  return { isTyped: error instanceof ChildWorkflowError, code: error.code, cause: (error.cause as Error | undefined)?.message };
};

describe('executeChild', () => {
  it('resolves with the result of a run of its own, whose id follows from the operation', async () => {
    await begin(async () => {
      const both = [executeChild(Ship, { parcels: 1 }, { key: 'ship' }), executeChild(Ship, { parcels: 2 }, { key: 'ship' })];
      return Promise.all(both);
    });
    await startParent();
    expect(await result()).toEqual([10, 20]);
    const children = runsOf('ship');
    expect(children.map(({ status }) => status)).toEqual(['completed', 'completed']);
    expect(new Set(children.map(({ workflowId }) => workflowId)).size).toBe(2);
    expect(children[0]!.parent).toMatchObject({ workflowId: 'p', key: '$child/ship', onClose: 'cancel' });
    expect(cluster.alive.flatMap(({ reports }) => reports)).toEqual([]);
  });

  it('takes an id and a version, and names by string on context()', async () => {
    await begin(async () => context().executeChild<number>('ship', { parcels: 3 }, { key: 'k', workflowId: 'parcel-3', version: 1 }));
    await startParent();
    expect(await result()).toBe(30);
    expect(cluster.leader!.state.current('parcel-3')!.status).toBe('completed');
  });

  it('follows continueAsNew of the child', async () => {
    await begin(async () => executeChild(Rounds, { left: 3, sum: 0 }, { key: 'rounds' }));
    await startParent();
    expect(await result()).toBe(6);
  });

  it('rejects with a typed error on every replica, with the error of the child as its cause', async () => {
    failuresLeft = 1;
    await begin(async () => said(executeChild(Ship, { parcels: 1, fails: true }, { key: 'ship' })));
    await startParent();
    expect(await result()).toEqual({ isTyped: true, code: 'CHILD_FAILED', cause: expect.stringContaining('no stock') });
    await cluster.time.advance(100);
    expect(cluster.alive.flatMap(({ reports }) => reports)).toEqual([]);
  });

  it('an error that is not handled fails the parent', async () => {
    failuresLeft = 1;
    await begin(async () => executeChild(Ship, { parcels: 1, fails: true }, { key: 'ship' }));
    await startParent();
    await expect(result()).rejects.toMatchObject({ code: 'WORKFLOW_FAILED', cause: { code: 'CHILD_FAILED', name: 'ChildWorkflowError' } });
  });

  it('with a retry, a child that failed is followed by another one', async () => {
    failuresLeft = 2;
    const retry = { maxAttempts: 3, initialDelay: 10 };
    await begin(async () => executeChild(Ship, { parcels: 1, fails: true }, { key: 'ship', workflowId: 'parcel', retry }));
    await startParent();
    expect(await result()).toBe(10);
    expect(bodies).toEqual(['parcel', 'parcel~2', 'parcel~3']);
  });

  it('what can not be started is said once and for all, and by the cause why', async () => {
    await begin(async () => [
      await said(context().executeChild('nobody', undefined, { key: 'a' })),
      await said(executeChild(Ship, { parcels: 1 }, { key: 'b', workflowId: 'taken' })),
      await said(context().executeChild('ship', () => 1, { key: 'c' })),
    ]);
    await cluster.settled(cluster.leader!.service.start('listener', undefined, { workflowId: 'taken' }));
    await startParent();
    expect(await result()).toEqual([
      { isTyped: true, code: 'CHILD_NOT_STARTED', cause: expect.stringContaining("'nobody'") },
      { isTyped: true, code: 'CHILD_NOT_STARTED', cause: expect.stringContaining("'taken'") },
      { isTyped: false, code: 'NOT_SERIALIZABLE' },
    ]);
  });

  it('a run of the same id, name and input that is not this child is not taken for it', async () => {
    await begin(async () => said(executeChild(Ship, { parcels: 1 }, { key: 'a', workflowId: 'mine' })));
    await cluster.settled(cluster.leader!.service.start('ship', { parcels: 1 }, { workflowId: 'mine' }));
    await startParent();
    expect(await result()).toMatchObject({ code: 'CHILD_NOT_STARTED' });
  });

  it.each<[string, unknown, unknown]>([
    ['no options', 'ship', undefined],
    ['no key', 'ship', {}],
    ["a key of the engine's", 'ship', { key: '$x' }],
    ['a policy that there is not', 'ship', { key: 'k', onParentClose: 'kill' }],
    ['a version that is none', 'ship', { key: 'k', version: 1.5 }],
    ['an id that is none', 'ship', { key: 'k', workflowId: '' }],
    ['a retry that is none', 'ship', { key: 'k', retry: { maxAttempts: 0 } }],
    ['a class', Ship, { key: 'k' }],
  ])('bad input: %s is refused at the call, and starts nothing', async (_what, target, options) => {
    await begin(async () => (await failureOf(context().executeChild(target as string, undefined, options as ChildOptions))).code);
    await startParent();
    expect(await result()).toMatch(/^INVALID_(ARGUMENT|WORKFLOW_ID)$/);
    expect(runsOf('ship')).toEqual([]);
  });

  it('is refused inside a compute body', async () => {
    await begin(async () => context().compute('c', async () => (await failureOf(executeChild(Ship, { parcels: 1 }, { key: 'a' }))).code));
    await startParent();
    expect(await result()).toBe('INSIDE_COMPUTE');
  });

  it('explain() names the child that a run waits for, describe() the parent of a child', async () => {
    await begin(async () => executeChild(Listener, undefined, { key: 'l', workflowId: 'ear' }));
    const owner = await startParent();
    await cluster.time.advance(200);
    const explained = await cluster.settled(owner.service.explain(ref));
    expect(explained.awaiting).toMatchObject([{ kind: 'child', key: '$child/l', child: { name: 'listener', workflowId: 'ear' } }]);
    expect(explained.summary).toContain("waits for child workflow 'listener' (ear)");
    const { runId } = owner.state.current('p')!;
    expect(await cluster.settled(owner.service.describe({ workflowId: 'ear' }))).toMatchObject({ parent: { workflowId: 'p', runId } });
  });
});

describe('startChild', () => {
  it('resolves with a handle when the child is started; the handle waits, signals and cancels', async () => {
    await begin(async () => {
      const listener = await startChild(Listener, undefined, { key: 'l' });
      const other = await startChild(Listener, undefined, { key: 'l' });
      await listener.signal('word', 'hello');
      await other.cancel('not needed');
      const heard = await listener.result();
      return { heard, again: await listener.result(), other: await said(other.result()), runId: listener.runId };
    });
    await startParent();
    const { runId } = runsOf('listener')[0] ?? { runId: '' };
    const outcome = await result();
    expect(outcome).toMatchObject({ heard: 'hello', again: 'hello', other: { isTyped: true, code: 'CHILD_CANCELLED' } });
    expect(runsOf('listener').map((run) => run.runId)).toContain((outcome as { runId: string }).runId);
    expect(runId).toBeDefined();
  });

  it('a result that is asked for long after the end of the child, and after its retention, is there', async () => {
    await begin(
      async () => {
        const ship = await startChild(Ship, { parcels: 4 }, { key: 's', workflowId: 'parcel' });
        await context().sleep(5_000);
        return ship.result();
      },
      { retentionMs: 100 },
    );
    await startParent();
    await cluster.time.advance(4_000);
    expect(cluster.leader!.state.current('parcel')!.status).toBe('completed');
    expect(await result()).toBe(40);
    await cluster.time.advance(3_000);
    for (const { state } of cluster.alive) expect([state.current('parcel'), state.children.heldCount]).toEqual([undefined, 0]);
  });
});

describe('the end of a parent', () => {
  const waiting = async (): Promise<unknown> => executeChild(Listener, undefined, { key: 'l', workflowId: 'ear' });

  it('a cancelled parent cancels the child that it waits for, hears of its end, and ends as cancelled', async () => {
    await begin(waiting);
    const owner = await startParent();
    await cluster.time.advance(200);
    await cluster.settled(owner.service.cancel(ref));
    await expect(result()).rejects.toMatchObject({ code: 'WORKFLOW_CANCELLED' });
    expect(owner.state.current('ear')!.status).toBe('cancelled');
    const order = [...owner.state.allRuns()].map(({ workflowId, closedMs }) => [workflowId, closedMs] as const);
    expect(new Map(order).get('ear')!).toBeLessThanOrEqual(new Map(order).get('p')!);
  });

  it('C3: a cancelled parent ends after its child, however long that takes to end', async () => {
    await begin(async () => executeChild(Tidy, undefined, { key: 'l', workflowId: 'ear' }));
    const owner = await startParent();
    await cluster.time.advance(200);
    await cluster.settled(owner.service.cancel(ref));
    await expect(result()).rejects.toMatchObject({ code: 'WORKFLOW_CANCELLED' });
    const closedMs = (id: string): number => owner.state.current(id)!.closedMs;
    expect([owner.state.current('ear')!.status, closedMs('ear') > 0]).toEqual(['cancelled', true]);
    expect(closedMs('p')).toBeGreaterThanOrEqual(closedMs('ear'));
  });

  it('a cancel whose owner dies before it could do anything is carried out by the next one', async () => {
    await begin(waiting);
    const owner = await startParent();
    await cluster.time.advance(200);
    owner.virtual.pause();
    await cluster.settled(cluster.leader!.service.cancel(ref));
    cluster.crash(owner.id);
    await expect(result()).rejects.toMatchObject({ code: 'WORKFLOW_CANCELLED' });
    expect(cluster.leader!.state.current('ear')!.status).toBe('cancelled');
  });

  it('a child that was never started is not cancelled in the person of another run that has its id', async () => {
    await begin(waiting);
    const { service, group } = cluster.leader!;
    await cluster.settled(service.start('listener', undefined, { workflowId: 'ear' }));
    const owner = cluster.follower;
    owner.virtual.pause();
    const expiryMs = cluster.leader!.state.logTimeMs + 600_000;
    const start = {
      kind: CommandKind.START,
      requestId: 'start p',
      expiryMs,
      ...ref,
      runId: 'run-p',
      name: 'parent',
      version: 1,
      input: new Uint8Array(0),
      inputDigest: 0,
      ownerPolicy: 'starter',
      starter: owner.id,
      leaderHint: 0,
    } as const;
    await cluster.settled(group.propose(encodeCommand(start), { deadlineMs: 5_000 }));
    await cluster.settled(service.cancel(ref));
    expect(cluster.leader!.state.current('p')).toMatchObject({ owner: owner.id, cancelRequested: true });
    cluster.crash(owner.id);
    await expect(result()).rejects.toMatchObject({ code: 'WORKFLOW_CANCELLED' });
    expect(cluster.leader!.state.current('ear')!.status).toBe('running');
  });

  it('code that goes on after a cancel may start children: they are not cancelled', async () => {
    await begin(async () => {
      try {
        await waiting();
      } catch {
        return executeChild(Ship, { parcels: 7 }, { key: 'undo' });
      }
      return 'not reached';
    });
    const owner = await startParent();
    await cluster.time.advance(200);
    await cluster.settled(owner.service.cancel(ref));
    expect(await result()).toBe(70);
  });

  it.each<['cancel' | 'abandon', string]>([
    ['cancel', 'cancelled'],
    ['abandon', 'running'],
  ])('%s: a terminated parent, whose owner is dead, leaves its child %s', async (onParentClose, status) => {
    await begin(async () => executeChild(Listener, undefined, { key: 'l', workflowId: 'ear', onParentClose }));
    const owner = await startParent();
    await cluster.time.advance(200);
    owner.virtual.pause();
    await cluster.settled(cluster.leader!.service.terminate(ref));
    cluster.crash(owner.id);
    await cluster.time.advance(5_000);
    expect(cluster.leader!.state.current('ear')!.status).toBe(status);
  });

  it.each<[string, string, Script]>([
    ['completed', 'cancelled', async () => (await startChild(Listener, undefined, { key: 'l', workflowId: 'ear' })).workflowId],
    [
      'failed',
      'cancelled',
      async () => startChild(Listener, undefined, { key: 'l', workflowId: 'ear' }).then(() => Promise.reject(new Error('x'))),
    ],
    [
      'completed',
      'running',
      async () => (await startChild(Listener, undefined, { key: 'l', workflowId: 'ear', onParentClose: 'abandon' })).workflowId,
    ],
  ])('a parent that %s leaves an open child behind: it is %s', async (outcome, status, code) => {
    await begin(code);
    await startParent();
    await result().catch(() => undefined);
    await cluster.time.advance(3_000);
    expect([cluster.leader!.state.current('p')!.status, cluster.leader!.state.current('ear')!.status]).toEqual([outcome, status]);
  });

  it('a wait for a child that is abandoned ends with the cancel; the child goes on', async () => {
    await begin(async () => executeChild(Listener, undefined, { key: 'l', workflowId: 'ear', onParentClose: 'abandon' }));
    const owner = await startParent();
    await cluster.time.advance(200);
    await cluster.settled(owner.service.cancel(ref));
    await expect(result()).rejects.toMatchObject({ code: 'WORKFLOW_CANCELLED' });
    await cluster.time.advance(2_000);
    expect(owner.state.current('ear')!.status).toBe('running');
  });

  it('R28: a child outlives its parent, is released, and both go with retention', async () => {
    await begin(async () => executeChild(Ship, { parcels: 1 }, { key: 's', workflowId: 'parcel' }), { retentionMs: 200 });
    await startParent();
    expect(await result()).toBe(10);
    await cluster.time.advance(4_000);
    for (const { state } of cluster.alive)
      expect([state.closedRunCount, state.children.heldCount, state.children.open.size]).toEqual([0, 0, 0]);
  });
});

describe('owners that die', () => {
  it('P5: the child is started once, its body runs once, and its result reaches the parent under another owner', async () => {
    await begin(async () => executeChild(Ship, { parcels: 1, ms: 3_000 }, { key: 's', workflowId: 'parcel' }));
    const owner = await startParent();
    await cluster.time.advance(200);
    cluster.crash(owner.id);
    expect(await result()).toBe(10);
    expect(runsOf('ship')).toHaveLength(1);
    expect(bodies).toEqual(['parcel']);
    expect(cluster.alive.flatMap(({ reports }) => reports)).toEqual([]);
  });

  it('an owner that dies between the start and the commit of the result: the next one finds the same child', async () => {
    await begin(async () => {
      const { runId } = await startChild(Listener, undefined, { key: 'l', workflowId: 'ear' });
      await context().waitForSignal('go');
      return runId;
    });
    const owner = cluster.follower;
    // Its child is there, and it hears of nothing any more.
    await cluster.settled(owner.service.start('parent', undefined, ref));
    await cluster.time.runUntil(() => cluster.leader!.state.current('ear') !== undefined, 5_000);
    cluster.crash(owner.id);
    await cluster.time.advance(3_000);
    await cluster.settled(cluster.leader!.service.signal(ref, 'go', null));
    const { runId } = cluster.leader!.state.current('ear')!;
    expect(await result()).toBe(runId);
    expect(runsOf('listener')).toHaveLength(1);
  });

  it('R20: a run that waits for a child only waits: no attempt of it is announced under an heir', async () => {
    await begin(async () => executeChild(Ship, { parcels: 1, ms: 5_000 }, { key: 's' }));
    const owner = await startParent();
    await cluster.time.advance(200);
    cluster.crash(owner.id);
    await cluster.time.advance(2_000);
    const kinds = cluster
      .leader!.state.current('p')!
      .history.events()
      .map(({ kind }) => kind);
    expect(kinds).toContain(EventKind.OWNER_CHANGED);
    expect(kinds).not.toContain(EventKind.ATTEMPT_STARTED);
  });

  it('a fenced owner that wakes does not cancel the child of its successor', async () => {
    await begin(async () => executeChild(Ship, { parcels: 1, ms: 10_000 }, { key: 's', workflowId: 'parcel' }));
    const owner = await startParent();
    await cluster.time.advance(200);
    owner.virtual.pause();
    await cluster.time.advance(3_000);
    expect(cluster.leader!.state.current('p')!.owner).not.toBe(owner.id);
    owner.virtual.resume();
    expect(await result()).toBe(10);
  });
});

describe('divergence', () => {
  it.each<[string, (odd: boolean) => ChildOptions & { readonly input: ShipInput; readonly name: string }]>([
    ['another input', (odd) => ({ key: 's', name: 'ship', input: { parcels: odd ? 2 : 1 } })],
    ['another workflow', (odd) => ({ key: 's', name: odd ? 'listener' : 'ship', input: { parcels: 1 } })],
    ['another version', (odd) => ({ key: 's', name: 'ship', input: { parcels: 1 }, ...(odd ? { version: 1 } : {}) })],
    ['another id', (odd) => ({ key: 's', name: 'ship', input: { parcels: 1 }, workflowId: odd ? 'a' : 'b' })],
    ['another policy', (odd) => ({ key: 's', name: 'ship', input: { parcels: 1 }, onParentClose: odd ? 'abandon' : 'cancel' })],
  ])('R10: a replica that calls for %s is found', async (_what, optionsOf) => {
    bodies = [];
    const parentOn = (node: number) => {
      @Workflow('parent', 1)
      class Own {
        async run(): Promise<unknown> {
          const { input, name, ...options } = optionsOf(node === 3);
          return context().executeChild(name, input, options);
        }
      }
      return definitionOf(Own);
    };
    cluster = await WorkflowCluster.start({ workflows: (node) => [parentOn(node), definitionOf(Ship), definitionOf(Listener)] });
    await startParent(cluster.node(1));
    expect(await result(cluster.node(1))).toBe(10);
    await cluster.time.advance(100);
    expect(cluster.node(3).reports).toContainEqual(expect.stringContaining('diverged'));
    expect(cluster.node(2).reports).toEqual([]);
  });
});
