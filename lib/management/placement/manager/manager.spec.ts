import { describe, expect, it } from '@jest/globals';
import { TopologyUnderTest, idOf } from '../../../../test/support/topology-machine.js';
import { TopologyWorld, describeDecision, type WorldOptions } from '../../../../test/support/topology-world.js';
import { TopologyKind, type NodeInfo } from '../../command.js';
import { planRound } from './manager.js';
import { DEFAULT_MANAGER_POLICY } from './view.js';

interface Row {
  readonly name: string;
  readonly world: WorldOptions;
  /** What happens before the manager looks. */
  readonly after?: (w: TopologyWorld) => void;
  readonly decides: readonly string[];
  /** One for each decision. */
  readonly because?: readonly RegExp[];
  readonly waits?: readonly RegExp[];
  /** All that it says of what waits. */
  readonly says?: readonly string[];
}

const HOUR = 3_600_000;
const zones = (...names: readonly string[]): WorldOptions['nodes'] => names.map((zone) => ({ zone }));

/** Cluster 2, which has its share of the slots. */
function second(w: TopologyWorld, members: readonly number[]): void {
  idOf(w.t.create(members));
  w.carryOutAll(0);
  idOf(w.t.targets({ 1: 2048, 2: 2048 }));
  w.t.move(1, 2, [{ first: 2048, count: 2048 }]);
}

const ROWS: readonly Row[] = [
  { name: 'three nodes in one cluster: nothing is to be done', world: { nodes: 3 }, decides: [] },
  // --- nodes
  {
    name: 'a node that joined and answers is active',
    world: { nodes: 3 },
    after: (w) => w.join(),
    decides: ['node-state: SET_NODE_STATE 4 active'],
    because: [/has joined and answers/],
  },
  {
    name: 'one that is silent for less than nodeDownAfter is waited for',
    world: { nodes: 4 },
    after: (w) => (w.setLive(3, false), w.pass(29_999)),
    decides: [],
  },
  {
    name: 'one that is silent for nodeDownAfter is down',
    world: { nodes: 4, members: [1, 2, 4] },
    after: (w) => (w.setLive(3, false), w.pass(30_000)),
    decides: ['node-state: SET_NODE_STATE 3 down'],
    because: [/node 3 has been silent for 30000 ms, and nodeDownAfter is 30000 ms/],
  },
  {
    name: 'one that joined and was never heard of is down after the same time',
    world: { nodes: 3 },
    after: (w) => (idOf(w.t.addNode('x')), w.pass(30_000)),
    decides: ['node-state: SET_NODE_STATE 4 down'],
  },
  {
    name: 'one that is back is active, and its place in a cluster is its own',
    world: { nodes: 4 },
    after: (w) => (w.lose(3), w.setLive(3, true)),
    decides: ['node-state: SET_NODE_STATE 3 active'],
    because: [/node 3 is back/],
  },
  // --- repair
  {
    name: 'a dead voter is replaced: the wish first',
    world: { nodes: 4 },
    after: (w) => w.lose(3),
    decides: ['management-voters: cluster 0 exchange 4 for 3', 'repair: ASSOCIATE 1 + 4 for 3'],
    because: [
      /voter 3 of the management cluster is down: learner 4/,
      /voter 3 of cluster 1 is down: node 4 takes its place \(no zone, in 0 of at most 4 clusters\)/,
    ],
  },
  {
    name: 'then a learner',
    world: { nodes: 4, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (w.lose(3), idOf(w.t.associate(1, 4, { replaces: 3 }))),
    decides: ['group-step: cluster 1 add-learner 4'],
    because: [/begins as a learner/],
  },
  {
    name: 'then it is waited until it has caught up',
    world: { nodes: 4, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (w.lose(3), idOf(w.t.associate(1, 4, { replaces: 3 })), w.carryOutAll()),
    decides: [],
    waits: [/node 4 catches up with cluster 1/],
  },
  {
    name: 'then one joint change',
    world: { nodes: 4, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (w.lose(3), idOf(w.t.associate(1, 4, { replaces: 3 })), w.round()),
    decides: ['group-step: cluster 1 replace 4 for 3'],
    because: [/in one joint change/],
  },
  {
    name: 'then what the log has decided is recorded',
    world: { nodes: 4, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (w.lose(3), idOf(w.t.associate(1, 4, { replaces: 3 })), w.round(), w.round()),
    decides: ['record-members: RECORD_MEMBERS 1 1 2 4 | '],
  },
  {
    name: 'who is to join and has fallen silent is not added: the group would count on it',
    world: { nodes: 4, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (w.lose(3), idOf(w.t.associate(1, 4, { replaces: 3 })), w.setLive(4, false)),
    decides: [],
  },
  {
    name: 'no node is free: the dead stays a member, for it may come back',
    world: { nodes: 3 },
    after: (w) => w.lose(3),
    decides: [],
    waits: [/voter 3 of the management cluster is down, and no learner/, /voter 3 of cluster 1 is down, and no active node with room/],
  },
  {
    name: 'after nodeForgetAfter it is not waited for any longer',
    world: { nodes: 3 },
    after: (w) => (w.lose(3), w.pass(25 * HOUR)),
    decides: ['repair: DISASSOCIATE 1 - 3'],
    because: [/is not waited for any longer/],
  },
  {
    name: 'a joining node that goes down is given up',
    world: { nodes: 5, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (w.lose(3), idOf(w.t.associate(1, 4, { replaces: 3 })), w.round(), w.lose(4)),
    decides: ['repair: DISASSOCIATE 1 - 4'],
    because: [/never became a voter/],
  },
  {
    name: 'a cluster without a majority can not be changed',
    world: { nodes: 5, management: [1], policy: { managementVoters: 1 } },
    after: (w) => w.lose(2, 3),
    decides: [],
    waits: [/cluster 1 has no leader that is known \(voters 1, 2, 3\)/],
  },
  {
    name: 'a replacement comes from the zone that the cluster lacks, before the node with less to do',
    world: { nodes: zones('a', 'b', 'c', 'a', 'c'), management: [1], policy: { managementVoters: 1 } },
    after: (w) => w.lose(3),
    decides: ['repair: ASSOCIATE 1 + 5 for 3'],
    because: [/zone c/],
  },
  {
    name: 'a node that runs code comes before one that only votes; a client never',
    world: { nodes: [{}, {}, {}, { role: 'client' }, { role: 'voter-only' }, {}], management: [1], policy: { managementVoters: 1 } },
    after: (w) => (w.leaveManagement(4), w.lose(3)),
    decides: ['repair: ASSOCIATE 1 + 6 for 3'],
  },
  {
    name: 'the last member that runs code has one that does for its replacement, whatever the zones say',
    world: {
      nodes: [
        { zone: 'a' },
        { zone: 'b', role: 'voter-only' },
        { zone: 'c', role: 'voter-only' },
        { zone: 'a', role: 'voter-only' },
        { zone: 'b' },
      ],
      management: [2],
      policy: { managementVoters: 1 },
    },
    after: (w) => w.lose(1),
    decides: ['repair: ASSOCIATE 1 + 5 for 1'],
  },
  {
    name: 'a cluster of nodes that only vote is not made, and the plan says what is missing',
    world: {
      nodes: [{ capacity: 1 }, { capacity: 1 }, { capacity: 1 }, { role: 'voter-only' }, { role: 'voter-only' }, { role: 'voter-only' }],
      policy: { targetSize: 1 },
    },
    decides: [],
    waits: [/clusters are wanted for 6 nodes/],
  },
  {
    name: 'one that was made of them by hand gets a node that runs code, and no slot before',
    world: { nodes: [{}, {}, {}, { role: 'voter-only' }], management: [1], policy: { managementVoters: 1 } },
    after: (w) => (idOf(w.t.create([4], { targetSize: 1 })), w.carryOutAll(0)),
    decides: ['spread: ASSOCIATE 2 + 1 for 4'],
    because: [/nobody in cluster 2 runs code: node 1 takes the place of node 4/],
  },
  {
    name: 'where no node that runs code has room it waits, and the plan says what is missing',
    world: {
      nodes: [{ capacity: 1 }, { capacity: 1 }, { capacity: 1 }, { role: 'voter-only' }],
      management: [1],
      policy: { managementVoters: 1 },
    },
    after: (w) => (idOf(w.t.create([4], { targetSize: 1 })), w.carryOutAll(0)),
    decides: [],
    waits: [/nobody in cluster 2 runs code, and no active node that does has room/],
  },
  {
    name: 'the last member that runs code is not drained into the hands of those that only vote',
    world: {
      nodes: [{}, { role: 'voter-only' }, { role: 'voter-only' }],
      members: [1, 2],
      management: [2],
      policy: { managementVoters: 1 },
    },
    after: (w) => idOf(w.t.nodeState(1, 'draining')),
    decides: ['fill: ASSOCIATE 1 + 3'],
    waits: [/node 1 is draining.*nobody else there runs code, and no node that does can take its place: add a node first/],
  },
  {
    name: 'but once another node runs code, and who waits for that keeps nobody else',
    world: {
      nodes: [{}, { role: 'voter-only' }, { role: 'voter-only' }, { role: 'voter-only' }],
      management: [4],
      policy: { managementVoters: 1 },
    },
    after: (w) => (idOf(w.t.nodeState(1, 'draining')), idOf(w.t.nodeState(2, 'draining'))),
    decides: ['drain: ASSOCIATE 1 + 4 for 2'],
    waits: [/node 1 is draining.*nobody else there runs code/],
  },
  {
    name: 'the slots of one that retires go to those that run code',
    world: {
      nodes: [{}, {}, {}, {}, {}, { role: 'voter-only' }],
      management: [1],
      policy: { managementVoters: 1, changingClustersMax: 1 },
    },
    after: (w) => {
      second3(w);
      // Nothing is done about it: another cluster changes.
      idOf(w.t.create([6], { targetSize: 1 }));
      w.carryOutAll(0);
      w.lose(3);
      idOf(w.t.associate(2, 1, { replaces: 3 }));
      idOf(w.t.clusterState(1, 'retiring'));
    },
    decides: ['group-step: cluster 2 add-learner 1', 'slot-targets: SET_SLOT_TARGETS 2=4096'],
    because: [/learner/, /its 2048 slots go to cluster 2/],
    waits: [/nobody in cluster 3 runs code.*it waits: 1 clusters change already/],
  },
  // --- nodes that have registered no workflow
  {
    name: 'nodes without any workflow have no cluster made of them, and the plan names them',
    world: { nodes: [{}, {}, {}, ...idle(3)], management: [1], policy: { managementVoters: 1 } },
    decides: [],
    waits: [/^each of nodes 4, 5, 6 has registered no workflow: .* no cluster is made for it; start it with the application/m],
  },
  {
    name: 'once they have registered some, there is one',
    world: { nodes: [{}, {}, {}, ...idle(3)], management: [1], policy: { managementVoters: 1 } },
    after: (w) => [4, 5, 6].forEach((node) => idOf(w.t.nodeInfo(node, { incarnation: 2 }))),
    decides: ['create: CREATE_CLUSTER 4 5 6'],
    because: [/6 nodes can host clusters: 2 are wanted/],
  },
  {
    name: 'where nobody has registered any, all nodes of role full count, and nothing is said',
    world: { nodes: idle(6), management: [1], policy: { managementVoters: 1 } },
    decides: ['create: CREATE_CLUSTER 4 5 6'],
  },
  {
    name: 'a cluster that was made of such nodes gets one that runs code in the place of one of them',
    world: { nodes: [{}, {}, {}, ...idle(3)], management: [1], policy: { managementVoters: 1 } },
    after: (w) => second(w, [4, 5, 6]),
    decides: ['spread: ASSOCIATE 2 + 1 for 6'],
    because: [/nobody in cluster 2 runs code: node 1 takes the place of node 6/],
    waits: [/each of nodes 4, 5, 6 has registered no workflow/],
  },
  {
    name: 'one that has no slots yet gets none before',
    world: { nodes: [...full(1, 1, 1), ...idle(3)], management: [1], policy: { managementVoters: 1 } },
    after: (w) => (idOf(w.t.create([4, 5, 6])), w.carryOutAll(0)),
    decides: [],
    waits: [/nobody in cluster 2 runs code, and no active node that does has room/],
  },
  {
    name: 'it heals by itself when one of its members registers: then it gets its slots',
    world: { nodes: [...full(1, 1, 1), ...idle(3)], management: [1], policy: { managementVoters: 1 } },
    after: (w) => (idOf(w.t.create([4, 5, 6])), w.carryOutAll(0), idOf(w.t.nodeInfo(5, { incarnation: 2, capacity: 1 }))),
    decides: ['slot-targets: SET_SLOT_TARGETS 1=2048 2=2048'],
    waits: [/each of nodes 4, 6 has registered no workflow/],
  },
  {
    name: 'a node that was started again without the application gives its place, where it was the last with code',
    world: { nodes: [{}, ...voterOnly(2), {}], management: [2], policy: { managementVoters: 1 } },
    after: (w) => idOf(w.t.nodeInfo(1, { incarnation: 2, workflows: [] })),
    decides: ['spread: ASSOCIATE 1 + 4 for 3'],
    because: [/nobody in cluster 1 runs code/],
    waits: [/^node 1 has registered no workflow/m],
  },
  {
    name: 'a dead voter is replaced by one that runs code before one that has registered nothing',
    world: { nodes: [{}, {}, {}, ...idle(1), {}], management: [1], policy: { managementVoters: 1 } },
    after: (w) => w.lose(3),
    decides: ['repair: ASSOCIATE 1 + 5 for 3'],
  },
  {
    name: 'the last member that runs code is not drained into the hands of those that have registered nothing',
    world: { nodes: [{}, ...idle(3)], management: [2], policy: { managementVoters: 1 } },
    after: (w) => idOf(w.t.nodeState(1, 'draining')),
    decides: [],
    waits: [/node 1 is draining.*nobody else there runs code, and no node that does can take its place/],
  },
  {
    name: 'nor is it the one that a cluster above its size gives up',
    world: { nodes: [...idle(2), {}], management: [1], policy: { managementVoters: 1 } },
    after: (w) => smaller(w, 1),
    decides: ['shrink: DISASSOCIATE 1 - 2'],
  },
  {
    name: 'for the sake of balance it does not give its place to one that has registered nothing',
    world: {
      nodes: [{ zone: 'a' }, { zone: 'a' }, { zone: 'b' }, { zone: 'c', workflows: [] }],
      management: [1],
      policy: { managementVoters: 1 },
    },
    decides: [],
    waits: [/^node 4 has registered no workflow/m],
  },
  {
    name: 'more clusters than the nodes that run code ask for are merged',
    world: { nodes: [{}, {}, {}, ...idle(3)], management: [1], policy: { managementVoters: 1, settleMs: 0 } },
    after: (w) => (second(w, [1, 4, 5]), w.load(1, 2_000), w.load(2, 1_000)),
    decides: ['merge: SET_CLUSTER_STATE 2 retiring'],
  },
  {
    name: 'of one that has not said yet what it is nothing is said',
    world: { nodes: [{}, {}, {}, { incarnation: 0, capacity: 0, workflows: [] }], management: [1], policy: { managementVoters: 1 } },
    decides: [],
    says: [],
  },
  {
    name: 'a node at its capacity is never chosen',
    world: { nodes: [{}, {}, {}, { capacity: 0 }], management: [1], policy: { managementVoters: 1 } },
    after: (w) => w.lose(3),
    decides: [],
    waits: [/raise a capacity/],
  },
  {
    name: 'nor one that hosts as many clusters as it may',
    world: { nodes: [1, 1, 1, 1].map((capacity) => ({ capacity })), management: [1], policy: { managementVoters: 1 } },
    after: (w) => (idOf(w.t.create([4], { targetSize: 1 })), w.carryOutAll(0), w.lose(3)),
    decides: ['slot-targets: SET_SLOT_TARGETS 1=2048 2=2048'],
    waits: [/voter 3 of cluster 1 is down, and no active node with room/],
  },
  {
    name: 'a second fault does not wait for the first: each cluster has its own change',
    world: { nodes: 8, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (second(w, [4, 5, 6]), w.lose(3, 6)),
    decides: ['repair: ASSOCIATE 1 + 7 for 3', 'repair: ASSOCIATE 2 + 8 for 6'],
  },
  {
    name: 'so many clusters change at one time',
    world: { nodes: 8, management: [1], policy: { managementVoters: 1, changingClustersMax: 1 } },
    after: (w) => (second(w, [4, 5, 6]), w.lose(3, 6)),
    decides: ['repair: ASSOCIATE 1 + 7 for 3'],
    waits: [/1 clusters change already/],
  },
  {
    name: 'a round is no longer than decisionsMax',
    world: { nodes: 8, management: [1], policy: { managementVoters: 1, decisionsMax: 1 } },
    after: (w) => (second(w, [4, 5, 6]), w.lose(3, 6)),
    decides: ['repair: ASSOCIATE 1 + 7 for 3'],
  },
  {
    name: 'members that were changed by hand are recorded; a learner that nobody asked for is removed',
    world: { nodes: 5, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (w.groups.get(1)!.learners.push(5), (w.groups.get(1)!.confIndex = 9), w.carryOutAll()),
    decides: ['group-step: cluster 1 remove 5'],
    because: [/is to leave/],
  },
  {
    name: 'members that no list of nodes has are told of',
    world: { nodes: 3 },
    after: (w) => (w.groups.get(1)!.learners.push(50), (w.groups.get(1)!.confIndex = 9)),
    decides: [],
    waits: [/does not know: 50/],
  },
  {
    name: 'a group whose membership is changing is left alone until that is done',
    world: { nodes: 4 },
    after: (w) => (w.lose(3), [...w.groups.values()].forEach((group) => (group.isChanging = true))),
    decides: [],
    waits: [/members of the management cluster is under way/, /members of cluster 1 is under way/],
  },
  {
    name: 'who is to leave, and can not because a voter is dead, does not hold up the repair: else each would wait for the other',
    world: { nodes: 4, members: [1, 2, 3], management: [1], policy: { managementVoters: 1, changingClustersMax: 1 } },
    after: (w) => (idOf(w.t.disassociate(1, 3)), w.lose(2)),
    decides: ['repair: ASSOCIATE 1 + 4 for 2'],
    waits: [/node 3 is to leave cluster 1, whose other voters have no live majority without it/],
  },
  {
    name: 'and one that can leave does so first',
    world: { nodes: 5, members: [1, 2, 3, 4], management: [1], policy: { managementVoters: 1 } },
    after: (w) => (idOf(w.t.disassociate(1, 3)), w.lose(2)),
    decides: ['group-step: cluster 1 remove 3'],
  },
  {
    name: 'nobody is removed whose removal leaves no live majority: who is to leave stays until the others are back (F3)',
    world: { nodes: 3, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (idOf(w.t.disassociate(1, 3)), w.setLive(2, false)),
    decides: [],
    waits: [/node 3 is to leave cluster 1, whose other voters have no live majority without it: they have to come back first/],
  },
  {
    name: 'nor does that keep a dead voter from being replaced: both are done then',
    world: { nodes: 4, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (idOf(w.t.disassociate(1, 3)), w.lose(2)),
    decides: ['repair: ASSOCIATE 1 + 4 for 2'],
    waits: [/node 3 is to leave cluster 1/],
  },
  {
    name: 'the only voter is to leave (an operator took it for one that was still to become it): another one comes first',
    world: { nodes: 2, members: [1], management: [2], policy: { managementVoters: 1 } },
    after: (w) => {
      idOf(w.t.associate(1, 2, { replaces: 1 }));
      Object.assign(w.groups.get(1)!, { voters: [2], learners: [], confIndex: 9, leader: 2 });
      idOf(w.t.disassociate(1, 2));
      w.round();
    },
    decides: ['fill: ASSOCIATE 1 + 1'],
    because: [/cluster 1 has 0 of 3 voters/],
    waits: [/node 2 is to leave cluster 1, whose other voters have no live majority without it/],
  },
  {
    name: 'and then it leaves',
    world: { nodes: 2, members: [1], management: [2], policy: { managementVoters: 1 } },
    after: (w) => {
      idOf(w.t.associate(1, 2, { replaces: 1 }));
      Object.assign(w.groups.get(1)!, { voters: [2], learners: [], confIndex: 9, leader: 2 });
      idOf(w.t.disassociate(1, 2));
      while (w.plan().decisions.length > 0) w.round();
      // It is free to come again, as any other.
      expect([...w.t.topology.clusters.get(1)!.members].map(({ node, state }) => [node, state])).toEqual([
        [1, 'voter'],
        [2, 'voter'],
      ]);
    },
    decides: [],
  },
  {
    name: 'the only voter is to leave, and there is nobody else: it stays, and says why',
    world: { nodes: 2, members: [1], management: [2], policy: { managementVoters: 1 } },
    after: (w) => {
      idOf(w.t.associate(1, 2, { replaces: 1 }));
      Object.assign(w.groups.get(1)!, { voters: [2], learners: [], confIndex: 9, leader: 2 });
      idOf(w.t.disassociate(1, 2));
      w.round();
      idOf(w.t.nodeState(1, 'draining'));
    },
    decides: [],
    waits: [/node 2 is to leave cluster 1/, /cluster 1 has 0 of 3 voters, and no further active node has room/],
  },
  // --- drain
  {
    name: 'a node is drained: another takes its place',
    world: { nodes: 4, management: [1], policy: { managementVoters: 1 } },
    after: (w) => idOf(w.t.nodeState(3, 'draining')),
    decides: ['drain: ASSOCIATE 1 + 4 for 3'],
    because: [/node 3 is draining, and is a voter of cluster 1/],
  },
  {
    name: 'without one, the others go on alone if they have a majority',
    world: { nodes: 3, management: [1], policy: { managementVoters: 1 } },
    after: (w) => idOf(w.t.nodeState(3, 'draining')),
    decides: ['drain: DISASSOCIATE 1 - 3'],
    because: [/have a majority without it/],
  },
  {
    name: 'no more clusters lose members at one time than may change',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1, changingClustersMax: 1 } },
    after: (w) => (second(w, [4, 5, 6]), smaller(w, 1), smaller(w, 2)),
    decides: ['shrink: DISASSOCIATE 1 - 3'],
    waits: [/1 clusters change already/],
  },
  {
    name: 'and else it stays',
    world: { nodes: 1, members: [1], management: [1] },
    after: (w) => idOf(w.t.nodeState(1, 'draining')),
    decides: [],
    waits: [/the management cluster is draining/, /add a node first/],
  },
  {
    name: 'also one that only votes',
    world: { nodes: [{ role: 'voter-only' }], members: [1], management: [1] },
    after: (w) => idOf(w.t.nodeState(1, 'draining')),
    decides: [],
    waits: [/nobody can take its place, and the others would have no majority: add a node first/],
  },
  {
    name: 'the last member that runs code is drained only for another one that does',
    world: {
      nodes: [{}, { role: 'voter-only' }, { role: 'voter-only' }, { role: 'voter-only' }],
      members: [1, 2, 3],
      management: [2],
      policy: { managementVoters: 1 },
    },
    after: (w) => idOf(w.t.nodeState(1, 'draining')),
    decides: [],
    waits: [
      /node 1 is draining, and is a voter of cluster 1; nobody else there runs code, and no node that does can take its place: add a node first/,
    ],
  },
  {
    name: 'and goes when there is one, whatever the zones say',
    world: {
      nodes: [
        { zone: 'a' },
        { zone: 'b', role: 'voter-only' },
        { zone: 'c', role: 'voter-only' },
        { zone: 'a', role: 'voter-only' },
        { zone: 'b' },
      ],
      management: [2],
      policy: { managementVoters: 1 },
    },
    after: (w) => idOf(w.t.nodeState(1, 'draining')),
    decides: ['drain: ASSOCIATE 1 + 5 for 1'],
  },
  {
    name: 'a management voter that is drained gives its place to a learner',
    world: { nodes: 5, members: [3, 4, 5], management: [1, 2, 3] },
    after: (w) => idOf(w.t.nodeState(1, 'draining')),
    decides: ['management-voters: cluster 0 exchange 4 for 1'],
  },
  // --- fill, shrink, spread
  {
    name: 'a cluster is filled to its target size, one by one',
    world: { nodes: 3, members: [1], management: [1] },
    decides: ['management-voters: cluster 0 promote 2', 'fill: ASSOCIATE 1 + 2'],
    because: [/has 1 of 3 voters \(1\)/, /cluster 1 has 1 of 3 voters: node 2 joins it/],
  },
  {
    name: 'a cluster above its target size gives up who it can spare: the crowded zone first',
    world: { nodes: zones('a', 'b', 'b', 'c'), members: [1, 2, 3, 4], management: [1], policy: { managementVoters: 1 } },
    decides: ['shrink: DISASSOCIATE 1 - 3'],
  },
  {
    name: 'but never the last one that runs code, whatever else speaks for it',
    world: {
      nodes: [{ zone: 'a', role: 'voter-only' }, { zone: 'b', role: 'voter-only' }, { zone: 'b' }],
      management: [1],
      policy: { managementVoters: 1 },
    },
    after: (w) => smaller(w, 1),
    decides: ['shrink: DISASSOCIATE 1 - 2'],
  },
  {
    name: 'nor when it is the only one that can be spared',
    world: { nodes: [{ role: 'voter-only' }, {}, { role: 'voter-only' }], management: [1], policy: { managementVoters: 1 } },
    after: (w) => (smaller(w, 1), w.setLive(2, false)),
    decides: [],
    waits: [/cluster 1 has more than 2 voters, and none can be spared: some are not up, or one of them is the last that runs code/],
  },
  {
    name: 'a cluster in which nobody runs code gets a node that does, in the place of one that only votes',
    world: {
      nodes: [{ capacity: 1 }, { role: 'voter-only' }, { role: 'voter-only' }, { role: 'voter-only' }, {}],
      members: [2, 3, 4],
      management: [1],
      policy: { managementVoters: 1 },
    },
    decides: ['spread: ASSOCIATE 1 + 1 for 4'],
    because: [/nobody in cluster 1 runs code: node 1 takes the place of node 4 in cluster 1/],
  },
  {
    name: 'and until there is one, people are told',
    world: {
      nodes: [{ capacity: 0 }, { role: 'voter-only' }, { role: 'voter-only' }, { role: 'voter-only' }],
      members: [2, 3, 4],
      management: [1],
      policy: { managementVoters: 1 },
    },
    decides: [],
    waits: [/nobody in cluster 1 runs code, and no active node that does has room/],
  },
  {
    name: 'two voters in one zone, and a zone without any: an exchange',
    world: { nodes: zones('a', 'a', 'b', 'c'), management: [1], policy: { managementVoters: 1 } },
    decides: ['spread: ASSOCIATE 1 + 4 for 1'],
    because: [/zone a has 2 of 3 voters, zone c 0: node 4 takes the place of node 1/],
  },
  {
    name: 'one node has two clusters, another none: an exchange; with one and none, no exchange',
    world: { nodes: 6, members: [1, 2, 3], management: [1], policy: { managementVoters: 1 } },
    after: (w) => second(w, [3, 4, 5]),
    decides: ['spread: ASSOCIATE 1 + 6 for 3'],
    because: [/node 3 is in 2 clusters, node 6 in 0/],
  },
  // --- the management cluster
  {
    name: 'a node that became active is to follow the topology',
    world: { nodes: 3 },
    after: (w) => (w.join(), w.carryOutAll()),
    decides: ['management-members: cluster 0 add-learner 4'],
  },
  {
    name: 'a node that has not said what it is does not vote: it may be a client',
    world: { nodes: [{}, { incarnation: 0, capacity: 0 }, {}], members: [1], management: [1] },
    decides: ['management-voters: cluster 0 promote 3', 'fill: ASSOCIATE 1 + 3'],
  },
  {
    name: 'with two nodes one votes: two voters are worse than one',
    world: { nodes: 2, members: [1, 2], management: [1] },
    decides: [],
    waits: [/2 of 3 voters/],
  },
  {
    name: 'pinned nodes take the places of others',
    world: { nodes: 5, members: [1, 2, 3], policy: { managementPinned: [1, 2, 5] } },
    decides: ['management-voters: cluster 0 exchange 5 for 3'],
    because: [/node 5 is pinned/],
  },
  {
    name: 'voters beyond managementVoters go on as learners',
    world: { nodes: 5, management: [1, 2, 3, 4, 5] },
    decides: ['management-voters: cluster 0 demote 5'],
    because: [/3 are asked for/],
  },
  {
    name: 'but not the leader, which carries that out, while it can be another one',
    world: { nodes: 5, management: [5, 1, 2, 3, 4] },
    decides: ['management-voters: cluster 0 demote 4'],
  },
  {
    name: 'nor one that is pinned, while there is one that is not',
    world: { nodes: 5, management: [1, 2, 3, 4, 5], policy: { managementPinned: [1, 4, 5] } },
    decides: ['management-voters: cluster 0 demote 3'],
  },
  {
    name: 'voters of the management cluster spread over zones',
    world: { nodes: zones('a', 'a', 'b', 'c'), members: [1, 3, 4], management: [1] },
    decides: ['management-voters: cluster 0 promote 3'],
  },
  // --- clusters
  {
    name: 'the first cluster begins with what there is',
    world: { nodes: 2, members: [], management: [1] },
    decides: ['create: CREATE_CLUSTER 1 2'],
    because: [/2 nodes can host clusters: 1 are wanted, and 0 are active/],
  },
  {
    name: 'six nodes for a target size of three: a second cluster, on those that have none',
    world: { nodes: 6 },
    decides: ['create: CREATE_CLUSTER 4 5 6'],
  },
  {
    name: 'a new cluster gets its share of the slots',
    world: { nodes: 6 },
    after: (w) => (idOf(w.t.create([4, 5, 6])), w.carryOutAll(0)),
    decides: ['slot-targets: SET_SLOT_TARGETS 1=2048 2=2048'],
    because: [/clusters 2 are new: each gets 2048 slots/],
  },
  {
    name: 'and the moves that make it so, as many at one time as are allowed',
    world: { nodes: 6, policy: { movesMax: 2, slotsPerMoveMax: 1000 } },
    after: (w) => (idOf(w.t.create([4, 5, 6])), idOf(w.t.targets({ 1: 2048, 2: 2048 })), w.carryOutAll(0)),
    decides: ['move-slots: BEGIN_MOVE 1 > 2 3096+1000', 'move-slots: BEGIN_MOVE 1 > 2 2096+1000'],
    because: [/1000 slots move/, /1000 slots move/],
  },
  {
    name: 'but none to or from a cluster without a leader',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (idOf(w.t.create([4, 5, 6])), idOf(w.t.targets({ 1: 2048, 2: 2048 })), w.setLive(5, false), w.setLive(6, false)),
    decides: [],
    waits: [/cluster 2 has no leader that is known/],
  },
  {
    name: 'one whose leader was never heard of gets no slots: it may never come to be',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (begun(w), w.setLive(5, false), w.setLive(6, false)),
    decides: [],
    waits: [/cluster 2 has no leader that is known/],
  },
  {
    name: 'nor does it get what another one gives up',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1, openWorkflowsMax: 1_000 } },
    after: (w) => {
      second(w, [1, 2, 3]);
      idOf(w.t.create([4, 5, 6]));
      w.carryOutAll(0);
      w.setLive(5, false);
      w.setLive(6, false);
      idOf(w.t.clusterState(2, 'retiring'));
    },
    decides: ['slot-targets: SET_SLOT_TARGETS 1=4096'],
    because: [/cluster 1, the only one that stays/],
    waits: [/cluster 3 has no leader that is known/],
  },
  {
    name: 'one most of whose first nodes are lost for good is given up',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (begun(w), w.lose(5, 6), w.pass(24 * HOUR)),
    decides: ['destroy: SET_CLUSTER_STATE 2 retiring'],
    because: [/cluster 2 owns no slot, and most of the nodes that it was to begin on \(4, 5, 6\) are lost for good/],
  },
  {
    name: 'not before: they may come back',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (begun(w), w.lose(5, 6), w.pass(24 * HOUR - 1)),
    decides: [],
    waits: [/cluster 2 has no leader that is known/],
  },
  {
    name: 'nor for the loss of one of three: the others can begin it',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (begun(w), w.lose(6), w.setLive(5, false), w.pass(20_000), w.pass(24 * HOUR), idOf(w.t.nodeState(5, 'down'))),
    decides: [],
    waits: [/cluster 2 has no leader that is known/],
  },
  {
    name: 'the slots that were meant for it stay where they are',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (lostWithTarget(w), idOf(w.t.clusterState(2, 'retiring'))),
    decides: ['slot-targets: SET_SLOT_TARGETS 1=4096'],
    waits: [/cluster 2 has no leader that is known/],
  },
  {
    name: 'and it is destroyed, though nobody can speak for it',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (lostWithTarget(w), idOf(w.t.clusterState(2, 'retiring')), idOf(w.t.targets({ 1: 4096 }))),
    decides: ['destroy: DESTROY_CLUSTER 2'],
    because: [/nothing is in it, and nothing can be/],
  },
  {
    name: 'one that a first member was to leave is given up when nobody has led it for that long: who had not opened it then can not tell its first members',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (begun(w), idOf(w.t.disassociate(2, 4)), w.lose(5, 6), w.pass(24 * HOUR)),
    decides: ['destroy: SET_CLUSTER_STATE 2 retiring'],
    because: [/cluster 2 owns no slot, and nobody has led it since one of its first members was to leave it/],
  },
  {
    name: 'not before',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (begun(w), idOf(w.t.disassociate(2, 4)), w.lose(5, 6), w.pass(24 * HOUR - 1)),
    decides: [],
    waits: [/cluster 2 has no leader that is known/],
  },
  {
    name: 'meanwhile it keeps no other cluster from being repaired',
    world: { nodes: 7, members: [1, 2, 3], management: [1], policy: { managementVoters: 1, changingClustersMax: 1 } },
    after: (w) => (begun(w), idOf(w.t.disassociate(2, 4)), w.lose(3, 5, 6)),
    decides: ['repair: ASSOCIATE 1 + 4 for 3'],
  },
  {
    name: 'never one that owns slots: they are lost with it, and who says so is the operator',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (second(w, [4, 5, 6]), w.lose(5, 6), w.pass(24 * HOUR)),
    decides: [],
    waits: [/cluster 2 has no leader that is known/],
  },
  {
    name: 'nor one with a move to it that has not ended: its log may have activated that',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (begun(w), idOf(w.t.beginMove(1, 2, [{ first: 0, count: 1 }])), w.lose(5, 6), w.pass(24 * HOUR)),
    decides: [],
    waits: [/cluster 2 has no leader that is known/],
  },
  {
    name: 'nor one whose members have changed since it began: who votes in it is not sure',
    world: { nodes: 7, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (begun(w), idOf(w.t.associate(2, 7, { replaces: 4 })), w.lose(5, 6), w.pass(24 * HOUR)),
    decides: [],
    waits: [/cluster 2 has no leader that is known/],
  },
  {
    name: 'nor the only one that is active',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (begun(w), idOf(w.t.clusterState(1, 'retiring')), w.lose(5, 6), w.pass(24 * HOUR)),
    decides: ['create: SET_CLUSTER_STATE 1 active'],
    waits: [/cluster 2 has no leader that is known/],
  },
  {
    name: 'a cluster in which nobody runs code gets no slots',
    world: { nodes: [...full(1, 1, 1), ...voterOnly(3)], management: [1], policy: { managementVoters: 1 } },
    after: (w) => (idOf(w.t.create([4, 5, 6])), w.carryOutAll(0)),
    decides: [],
    waits: [/nobody in cluster 2 runs code, and no active node that does has room/],
  },
  {
    name: 'nor those of one that retires, of which it has none',
    world: { nodes: [...full(2, 2, 2), ...voterOnly(3)], management: [1], policy: { managementVoters: 1, openWorkflowsMax: 1_000 } },
    after: (w) => {
      second(w, [1, 2, 3]);
      w.load(1, 600);
      idOf(w.t.create([4, 5, 6]));
      w.carryOutAll(0);
      idOf(w.t.clusterState(2, 'retiring'));
    },
    decides: ['slot-targets: SET_SLOT_TARGETS 1=4096'],
    waits: [/nobody in cluster 3 runs code/],
  },
  {
    name: 'and does not stand in the way of a merge',
    world: { nodes: [...full(1, 1, 2, 1, 1), ...voterOnly(3)], management: [1], policy: { managementVoters: 1, settleMs: 0 } },
    after: (w) => (second3(w), idOf(w.t.create([6, 7, 8])), w.carryOutAll(0), w.load(1, 2_000), w.load(2, 1_000)),
    decides: ['merge: SET_CLUSTER_STATE 2 retiring'],
  },
  {
    name: 'what is too large is split: a new cluster first',
    world: { nodes: 5, policy: { openWorkflowsMax: 1000, settleMs: 0 } },
    after: (w) => w.load(1, 1500),
    decides: ['split: CREATE_CLUSTER 1 4 5'],
    because: [/cluster 1 has 1500 open workflows/],
  },
  {
    name: 'then half of its slots',
    world: { nodes: 5, policy: { openWorkflowsMax: 1000, settleMs: 0 } },
    after: (w) => (second3(w), w.load(1, 1800), w.load(2, 900), idOf(w.t.create([1, 4, 5])), w.carryOutAll(0)),
    decides: ['slot-targets: SET_SLOT_TARGETS 1=1024 2=2048 3=1024'],
    because: [/cluster 1 is split: 1024 of its 2048 slots/],
  },
  {
    name: 'a new cluster that has no slots yet is not merged for having nothing to do',
    world: { nodes: 5, policy: { openWorkflowsMax: 1000, settleMs: 0 } },
    after: (w) => (idOf(w.t.create([1, 4, 5])), w.load(1, 10), w.carryOutAll(0)),
    decides: ['slot-targets: SET_SLOT_TARGETS 1=2048 2=2048'],
  },
  {
    name: 'what is too large is not split while the others have room: its slots go to them',
    world: { nodes: 5, policy: { openWorkflowsMax: 1000, settleMs: 0, balanceFrom: 100 } },
    after: (w) => (second3(w), w.load(1, 1200), w.load(2, 0)),
    decides: ['slot-targets: SET_SLOT_TARGETS 1=1024 2=3072'],
  },
  {
    name: 'a load that is out of balance moves slots to where there is least to do',
    world: { nodes: 6, policy: { settleMs: 0, balanceFrom: 100 } },
    after: (w) => (second(w, [4, 5, 6]), w.load(1, 30_000), w.load(2, 10_000)),
    decides: ['slot-targets: SET_SLOT_TARGETS 1=1366 2=2730'],
    because: [/cluster 1 has 50 % more to do than the mean: 682 of its 2048 slots/],
  },
  {
    name: 'within the hysteresis nothing moves',
    world: { nodes: 6, policy: { settleMs: 0, balanceFrom: 100 } },
    after: (w) => (second(w, [4, 5, 6]), w.load(1, 12_500), w.load(2, 10_000)),
    decides: [],
  },
  {
    name: 'nothing is balanced by load before settleMs is over',
    world: { nodes: 6, policy: { balanceFrom: 100 } },
    after: (w) => (second(w, [4, 5, 6]), w.load(1, 30_000), w.load(2, 10_000), w.pass(59_999)),
    decides: [],
  },
  {
    name: 'what is underused is merged, if there are more clusters than nodes ask for',
    world: { nodes: 5, policy: { settleMs: 0 } },
    after: (w) => (second3(w), w.load(1, 2_000), w.load(2, 1_000)),
    decides: ['merge: SET_CLUSTER_STATE 2 retiring'],
    because: [/clusters 2 and 1 have 1 % of what one may have: cluster 2 retires/],
  },
  {
    name: 'but not below one for each target size of nodes: it would be made again',
    world: { nodes: 6, policy: { settleMs: 0, balanceFrom: 10_000 } },
    after: (w) => (second(w, [4, 5, 6]), w.load(1, 2_000), w.load(2, 1_000)),
    decides: [],
  },
  {
    name: 'a node that only restarts is counted: nothing is merged for its absence',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (second(w, [4, 5, 6]), w.pass(2 * HOUR), w.setLive(6, false)),
    decides: [],
  },
  {
    name: 'nor for that of one that went down a little while ago: it is repaired',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (second(w, [4, 5, 6]), w.pass(2 * HOUR), w.lose(6), w.pass(59_999)),
    decides: ['repair: ASSOCIATE 2 + 1 for 6'],
  },
  {
    name: 'when it stays away there are more clusters than nodes ask for',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (second(w, [4, 5, 6]), w.pass(2 * HOUR), w.lose(6), w.pass(60_000)),
    decides: ['repair: ASSOCIATE 2 + 1 for 6', 'merge: SET_CLUSTER_STATE 1 retiring'],
  },
  {
    name: 'who is drained is not counted on',
    world: { nodes: 6, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (second(w, [4, 5, 6]), w.pass(2 * HOUR), idOf(w.t.nodeState(6, 'draining'))),
    decides: ['drain: ASSOCIATE 2 + 1 for 6', 'merge: SET_CLUSTER_STATE 1 retiring'],
  },
  {
    name: 'one that retires gives its slots to the cluster with least to do',
    world: { nodes: 5 },
    after: (w) => (second3(w), idOf(w.t.clusterState(2, 'retiring'))),
    decides: ['slot-targets: SET_SLOT_TARGETS 1=4096'],
    because: [/its 2048 slots go to cluster 1/],
  },
  {
    name: 'one that retires with much to do gives them to all others',
    world: { nodes: 9, management: [1], policy: { managementVoters: 1, openWorkflowsMax: 1_000, settleMs: HOUR } },
    after: (w) => {
      second(w, [4, 5, 6]);
      idOf(w.t.create([7, 8, 9]));
      idOf(w.t.targets({ 1: 1366, 2: 1365, 3: 1365 }));
      w.t.move(1, 3, [{ first: 0, count: 682 }]);
      w.t.move(2, 3, [{ first: 2048, count: 683 }]);
      for (const id of [1, 2, 3]) w.load(id, 600);
      w.carryOutAll(0);
      idOf(w.t.clusterState(2, 'retiring'));
      w.lose(9);
      w.carryOutAll(0);
      idOf(w.t.associate(3, 1, { replaces: 9 }));
    },
    decides: ['group-step: cluster 3 add-learner 1', 'slot-targets: SET_SLOT_TARGETS 1=2048 3=2048'],
    because: [/learner/, /2 others, each to who has fewest/],
  },
  {
    name: 'two that retire at once give theirs to who stays, not one to the other',
    world: { nodes: 5 },
    after: (w) => (thirds(w), idOf(w.t.clusterState(2, 'retiring')), idOf(w.t.clusterState(3, 'retiring'))),
    decides: ['slot-targets: SET_SLOT_TARGETS 1=4096'],
    because: [/clusters 2, 3 retire: their 2730 slots go to cluster 1, which has least to do/],
  },
  {
    name: 'two of them with much to do: to all that stay',
    world: { nodes: 5, policy: { openWorkflowsMax: 1_000, settleMs: HOUR } },
    after: (w) => {
      thirds(w);
      idOf(w.t.create([1, 2, 3]));
      idOf(w.t.targets({ 1: 1366, 2: 1024, 3: 1024, 4: 682 }));
      for (const id of [1, 2, 3]) w.load(id, 600);
      w.carryOutAll(0);
      idOf(w.t.clusterState(1, 'retiring'));
      idOf(w.t.clusterState(2, 'retiring'));
    },
    decides: ['slot-targets: SET_SLOT_TARGETS 3=2048 4=2048'],
    because: [/clusters 1, 2 retire: their 2390 slots go to 2 others, each to who has fewest/],
  },
  {
    name: 'one that retires and is to have no slot any more gets none of another',
    world: { nodes: 5, policy: { openWorkflowsMax: 1_000 } },
    after: (w) => {
      thirds(w);
      idOf(w.t.clusterState(2, 'retiring'));
      idOf(w.t.targets({ 1: 2731, 3: 1365 }));
      w.load(3, 600);
      idOf(w.t.clusterState(3, 'retiring'));
    },
    decides: ['slot-targets: SET_SLOT_TARGETS 1=4096'],
    because: [/cluster 3 retires: its 1365 slots go to cluster 1, the only one that stays/],
  },
  {
    name: 'and is destroyed when nothing is left in it',
    world: { nodes: 5 },
    after: (w) => emptied(w),
    decides: ['destroy: DESTROY_CLUSTER 2'],
    because: [/owns no slot any more, and has no open workflow/],
  },
  {
    name: 'not before the last of its moves is finished',
    world: { nodes: 5 },
    after: (w) => {
      retiring(w);
      const moveId = idOf(w.t.beginMove(2, 1, [{ first: 2048, count: 2048 }]));
      for (const phase of ['frozen', 'imported', 'activated'] as const) idOf(w.t.advance(moveId, phase));
    },
    decides: [],
  },
  {
    name: 'not while its leader is unknown',
    world: { nodes: 5, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (emptied(w), w.lose(4, 5), w.carryOutAll(0)),
    decides: [],
    waits: [/cluster 2 has no leader/],
  },
  {
    name: 'a cluster that is wanted after all does not retire',
    world: { nodes: 6 },
    after: (w) => (second(w, [4, 5, 6]), idOf(w.t.clusterState(2, 'retiring'))),
    decides: ['create: SET_CLUSTER_STATE 2 active'],
    because: [/2 clusters are wanted, and 1 are active: cluster 2 does not retire/],
  },
  // --- the forgotten
  {
    name: 'a node is forgotten only once it hosts nothing',
    world: { nodes: 3, management: [1], policy: { managementVoters: 1 } },
    after: (w) => (w.lose(3), w.pass(25 * HOUR)),
    decides: ['repair: DISASSOCIATE 1 - 3'],
  },
  {
    name: 'a node that is lost leaves the management cluster',
    world: { nodes: 4 },
    after: (w) => (w.lose(4), w.pass(25 * HOUR)),
    decides: ['forget: cluster 0 remove 4'],
    because: [/node 4 leaves the management cluster: it has been down for 90000000 ms/],
  },
  {
    name: 'and is forgotten',
    world: { nodes: 4 },
    after: (w) => (w.lose(4), w.pass(25 * HOUR), w.round()),
    decides: ['forget: REMOVE_NODE 4'],
  },
  {
    name: 'one that comes back at the last moment is not',
    world: { nodes: 4 },
    after: (w) => (w.lose(4), w.pass(25 * HOUR), w.setLive(4, true)),
    decides: ['node-state: SET_NODE_STATE 4 active'],
  },
  {
    name: 'nor one that comes back when it has left the management cluster already: it follows again',
    world: { nodes: 4 },
    after: (w) => (w.lose(4), w.pass(25 * HOUR), w.carryOutAll(), w.setLive(4, true)),
    decides: ['node-state: SET_NODE_STATE 4 active'],
  },
  {
    name: 'one that left is forgotten at once',
    world: { nodes: 4 },
    after: (w) => (w.leaveManagement(4), idOf(w.t.nodeState(4, 'left'))),
    decides: ['forget: REMOVE_NODE 4'],
    because: [/it has left, and it hosts nothing/],
  },
];

/** Two voters are asked for from now on. */
function smaller({ t }: TopologyWorld, clusterId: number): void {
  t.accept({ kind: TopologyKind.SET_METADATA, clusterId, targetSize: 2, metadata: [], decidedOn: t.version });
}

/** Cluster 2 on nodes 3, 4, 5 with half of the slots, and five nodes: one cluster is wanted. */
/** Cluster 2 on nodes 4 to 6, without any slot. */
function begun(w: TopologyWorld): void {
  idOf(w.t.create([4, 5, 6]));
  w.carryOutAll(0);
}

function lostWithTarget(w: TopologyWorld): void {
  begun(w);
  idOf(w.t.targets({ 1: 2048, 2: 2048 }));
  w.lose(5, 6);
  w.pass(24 * HOUR);
}

/** Nodes of these capacities: the clusters of the test fill them. */
function full(...capacities: readonly number[]): Array<Partial<NodeInfo>> {
  return capacities.map((capacity) => ({ capacity }));
}

function voterOnly(count: number): Array<Partial<NodeInfo>> {
  return Array.from({ length: count }, () => ({ role: 'voter-only' }));
}

/** Of role full, without a workflow. */
function idle(count: number): Array<Partial<NodeInfo>> {
  return Array.from({ length: count }, () => ({ workflows: [] }));
}

function second3(w: TopologyWorld): void {
  second(w, [3, 4, 5]);
}

/** Clusters 2 and 3 beside it, each with a third of the slots. */
function thirds(w: TopologyWorld): void {
  for (const members of [
    [3, 4, 5],
    [2, 4, 5],
  ])
    idOf(w.t.create(members));
  w.carryOutAll(0);
  idOf(w.t.targets({ 1: 1366, 2: 1365, 3: 1365 }));
  w.t.move(1, 2, [{ first: 1366, count: 1365 }]);
  w.t.move(1, 3, [{ first: 2731, count: 1365 }]);
}

function retiring(w: TopologyWorld): void {
  second3(w);
  idOf(w.t.clusterState(2, 'retiring'));
  idOf(w.t.targets({ 1: 4096 }));
}

function emptied(w: TopologyWorld): void {
  retiring(w);
  w.t.move(2, 1, [{ first: 2048, count: 2048 }]);
}

describe('the cluster manager decides', () => {
  it.each(ROWS.map((row) => [row.name, row] as const))('%s', (_name, { world, after, decides, because = [], waits = [], says }) => {
    const w = new TopologyWorld(world);
    after?.(w);
    const plan = w.plan();
    expect(plan.decisions.map(describeDecision)).toEqual(decides);
    because.forEach((why, i) => expect(plan.decisions[i]?.explanation).toMatch(why));
    expect(plan.waiting.length).toBeGreaterThanOrEqual(waits.length);
    for (const why of waits) expect(plan.waiting.join('\n')).toMatch(why);
    if (says !== undefined) expect(plan.waiting).toEqual(says);
    // A dry run changes nothing, and says the same again.
    expect(w.plan()).toEqual(plan);
    // State machine and groups take all of it.
    for (const decision of plan.decisions) w.carryOut(decision);
  });

  it('every rule is in the table', () => {
    const rules = new Set(ROWS.flatMap(({ decides }) => decides.map((line) => line.split(':')[0])));
    expect([...rules].sort()).toEqual(
      [
        'create',
        'destroy',
        'drain',
        'fill',
        'forget',
        'group-step',
        'management-members',
        'management-voters',
        'merge',
        'move-slots',
        'node-state',
        'record-members',
        'repair',
        'shrink',
        'slot-targets',
        'split',
        'spread',
      ].sort(),
    );
  });

  it('before the deployment is founded there is nothing to manage', () => {
    const { topology } = new TopologyUnderTest();
    expect(planRound({ topology, nowMs: 0, nodes: new Map(), groups: new Map() }, DEFAULT_MANAGER_POLICY)).toEqual({
      decisions: [],
      waiting: [],
    });
  });

  it('the next leader goes on where the last one stopped: from a snapshot the plan is the same (D1)', () => {
    const w = new TopologyWorld({ nodes: 9 });
    for (let round = 0; round < 40; round++) {
      const plan = w.plan();
      w.t.restart();
      expect(w.plan()).toEqual(plan);
      w.round();
      w.pass(1_000);
    }
    expect(w.t.topology.clusters.size).toBe(3);
  });
});
