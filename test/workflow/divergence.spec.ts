/**
 * Divergence is found, named and stopped (R10–R12, P7).
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { Checkpoint, CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { CommandKind } from '../../lib/workflow/command.js';
import { context } from '../../lib/workflow/context.js';
import type { WorkflowStreamItem } from '../../lib/workflow/service.js';
import { definitionOf } from '../support/definition.js';
import { LocalCluster } from '../support/local-cluster.js';

let cluster: LocalCluster;
afterEach(() => cluster?.stop());

/** `odd` is true on node 3 only: each workflow behaves otherwise there. */
abstract class Odd {
  constructor(readonly odd: boolean) {}

  @Checkpoint('value')
  async value(value: unknown): Promise<unknown> {
    return value;
  }

  @Checkpoint('hidden')
  async hidden(_argument: unknown): Promise<unknown> {
    return this.odd ? 'odd' : 'even';
  }

  @Checkpoint('throws')
  async throws(): Promise<unknown> {
    throw this.odd ? new TypeError('bad') : new RangeError('bad');
  }

  @CheckpointCompute('effect')
  async effect(value: unknown): Promise<unknown> {
    return value;
  }

  async end(): Promise<unknown> {
    return context().waitForSignal('end');
  }

  abstract run(): Promise<unknown>;
}

class OtherKey extends Odd {
  async run(): Promise<unknown> {
    await (this.odd ? this.effect(1) : this.value(1));
    return this.end();
  }
}
class OtherArgument extends Odd {
  async run(): Promise<unknown> {
    await this.effect(this.odd ? { n: 2 } : { n: 1 });
    return this.end();
  }
}
class OtherValue extends Odd {
  async run(): Promise<unknown> {
    await this.hidden('same');
    return this.end();
  }
}
class OtherError extends Odd {
  async run(): Promise<unknown> {
    await this.throws().catch(() => undefined);
    return this.end();
  }
}
class OtherPosition extends Odd {
  async run(): Promise<unknown> {
    const calls = this.odd ? [() => this.value(1), () => this.effect(1)] : [() => this.effect(1), () => this.value(1)];
    await Promise.all(calls.map((call) => call()));
    return this.end();
  }
}
class OtherFinish extends Odd {
  async run(): Promise<unknown> {
    await this.value(1);
    return this.odd ? 'odd' : 'even';
  }
}
class OtherKind extends Odd {
  async run(): Promise<unknown> {
    await (this.odd ? this.nothing() : context().compute('nothing', () => undefined));
    return this.end();
  }

  @Checkpoint('nothing')
  async nothing(): Promise<void> {
    return undefined;
  }
}
class NotFinished extends Odd {
  async run(): Promise<unknown> {
    await this.value(1);
    return this.odd ? this.end() : 'even';
  }
}
class Absent extends Odd {
  async run(): Promise<unknown> {
    if (!this.odd) await this.value(1);
    return this.end();
  }
}
class OtherSleep extends Odd {
  async run(): Promise<unknown> {
    await context().sleep(this.odd ? 10 : 1000);
    return this.end();
  }
}

async function diverge(target: new (odd: boolean) => Odd, buildIds = ['b', 'b', 'b']): Promise<readonly WorkflowStreamItem[]> {
  Workflow('odd', 1)(target as never);
  cluster = await LocalCluster.start(3, (id) => ({ workflows: [definitionOf(target, id === 3)], buildId: buildIds[id - 1] }));
  const items: WorkflowStreamItem[] = [];
  cluster.node(3).service.events$.subscribe((item) => items.push(item));
  await cluster.node(1).service.start('odd', undefined, { workflowId: 'w' });
  await cluster.settle();
  return items;
}

describe('R10: a replica compares what it consumes with what its code did', () => {
  it.each([
    ['another operation', OtherKey, /value.*checkpoint 'value' #1.*no such call; the code waits for compute 'effect'/],
    [
      'another kind of the same key and value',
      OtherKind,
      /checkpoint 'nothing' \(nothing\).*compute 'nothing' #1.*checkpoint 'nothing' #1/,
    ],
    ['other arguments', OtherArgument, /compute 'effect' \(effect\).*arguments digest.*arguments digest/],
    ['another value', OtherValue, /checkpoint 'hidden' \(hidden\).*"even".*"odd"/],
    ['another error', OtherError, /checkpoint 'throws' \(throws\).*RangeError: bad.*TypeError: bad/],
    ['another call position', OtherPosition, /operation 1 of window 1.*operation 0 of window 1/],
    ['another finish', OtherFinish, /run.*completed "even".*completed "odd"/],
    ['no finish', NotFinished, /run.*completed "even".*has not ended; the code waits for waitForSignal\('end'\)/],
    ['another sleep', OtherSleep, /sleep\(\).*arguments digest/],
  ] as const)('%s', async (_what, target, text) => {
    const items = await diverge(target);
    const [report] = cluster.node(3).reports;
    expect(report).toMatchObject({ type: 'diverged', text: expect.stringMatching(text) });
    expect(cluster.node(1).reports).toEqual([]);
    expect(cluster.node(2).reports).toEqual([]);
    expect(items.filter((item) => item.type === 'diverged')).toMatchObject([{ workflowId: 'w', node: 3 }]);
  });
});

it('R10: a call position that differs between different builds is a warning', async () => {
  await diverge(OtherPosition, ['b', 'b', 'other']);
  expect(cluster.node(3).reports.map(({ type }) => type)).toEqual(['warning']);
  expect(cluster.node(3).runtime.table.get(cluster.node(3).state.current('w')!.runId)!.core.phase).toBe('running');
});

it('R11: an event whose call is absent after its drained window is a divergence; a call without an event yet is not', async () => {
  await diverge(Absent);
  expect(cluster.node(3).reports[0]).toMatchObject({
    type: 'diverged',
    text: expect.stringContaining("no such call; the code waits for waitForSignal('end')"),
  });
  expect(cluster.node(1).reports).toEqual([]); // waits for the signal, and has no event for it
});

it('R12: a stopped run settles nothing and proposes its decline alone', async () => {
  await diverge(OtherValue);
  const { runId } = cluster.node(3).state.current('w')!;
  const stopped = cluster.node(3).runtime.table.get(runId)!;
  expect(stopped.core).toMatchObject({ phase: 'stopped', stopped: { reason: 'diverged' } });
  const declines = cluster.commands().filter((command) => command.kind === CommandKind.DECLINE);
  expect(declines).toMatchObject([{ node: 3, runId, epoch: 0, reason: 'diverged' }]);
  await cluster.node(1).service.signal({ workflowId: 'w' }, 'end', 'bye');
  await cluster.settle();
  expect(cluster.node(1).state.current('w')!.outcome).toBe('completed');
  expect(cluster.node(3).runtime.table.get(runId)).toBeUndefined();
});

it('R12, R19: when the owner is the one that differs, its committed values win, the others decline, and the run is blocked with the reason', async () => {
  Workflow('odd', 1)(OtherValue as never);
  cluster = await LocalCluster.start(3, (id) => ({ workflows: [definitionOf(OtherValue, id === 1)] }));
  const { service } = cluster.node(1);
  const { runId } = await service.start('odd', undefined, { workflowId: 'w' });
  await expect(service.result({ workflowId: 'w', runId })).rejects.toMatchObject({
    code: 'WORKFLOW_BLOCKED',
    message: expect.stringContaining('"odd"'),
  });
  expect(cluster.node(1).state.current('w')).toMatchObject({ status: 'blocked', blockedReason: 'diverged' });
});
