import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../test/support/manual-clock.js';
import type { GroupListener, RaftGroup } from './cluster/group.js';
import { JOIN_STANDING } from './cluster/joining/joining-port.js';
import type { ManagementService, TopologyView } from './management/index.js';
import type { RaftoralNodeParts } from './raftoral.node-parts.js';
import { RaftoralNode } from './raftoral.node.js';
import { LEFT_NOTE, MemoryNodeNotes } from './storage/node-notes.js';
import type { PeerCallHandler, PeerIdentity } from './transport/network-transport-port.js';

const NODE_ID = 3;
const DEPLOYMENT = 'd';

const settle = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
};

class ListenedGroup {
  readonly listeners = new Set<Partial<GroupListener>>();
  readonly leaderId = 0;
  readonly isLeader = false;

  constructor(
    readonly groupId: number,
    private readonly voters: readonly number[],
  ) {}

  get membership(): RaftGroup['membership'] {
    return { voters: this.voters, votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
  }

  readonly subscribe = (listener: Partial<GroupListener>): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly readIndex = async (): Promise<number> => 1;
  readonly livePeers = (): readonly number[] => this.voters;
  readonly handle = (): void => undefined;
  readonly askWhetherRemoved = (): void => undefined;

  removed(): void {
    for (const { onRemoved } of this.listeners) onRemoved?.();
  }
}

/** A node of two layers that starts again: of clusters 0 and 1 something is stored. The others have replaced it in cluster 1 meanwhile. */
describe('RaftoralNode N6, while the management cluster is being opened', () => {
  let first: ListenedGroup;
  let openManagement: () => void;
  let closed: number[];
  let leftCount: number;
  let notes: MemoryNodeNotes;
  let calls: Map<string, PeerCallHandler>;
  let node: RaftoralNode;
  let started: Promise<void>;

  beforeEach(async () => {
    first = new ListenedGroup(1, [1, 2, NODE_ID]);
    closed = [];
    leftCount = 0;
    notes = new MemoryNodeNotes();
    calls = new Map();
    const zero = new ListenedGroup(0, [1, 2, NODE_ID]);
    const opening = new Promise<void>((resolve) => (openManagement = resolve));
    const clusters = new Map([
      [1, { clusterId: 1, confIndex: 9, members: [1, 2, 4].map((member) => ({ node: member, state: 'voter', replaces: 0 })) }],
    ]);
    const topology = { deployment: DEPLOYMENT, clusters, clusterIdHighest: 1, nodes: new Map() } as unknown as TopologyView;
    const service = {
      topology,
      start: () => undefined,
      stop: async () => undefined,
      onTopology: () => () => undefined,
    } as unknown as ManagementService;
    const host = {
      start: async () => undefined,
      stop: async () => undefined,
      handOver: async () => undefined,
      storedGroups: () => [0, 1],
      createGroup: () => opening.then(() => zero),
      closeGroup: async (groupId: number) => void closed.push(groupId),
      status: () => ({ state: 'running', failure: null, groups: [] }),
      handle: () => undefined,
    };
    const transport = {
      processId: 'p',
      advertised: '127.0.0.1:7400',
      listen: async () => undefined,
      call: async () => ({}),
      handle: (method: string, handler: PeerCallHandler) => void calls.set(method, handler),
      addresses: () => [],
      learnAddresses: () => undefined,
      setSeeds: () => undefined,
      onAddressesChanged: null,
    };
    const settings = {
      nodeId: NODE_ID,
      deployment: DEPLOYMENT,
      members: [1, 2, NODE_ID],
      management: null,
      transport: null,
      cluster: { isStatic: true, bootstrap: false, bootstrapExpect: 0, seeds: [], votersMax: 3, replaces: 0 },
      storage: { type: 'memory' },
      shutdown: { drainTimeoutMs: 0 },
      requestTimeoutMs: 1_000,
    };
    const workflows = { runtime: { start: () => undefined, stop: () => undefined, ended: null }, service: {} };
    node = new RaftoralNode({
      settings,
      clock: new ManualClock(),
      logger: { isDebug: false, log: () => undefined },
      transport,
      storage: {},
      notes,
      makeHost: () => host,
      makeGroup: async () => first,
      makeService: () => workflows,
      makeManagement: () => service,
      forwarder: { attach: () => undefined, detach: () => undefined, route: () => undefined, close: () => undefined },
    } as unknown as RaftoralNodeParts);
    node.onLeft = () => leftCount++;
    started = node.start();
    await settle();
  });

  it('its removal from cluster 1 ends that replica, and not the node', async () => {
    first.removed();
    openManagement();
    await started;
    await settle();
    expect({ phase: node.phase, running: node.nodeStatus().running, leftCount }).toEqual({ phase: 'running', running: true, leftCount: 0 });
    expect(await notes.read(LEFT_NOTE)).toBeNull();
    expect(closed).toEqual([1]);
    await node.stop();
  });

  it('nobody is told by cluster 1 whether he was removed from the deployment', async () => {
    const asked = calls.get(JOIN_STANDING)!({ nodeId: 2 } as PeerIdentity, { nodeId: 2 });
    await expect(asked).rejects.toMatchObject({ code: 'NOT_MEMBER' });
    openManagement();
    await started;
    await node.stop();
  });
});
