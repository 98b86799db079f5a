import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../test/support/manual-clock.js';
import type { RaftGroup } from './cluster/group.js';
import { RaftoralError } from './errors/index.js';
import type { ManagementService } from './management/index.js';
import type { ExecutionClusters, HostedCluster, NodeHost } from './raftoral.clusters.js';
import { defaultManagement } from './raftoral.management-options.js';
import { ManagementFounding, ManagementLayer, type ManagementLayerParts } from './raftoral.management.js';
import { decodeCommand } from './workflow/command-codec.js';
import { CommandKind, MANAGEMENT_LEVEL } from './workflow/command.js';

const settle = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
};

const membershipOf = (...voters: readonly number[]): RaftGroup['membership'] => ({
  voters,
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
});

describe('ManagementFounding', () => {
  let proposed: unknown[];
  let review: () => void;

  /** The leader of cluster 1, on these voters of which it hears `live`. */
  function founding(voters: readonly number[], live: readonly number[]): ManagementFounding {
    proposed = [];
    const group = {
      isLeader: true,
      membership: membershipOf(...voters),
      livePeers: () => live,
      subscribe: (listener: { onApplied: () => void }) => {
        review = () => listener.onApplied();
        return () => undefined;
      },
      propose: (frame: Uint8Array) => {
        proposed.push(decodeCommand(frame));
        return Promise.resolve({ index: 1, term: 1, result: { ok: false, ignored: true, reason: 'not now' } });
      },
    } as unknown as RaftGroup;
    const state = { founders: [], codecLevel: MANAGEMENT_LEVEL };
    return new ManagementFounding(
      { clusterId: 1, group, state } as unknown as HostedCluster,
      defaultManagement(),
      new ManualClock(),
      () => undefined,
    );
  }

  it.each([
    ['the lowest ids among the voters', [5, 3, 1, 2, 4], [1, 2, 3, 4, 5], [1, 2, 3]],
    [
      'those that are alive first: a dead one may never come back, and nobody could replace it before there is a leader',
      [1, 2, 3, 4, 5],
      [3, 4, 5],
      [3, 4, 5],
    ],
    ['the dead where there are no others', [1, 2, 3], [2, 3], [1, 2, 3]],
    ['all voters where there are fewer than asked for', [2, 1], [1, 2], [1, 2]],
  ])('G1: cluster 0 begins with %s', async (_what, voters, live, members) => {
    const one = founding(voters, live);
    review();
    await settle();
    expect(proposed).toEqual([{ kind: CommandKind.FOUND_MANAGEMENT, members }]);
    one.stop();
  });
});

describe('ManagementLayer', () => {
  let calls: string[];
  let parts: ManagementLayerParts;

  beforeEach(() => {
    calls = [];
    const group = { membership: membershipOf(1), subscribe: () => () => undefined } as unknown as RaftGroup;
    const service = {
      topology: { deployment: '' },
      start: () => calls.push('start'),
      stop: () => {
        calls.push('stop');
        return Promise.resolve();
      },
      onTopology: () => () => undefined,
    } as unknown as ManagementService;
    parts = {
      identity: { deployment: 'd', nodeId: 1 },
      host: { createGroup: () => Promise.resolve(group), storedGroups: () => [0, 2], handle: () => undefined } as unknown as NodeHost,
      clusters: {
        get: () => null,
        all: () => [],
        openAll: ([clusterId]: readonly number[]) =>
          Promise.reject(new RaftoralError('STORAGE_DAMAGED', `group ${clusterId}: a row is damaged`)),
      } as unknown as ExecutionClusters,
      clock: new ManualClock(),
      logger: { isDebug: false, log: () => undefined },
      settings: defaultManagement(),
      makeManagement: () => service,
      forwarder: { route: () => undefined },
      addresses: () => [],
      knownNodes: () => [],
      requestTimeoutMs: 1_000,
    } as unknown as ManagementLayerParts;
  });

  it('what fails while it opens leaves nothing running: neither gossip nor the manager', async () => {
    await expect(ManagementLayer.open(parts, [1])).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' });
    expect(calls).toEqual(['start', 'stop']);
  });
});
