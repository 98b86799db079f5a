/**
 * Moves of slots from the intent in the topology to their end (R41): cluster 0, source and target over real groups, in virtual time.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { TopologyKind } from '../../lib/management/command.js';
import { context } from '../../lib/workflow/context.js';
import { slotOf, type SlotRange } from '../../lib/workflow/slot.js';
import { definitionOf } from '../support/definition.js';
import { MoveCluster } from '../support/move-cluster.js';

let cluster: MoveCluster;
afterEach(() => cluster.stop());

@Workflow('waits', 1)
class Waits {
  async run(): Promise<unknown> {
    return context().waitForSignal('go');
  }
}

const ids = Array.from({ length: 12 }, (_, i) => `waits-${i}`);
const ranges: readonly SlotRange[] = [...new Set(ids.map(slotOf))].sort((a, b) => a - b).map((first) => ({ first, count: 1 }));

async function start(tuning = {}): Promise<void> {
  cluster = await MoveCluster.start({ workflows: [definitionOf(Waits)], isManaged: true, tuning });
  for (const workflowId of ids) {
    await cluster.settled(cluster.call({ clusterId: 1 }, (service) => service.start('waits', undefined, { workflowId })));
  }
}

const begin = (): Promise<unknown> => cluster.settled(cluster.manage({ kind: TopologyKind.BEGIN_MOVE, from: 1, to: 2, ranges }));

async function untilFinished(): Promise<void> {
  const isFinished = (): boolean => cluster.manager?.state.topology.moves.size === 0;
  if (!(await cluster.time.runUntil(isFinished, 60_000))) throw new Error('the move did not end');
}

/** All runs answer where the topology says that they are. */
async function expectAt(clusterId: number): Promise<void> {
  const { slots } = cluster.manager!.state.topology;
  expect(ids.map((id) => slots.ownerOf(slotOf(id)))).toEqual(ids.map(() => clusterId));
  for (const workflowId of ids) {
    const hint = { clusterId };
    await cluster.settled(cluster.call(hint, (service) => service.signal({ workflowId }, 'go', workflowId)));
    expect(await cluster.settled(cluster.call(hint, (service) => service.result({ workflowId }, { timeoutMs: 5_000 })))).toBe(workflowId);
    expect(hint.clusterId).toBe(clusterId);
  }
}

describe('a move that the topology has', () => {
  it('is carried out by whoever leads the source, recorded phase by phase, and finished', async () => {
    await start();
    await begin();
    await untilFinished();
    expect(cluster.manager!.state.topology.moveIdHighest).toBe(1);
    await expectAt(2);
    expect(cluster.manager!.said).toEqual([]);
  });

  it('is aborted by whoever asks for it in time, and by its mover', async () => {
    await start({ freezeMsMax: -1 });
    await begin();
    await untilFinished();
    await expectAt(1);
  });

  it.each([
    ['cluster 0', () => cluster.manager!.group.nodeId],
    ['the source', () => cluster.leaderOf(1)!.group.nodeId],
    ['the target', () => cluster.leaderOf(2)!.group.nodeId],
  ])('goes on when the leader of %s dies in the middle of it', async (_of, victim) => {
    await start({ partBytesMax: 1 });
    let phase = '';
    cluster.onTarget = (call) => {
      if (call !== 6) return;
      phase = [...cluster.manager!.state.topology.moves.values()].map((move) => move.phase).join();
      cluster.crash(victim());
    };
    await begin();
    await untilFinished();
    expect(phase).toBe('copying');
    const owner = cluster.manager!.state.topology.slots.ownerOf(ranges[0]!.first);
    await expectAt(owner);
  });

  it('waits, and says why, while the target has no majority; nothing is frozen before', async () => {
    await start();
    cluster.crash(4);
    cluster.crash(5);
    await begin();
    await cluster.settled(cluster.wait(8_000));
    const { topology } = cluster.manager!.state;
    expect([...topology.moves.values()].map(({ phase }) => phase)).toEqual(['copying']);
    expect(cluster.manager!.said.length).toBeGreaterThan(0);
    for (const { state } of cluster.hosts(1)) expect(state.ownsSlotOf(ids[0]!)).toBe(true);
  });
});
