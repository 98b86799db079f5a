/**
 * What the managements of two nodes ask each other: how the groups stand that a node leads, a step of a group's membership, a plan, what a node says of itself.
 */
import { decodeError, encodeError } from '../../../lib/cluster/request-error.js';
import type { RaftGroup, RequestHandler } from '../../../lib/cluster/group.js';
import { RaftoralError, isRaftoralError } from '../../../lib/errors/index.js';
import { CLIENT_INFO_METHOD, CLIENT_LEAVE_METHOD, ClientDesk } from '../../../lib/management/client-desk.js';
import { decodeTopologyCommand } from '../../../lib/management/command-decoder.js';
import type { NodeInfo } from '../../../lib/management/command.js';
import { Farewell, LEFT_METHOD } from '../../../lib/management/farewell.js';
import { Founding, INFO_METHOD } from '../../../lib/management/founding.js';
import { ALIVE_METHOD, GroupSteps, STEP_METHOD } from '../../../lib/management/group-steps.js';
import { PLAN_METHOD } from '../../../lib/management/management-service.js';
import type { ManagementNode } from '../../../lib/management/node-port.js';
import { GROUPS_METHOD, Observer } from '../../../lib/management/observer.js';
import type { GroupStep, ManagerPlan } from '../../../lib/management/placement/manager/view.js';
import { decodePlan, encodeInfo, encodePlan } from '../../../lib/management/request-codec.js';
import type { TopologyAnswer, TopologyView } from '../../../lib/management/state.js';
import type { MembershipService } from '../../../lib/membership/index.js';
import { ManualClock } from '../../support/manual-clock.js';
import { TopologyUnderTest } from '../../support/topology-machine.js';
import { DEPLOYMENT, bytesOfText, textOfBytes, type CallScript, type Reply, type Respond } from './script.js';

const INFO: NodeInfo = {
  incarnation: 1_700_000_000_003,
  addresses: ['größe-3:7000'],
  zone: 'eu-1',
  labels: [{ name: 'disk', value: 'ssd' }],
  capacity: 12,
  role: 'voter-only',
  codecLevelMax: 1,
  workflows: [{ name: 'order', versions: [1, 3] }],
};

/** Bytes that are no text, as text. */
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOfHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

interface Text {
  readonly of: (bytes: Uint8Array) => string;
  readonly bytes: (text: string) => Uint8Array;
}

const JSON_TEXT: Text = { of: textOfBytes, bytes: bytesOfText };
const HEX_TEXT: Text = { of: hexOf, bytes: bytesOfHex };

function nodeOf(
  nodeId: number,
  more: Partial<ManagementNode>,
): { readonly node: ManagementNode; readonly handlers: Map<string, RequestHandler> } {
  const handlers = new Map<string, RequestHandler>();
  const node: ManagementNode = {
    nodeId,
    deployment: DEPLOYMENT,
    incarnation: 1,
    request: () => Promise.reject(new Error('it asks nobody')),
    tell: () => undefined,
    handle: (method, handler) => void handlers.set(method, handler),
    groups: () => [],
    ...more,
  };
  return { node, handlers };
}

/** A node whose only peer answers as `respond` does. */
function askingNode(respond: Respond, text: Text = JSON_TEXT): ManagementNode {
  const request = async (_to: number, _method: string, body: Uint8Array): Promise<Uint8Array> => {
    const { ok, text: answer } = await respond(textOfBytes(body));
    if (ok) return text.bytes(answer);
    throw decodeError(bytesOfText(answer));
  };
  return nodeOf(1, { request }).node;
}

async function replyOf(work: Promise<Uint8Array>, text: Text = JSON_TEXT): Promise<Reply> {
  try {
    return { ok: true, text: text.of(await work) };
  } catch (error) {
    return { ok: false, text: textOfBytes(encodeError(error)) };
  }
}

async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return { result: (await work) ?? null };
  } catch (error) {
    if (!isRaftoralError(error)) throw error;
    return { refused: error.code, details: error.details };
  }
}

function step(name: string, asked: GroupStep, refusal: RaftoralError | null = null): CallScript {
  return {
    name: `${STEP_METHOD} ${name}`,
    method: STEP_METHOD,
    ask: (respond) => outcomeOf(new GroupSteps(askingNode(respond), {} as RaftGroup).ask(2, asked, 1_000)),
    serve: async (request) => {
      const did: unknown[] = [];
      const note =
        (operation: string) =>
        async (...args: number[]): Promise<void> => {
          if (refusal !== null) throw refusal;
          did.push([operation, ...args]);
        };
      const operations = ['addLearner', 'promote', 'remove', 'demote', 'replace', 'exchange'].map((one) => [one, note(one)] as const);
      const group = { groupId: 3, isLeader: true, ...Object.fromEntries(operations) } as unknown as RaftGroup;
      const { node, handlers } = nodeOf(2, { groups: () => [{ group, openWorkflows: 0, startsTotal: 0 }] });
      new GroupSteps(node, group).start();
      const reply = await replyOf(handlers.get(STEP_METHOD)!(1, bytesOfText(request), 1_000));
      return { reply, did };
    },
  };
}

function groups(name: string, more: { readonly votersOutgoing?: readonly number[]; readonly isLeader?: boolean }): CallScript {
  const { votersOutgoing = [], isLeader = true } = more;
  const observerOf = (node: ManagementNode): Observer => {
    const { topology } = TopologyUnderTest.founded(4, [1, 2, 3]);
    const gossip = { member: () => ({ status: 1 }), subscribe: () => () => undefined } as unknown as MembershipService;
    const group = { isLeader: false } as unknown as RaftGroup;
    return new Observer({
      node,
      group,
      topology: () => topology,
      gossip,
      clock: new ManualClock(),
      askTimeoutMs: 100,
      isStepping: () => false,
      onLed: () => undefined,
    });
  };
  return {
    name: `${GROUPS_METHOD} ${name}`,
    method: GROUPS_METHOD,
    ask: async (respond) => {
      let answers = 0;
      // One of the members answers: the others are silent.
      const once: Respond = async (request) => (++answers === 1 ? respond(request) : { ok: true, text: '{"groups":[]}' });
      return [...(await observerOf(askingNode(once)).groups([1])).values()];
    },
    serve: async (request) => {
      const status = {
        term: 7,
        halted: null,
        appliedIndex: 300,
        lastIndex: 300,
        membership: { voters: [1, 2, 3], votersOutgoing, learners: [4], learnersNext: [], autoLeave: false },
        progress: [{ id: 4, match: 290, state: 'replicate', learner: true }],
      };
      const group = { groupId: 1, nodeId: 2, isLeader, status: () => status } as unknown as RaftGroup;
      const { node, handlers } = nodeOf(2, { groups: () => [{ group, openWorkflows: 12, startsTotal: 3_000 }] });
      observerOf(node).start();
      return { reply: await replyOf(handlers.get(GROUPS_METHOD)!(1, bytesOfText(request), 1_000)), did: null };
    },
  };
}

const PLAN: ManagerPlan = {
  decisions: [
    { rule: 'fill', explanation: 'cluster 1 has 2 of 3 voters', step: { clusterId: 1, operation: 'add-learner', node: 4 } },
    { rule: 'drain', explanation: 'node 5 is draining', command: { kind: 12, node: 5, state: 'draining', decidedOn: 9 } },
  ],
  waiting: ['cluster 2 has no leader that is known'],
};

const plan: CallScript = {
  name: PLAN_METHOD,
  method: PLAN_METHOD,
  ask: async (respond) => decodePlan(await askingNode(respond).request(2, PLAN_METHOD, new Uint8Array(0), 1_000)),
  serve: async () => ({ reply: { ok: true, text: textOfBytes(encodePlan(PLAN)) }, did: null }),
};

const info: CallScript = {
  name: INFO_METHOD,
  method: INFO_METHOD,
  ask: async (respond) => {
    const parts = { node: askingNode(respond, HEX_TEXT), info: () => INFO, targetSize: 3, askTimeoutMs: 100 };
    return (await new Founding(parts).command({ nodes: [2], voters: [2], nodeIdHighest: 2 })).nodes;
  },
  serve: async (request) => {
    const { node, handlers } = nodeOf(2, {});
    new Founding({ node, info: () => INFO, targetSize: 3, askTimeoutMs: 100 }).start();
    return { reply: await replyOf(handlers.get(INFO_METHOD)!(1, bytesOfText(request), 1_000), HEX_TEXT), did: null };
  },
};

/** A sign of life. */
const alive: CallScript = {
  name: ALIVE_METHOD,
  method: ALIVE_METHOD,
  ask: (respond) => {
    const management = { groupId: 0, isLeader: true, promote: async () => undefined } as unknown as RaftGroup;
    return outcomeOf(new GroupSteps(askingNode(respond), management).ask(1, { clusterId: 0, operation: 'promote', node: 2 }, 1_000));
  },
  serve: async (request) => {
    const { node, handlers } = nodeOf(2, {});
    new GroupSteps(node, {} as RaftGroup).start();
    return { reply: await replyOf(handlers.get(ALIVE_METHOD)!(1, bytesOfText(request), 1_000)), did: null };
  },
};

/** Cluster 0 as whoever is asked has it: nodes 1 to 4, of which 4 is a client, and hosts nothing. */
function managed(did: unknown[]): { readonly group: RaftGroup<TopologyAnswer>; readonly topology: () => TopologyView } {
  const under = TopologyUnderTest.founded([{}, {}, {}, { role: 'client', incarnation: 0 }]);
  const group = {
    readIndex: async () => ({ index: 0 }),
    propose: async (frame: Uint8Array) => {
      const command = decodeTopologyCommand(frame);
      did.push(command);
      return { index: 0, result: under.apply(command) };
    },
  } as unknown as RaftGroup<TopologyAnswer>;
  return { group, topology: () => under.topology };
}

/** Of node `from`: what it says of itself where it is no member of cluster 0. */
function client(name: string, method: string, from: number, body: Uint8Array): CallScript {
  return {
    name: `${method} ${name}`,
    method,
    ask: async (respond) => {
      const { ok, text } = await respond(hexOf(body));
      return outcomeOf(ok ? Promise.resolve() : Promise.reject(decodeError(bytesOfText(text))));
    },
    serve: async (request) => {
      const did: unknown[] = [];
      const { node, handlers } = nodeOf(2, {});
      new ClientDesk({ node, ...managed(did) }).start();
      return { reply: await replyOf(handlers.get(method)!(from, bytesOfHex(request), 1_000), HEX_TEXT), did };
    },
  };
}

function left(name: string, from: number): CallScript {
  return {
    name: `${LEFT_METHOD} ${name}`,
    method: LEFT_METHOD,
    ask: (respond) => {
      const group = { membership: { voters: [1, 2] }, leaderId: 2 } as unknown as RaftGroup<TopologyAnswer>;
      const { topology } = TopologyUnderTest.founded(4, [1, 2, 3]);
      return outcomeOf(
        new Farewell({ node: askingNode(respond, HEX_TEXT), group, topology: () => topology, clock: new ManualClock() }).say(0),
      );
    },
    serve: async (request) => {
      const did: unknown[] = [];
      const { node, handlers } = nodeOf(2, {});
      new Farewell({ node, ...managed(did), clock: new ManualClock() }).start();
      return { reply: await replyOf(handlers.get(LEFT_METHOD)!(from, bytesOfHex(request), 1_000), HEX_TEXT), did };
    },
  };
}

const CLIENT: NodeInfo = { ...INFO, role: 'client', capacity: 0, workflows: [] };

const REFUSAL = new RaftoralError('MEMBERSHIP_REFUSED', 'cluster 3: it lags', { details: { reason: 'lagging', node: 4 } });

export const managementScripts: readonly CallScript[] = [
  step('add-learner', { clusterId: 3, operation: 'add-learner', node: 4 }),
  step('promote', { clusterId: 3, operation: 'promote', node: 4 }),
  step('remove', { clusterId: 3, operation: 'remove', node: 4 }),
  step('demote', { clusterId: 3, operation: 'demote', node: 4 }),
  step('replace', { clusterId: 3, operation: 'replace', node: 4, lost: 2 }),
  step('exchange', { clusterId: 3, operation: 'exchange', node: 4, lost: 2 }),
  step('promote, refused', { clusterId: 3, operation: 'promote', node: 4 }, REFUSAL),
  groups('of a leader', {}),
  groups('of a leader in a joint configuration', { votersOutgoing: [1, 2] }),
  groups('of a node that leads nothing', { isLeader: false }),
  plan,
  info,
  alive,
  client('of a client', CLIENT_INFO_METHOD, 4, encodeInfo(CLIENT)),
  client('of a node that is not known, refused', CLIENT_INFO_METHOD, 5, encodeInfo(CLIENT)),
  client('of a client', CLIENT_LEAVE_METHOD, 4, new Uint8Array(0)),
  client('of a member, refused', CLIENT_LEAVE_METHOD, 1, new Uint8Array(0)),
  left('of a node that is in nothing any more', 4),
  left('of a member, refused', 1),
];
