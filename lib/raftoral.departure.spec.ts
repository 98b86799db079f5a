/** L4 of raftoral.departure.ts: somebody sets the node active again while it leaves. The rest: test/e2e/two-layers.spec.ts, and the simulator's profile `topology`. */
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../test/support/manual-clock.js';
import { departFrom, hasStayed, type Departure } from './raftoral.departure.js';

interface Situation {
  /** Of this node in the topology, once it is drained: by whom it may be set active again. */
  readonly isDraining: boolean;
  readonly farewell: 'recorded' | 'needed' | 'unheard';
  /** The clusters that it is a member of after that. */
  readonly memberships: readonly number[];
}

function leaving({ isDraining, farewell, memberships }: Situation): { readonly departure: Departure; readonly did: string[] } {
  const did: string[] = [];
  const membership = { voters: [1, 2], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
  const group = (groupId: number): object => ({
    groupId,
    membership,
    remove: async (node: number) => void did.push(`${groupId}: remove ${node}`),
  });
  const topology = { nodes: new Map([[2, { isDraining: false }]]), hostedBy: () => 0 };
  const departure = {
    nodeId: 2,
    clusters: {
      all: () => [{ clusterId: 5, group: group(5) }],
      get: () => null,
      memberships: () => memberships,
      drain: async () => void did.push('drain'),
      resume: () => void did.push('resume'),
    },
    layer: {
      group: group(0),
      service: {
        topology,
        runtime: {
          setNodeState: async (node: number, state: string) => {
            did.push(`${node} is ${state}`);
            topology.nodes.set(node, { isDraining });
          },
        },
        sayFarewell: async () => (did.push('farewell'), farewell),
      },
    },
    clock: new ManualClock(),
    logger: { isDebug: false, log: (level: string) => void did.push(level) },
    drainTimeoutMs: 1_000,
    removeTimeoutMs: 1_000,
  } as unknown as Departure;
  return { departure, did };
}

const errorOf = (work: Promise<void>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

const GONE = ['2 is draining', 'drain', '5: remove 2', '0: remove 2', 'farewell'];

describe('a node that leaves two layers', () => {
  it('is drained, goes out of its clusters, then out of the management cluster, and says so', async () => {
    const { departure, did } = leaving({ isDraining: true, farewell: 'recorded', memberships: [] });
    await departFrom(departure);
    expect(did).toEqual(GONE);
  });

  it('L4: stays a member of the management cluster if it was set active again by then', async () => {
    const { departure, did } = leaving({ isDraining: false, farewell: 'recorded', memberships: [] });
    const error = await errorOf(departFrom(departure));
    expect(error).toMatchObject({ code: 'MEMBERSHIP_REFUSED', details: { reason: 'set-active', node: 2, mustRestart: false } });
    expect(hasStayed(error)).toBe(true);
    expect(did).toEqual(['2 is draining', 'drain', '5: remove 2', 'resume']);
  });

  it('L4: keeps what it was given after its last removal, before its farewell', async () => {
    const { departure, did } = leaving({ isDraining: true, farewell: 'needed', memberships: [7] });
    const error = await errorOf(departFrom(departure));
    expect(error).toMatchObject({
      code: 'MEMBERSHIP_REFUSED',
      message: expect.stringContaining('cluster 7'),
      details: { reason: 'set-active', node: 2, mustRestart: true },
    });
    expect(hasStayed(error)).toBe(true);
    expect(did).toEqual([...GONE, 'resume']);
  });

  it('L4: goes where the topology alone still counts on it, and says so in its log; or where nobody hears it', async () => {
    const late = leaving({ isDraining: true, farewell: 'needed', memberships: [] });
    await departFrom(late.departure);
    expect(late.did).toEqual([...GONE, 'warn']);
    // Its replica may not have heard of its removal.
    const unheard = leaving({ isDraining: true, farewell: 'unheard', memberships: [5] });
    await departFrom(unheard.departure);
    expect(unheard.did).toEqual(GONE);
  });
});
