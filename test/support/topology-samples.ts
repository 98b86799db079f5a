/**
 * One command of each kind of the management cluster, with something in every field.
 */
import { TopologyKind, type NodeInfo, type TopologyCommand } from '../../lib/management/command.js';

const UUID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';

const INFO: NodeInfo = {
  incarnation: 7,
  addresses: ['10.1.2.3:7000', 'größer.example:7001'],
  zone: 'eu-central-1a',
  labels: [
    { name: 'rack', value: '12' },
    { name: 'tier', value: 'größer' },
  ],
  capacity: 32,
  role: 'voter-only',
  codecLevelMax: 3,
  workflows: [
    { name: 'process_order', versions: [1, 2, 300] },
    { name: 'ship', versions: [1] },
  ],
};
const BARE: NodeInfo = {
  incarnation: 1,
  addresses: [],
  zone: '',
  labels: [],
  capacity: 0,
  role: 'client',
  codecLevelMax: 1,
  workflows: [],
};
const FULL: NodeInfo = { ...BARE, role: 'full' };
const METADATA = [{ name: 'name', value: 'orders' }];

export const SAMPLE_TOPOLOGY_COMMANDS: ReadonlyArray<readonly [string, TopologyCommand]> = [
  [
    'FOUND',
    {
      kind: TopologyKind.FOUND,
      deployment: UUID,
      nodes: [
        { node: 1, info: FULL },
        { node: 200, info: INFO },
      ],
      members: [1, 200],
      targetSize: 3,
      nodeIdHighest: 300,
    },
  ],
  ['SET_LIMITS', { kind: TopologyKind.SET_LIMITS, expectedRevision: 2, limits: { nodesMax: 3_000, clustersMax: 200, movesMax: 9 } }],
  ['RAISE_CODEC_LEVEL', { kind: TopologyKind.RAISE_CODEC_LEVEL, level: 2 }],
  ['ADD_NODE', { kind: TopologyKind.ADD_NODE, deployment: UUID, token: UUID, above: 12, info: INFO }],
  ['ADD_NODE of a client', { kind: TopologyKind.ADD_NODE, deployment: '', token: 'a token', above: 0, info: BARE }],
  ['REMOVE_NODE', { kind: TopologyKind.REMOVE_NODE, node: 300, decidedOn: 1_000_000 }],
  ...(['joining', 'active', 'draining', 'down', 'left'] as const).map(
    (state) => [`SET_NODE_STATE ${state}`, { kind: TopologyKind.SET_NODE_STATE, node: 5, state, decidedOn: 9 }] as const,
  ),
  ['SET_NODE_INFO', { kind: TopologyKind.SET_NODE_INFO, node: 5, info: INFO }],
  ['CREATE_CLUSTER', { kind: TopologyKind.CREATE_CLUSTER, members: [5, 6, 7], targetSize: 5, metadata: METADATA, decidedOn: 10 }],
  ['DESTROY_CLUSTER', { kind: TopologyKind.DESTROY_CLUSTER, clusterId: 4, openWorkflows: 70_000, decidedOn: 11 }],
  ['ASSOCIATE', { kind: TopologyKind.ASSOCIATE, clusterId: 4, node: 9, replaces: 5, decidedOn: 12 }],
  ['DISASSOCIATE', { kind: TopologyKind.DISASSOCIATE, clusterId: 4, node: 9, decidedOn: 13 }],
  ['RECORD_MEMBERS', { kind: TopologyKind.RECORD_MEMBERS, clusterId: 4, confIndex: 500, voters: [6, 7, 9], learners: [10] }],
  ['SET_METADATA', { kind: TopologyKind.SET_METADATA, clusterId: 4, targetSize: 1, metadata: METADATA, decidedOn: 14 }],
  ...(['active', 'retiring'] as const).map(
    (state) => [`SET_CLUSTER_STATE ${state}`, { kind: TopologyKind.SET_CLUSTER_STATE, clusterId: 4, state, decidedOn: 15 }] as const,
  ),
  [
    'SET_SLOT_TARGETS',
    {
      kind: TopologyKind.SET_SLOT_TARGETS,
      targets: [
        { clusterId: 1, slots: 1_000 },
        { clusterId: 4, slots: 3_096 },
      ],
      decidedOn: 16,
    },
  ],
  [
    'BEGIN_MOVE',
    {
      kind: TopologyKind.BEGIN_MOVE,
      from: 1,
      to: 4,
      ranges: [
        { first: 0, count: 1 },
        { first: 2_000, count: 2_096 },
      ],
    },
  ],
  ...(['copying', 'frozen', 'imported', 'activated', 'aborting', 'aborted'] as const).map(
    (phase) => [`ADVANCE_MOVE ${phase}`, { kind: TopologyKind.ADVANCE_MOVE, moveId: 3, phase }] as const,
  ),
  ['ABORT_MOVE', { kind: TopologyKind.ABORT_MOVE, moveId: 3 }],
  ['FINISH_MOVE', { kind: TopologyKind.FINISH_MOVE, moveId: 3 }],
];
