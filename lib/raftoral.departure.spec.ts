/** L4 and L5 of raftoral.departure.ts: somebody sets the node active again while it leaves; it is the last that runs code. The rest: test/e2e/two-layers.spec.ts, and the simulator's profile `topology`. */
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../test/support/manual-clock.js';
import { TopologyUnderTest, idOf } from '../test/support/topology-machine.js';
import type { NodeInfo } from './management/command.js';
import type { NodeView } from './management/state.js';
import { departFrom, hasStayed, type Departure } from './raftoral.departure.js';

const NODES = TopologyUnderTest.founded(2, [1, 2]);

interface Situation {
  /** Of this node in the topology, once it is drained: by whom it may be set active again. */
  readonly isDraining: boolean;
  readonly farewell: 'recorded' | 'needed' | 'unheard';
  /** The clusters that it is a member of after that. */
  readonly memberships: readonly number[];
  /** Of the topology; default: nobody is known to run code. */
  readonly under?: TopologyUnderTest;
  /** What happens when it is drained. */
  readonly meanwhile?: () => void;
}

function leaving({ isDraining, farewell, memberships, under, meanwhile }: Situation): {
  readonly departure: Departure;
  readonly did: string[];
} {
  const did: string[] = [];
  const membership = { voters: [1, 2], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
  const group = (groupId: number): object => ({
    groupId,
    membership,
    remove: async (node: number) => void did.push(`${groupId}: remove ${node}`),
  });
  const nodes = new Map(under?.topology.nodes ?? []);
  const { info } = NODES.topology.nodes.get(2)!;
  const topology = { nodes, clusters: under?.topology.clusters ?? new Map(), hostedBy: () => 0 };
  const set = (draining: boolean): void => {
    const known = { info, ...under?.topology.nodes.get(2), state: draining ? 'draining' : 'active', isDraining: draining };
    nodes.set(2, known as NodeView);
  };
  set(false);
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
            set(isDraining && state === 'draining');
            if (state === 'draining') meanwhile?.();
            for (const [id, record] of under?.topology.nodes ?? []) if (id !== 2) nodes.set(id, record);
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

  describe('L5: that is the last voter of a cluster that runs code', () => {
    const VOTES = { role: 'voter-only' } as const;
    const NOTHING = { workflows: [] };
    /** The nodes of cluster 5, where nodes 1 and 2 are alone in cluster 1. */
    function deployed(...more: ReadonlyArray<Partial<NodeInfo>>): TopologyUnderTest {
      const under = TopologyUnderTest.founded([{}, {}, ...more], [1]);
      for (let id = 2; id < 5; id++) idOf(under.create([1]));
      idOf(under.create([2, ...more.map((_, i) => i + 3)]));
      return under;
    }
    const situation = { isDraining: true, farewell: 'recorded', memberships: [] } as const;

    it.each([
      ['beside those that only vote', [VOTES, VOTES]],
      ['beside those that have registered nothing', [NOTHING, NOTHING]],
    ])('is refused before anything is begun, %s: what would have happened, and what to do', async (_name, others) => {
      const { departure, did } = leaving({ ...situation, under: deployed(...others) });
      const error = await errorOf(departFrom(departure));
      expect(error).toMatchObject({
        code: 'MEMBERSHIP_REFUSED',
        message: expect.stringMatching(
          /node 2 is the last voter of cluster 5 that runs code: .*stand still.*add a node that runs code first/,
        ),
        details: { reason: 'last-with-code', node: 2, groupId: 5 },
      });
      expect(hasStayed(error)).toBe(false);
      expect(did).toEqual([]);
    });

    it('goes where another voter runs code, or none ever did', async () => {
      const beside = leaving({ ...situation, under: deployed(VOTES, {}) });
      await departFrom(beside.departure);
      expect(beside.did).toEqual(GONE);
      const under = deployed(VOTES, VOTES);
      for (const node of [1, 2]) idOf(under.nodeInfo(node, { incarnation: 2, workflows: [] }));
      const unregistered = leaving({ ...situation, under });
      await departFrom(unregistered.departure);
      expect(unregistered.did).toEqual(GONE);
    });

    it('is taken back when the other one has begun to leave meanwhile', async () => {
      const under = deployed(VOTES, {});
      const { departure, did } = leaving({ ...situation, under, meanwhile: () => void idOf(under.nodeState(4, 'draining')) });
      expect(await errorOf(departFrom(departure))).toMatchObject({ code: 'MEMBERSHIP_REFUSED', details: { reason: 'last-with-code' } });
      expect(did).toEqual(['2 is draining', 'resume', '2 is active']);
    });
  });
});
