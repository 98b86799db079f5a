import { beforeEach, describe, expect, it } from '@jest/globals';
import { idOf, nodeInfo, TopologyUnderTest } from '../../test/support/topology-machine.js';
import type { RequestHandler } from '../cluster/group.js';
import { CLIENT_INFO_METHOD, CLIENT_LEAVE_METHOD, ClientDesk } from './client-desk.js';
import { decodeTopologyCommand } from './command-codec.js';
import { TopologyKind, type NodeInfo } from './command.js';
import { encodeInfo } from './request-codec.js';

const CLIENT: NodeInfo = nodeInfo({ role: 'client', incarnation: 7, zone: 'edge', workflows: [] });

let under: TopologyUnderTest;
let handlers: Map<string, RequestHandler>;
let proposed: string[];
/** What a read index brings to this replica. */
let behind: Array<() => void>;

beforeEach(() => {
  under = TopologyUnderTest.founded(3);
  [handlers, proposed, behind] = [new Map(), [], []];
  const group = {
    propose: async (frame: Uint8Array) => {
      const command = decodeTopologyCommand(frame);
      proposed.push(Object.entries(TopologyKind).find(([, kind]) => kind === command.kind)![0]);
      return { index: 1, term: 1, result: under.apply(command) };
    },
    readIndex: async () => {
      for (const catchUp of behind.splice(0)) catchUp();
      return 1;
    },
  };
  new ClientDesk({
    node: { handle: (method, handler) => void handlers.set(method, handler) },
    group,
    topology: () => under.topology,
  }).start();
});

const say = async (from: number, info: NodeInfo = CLIENT): Promise<void> =>
  void (await handlers.get(CLIENT_INFO_METHOD)!(from, encodeInfo(info), 1_000));
const leave = async (from: number): Promise<void> => void (await handlers.get(CLIENT_LEAVE_METHOD)!(from, new Uint8Array(0), 1_000));

const join = (): number => idOf(under.addNode('a', { role: 'client', incarnation: 0 }));

describe('ClientDesk', () => {
  it('K2: what a client says stands in the topology; said again it costs no entry, and an earlier process is not heard', async () => {
    const node = join();
    await say(node);
    expect(under.topology.nodes.get(node)?.info).toEqual(CLIENT);
    await say(node);
    await say(node, { ...CLIENT, incarnation: 6, zone: 'elsewhere' });
    expect([proposed, under.topology.nodes.get(node)?.info.zone]).toEqual([['SET_NODE_INFO'], 'edge']);
  });

  it('K3: one that this replica has not heard of yet is looked up; one that was removed hears so', async () => {
    behind.push(() => void join());
    await say(4);
    expect(under.topology.nodes.get(4)?.info).toEqual(CLIENT);
    await leave(4);
    expect(under.topology.nodes.has(4)).toBe(false);
    await expect(say(4)).rejects.toMatchObject({ code: 'NODE_LEFT', details: { nodeId: 4 } });
    // Left twice is left once.
    await leave(4);
    await expect(say(9)).rejects.toMatchObject({ code: 'TOPOLOGY_REFUSED', details: { reason: 'unknown-node' } });
  });

  it('is for clients: one that hosts a cluster does not become one by saying so, and no other node leaves this way', async () => {
    await expect(say(1)).rejects.toMatchObject({ code: 'TOPOLOGY_REFUSED', details: { reason: 'node-in-use' } });
    await expect(leave(1)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(say(join(), nodeInfo({ role: 'full' }))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(under.topology.nodes.get(1)).toMatchObject({ state: 'active', info: { role: 'full' } });
  });

  it('what is no info is refused', async () => {
    await expect(handlers.get(CLIENT_INFO_METHOD)!(join(), new Uint8Array([9]), 1_000)).rejects.toMatchObject({ code: 'MALFORMED_FRAME' });
  });
});
