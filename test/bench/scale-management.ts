/**
 * Bench: the management of 500 nodes and 300 clusters of three (--nodes, --groups), in the simulator: hosts, cluster 0 with its state machine, gossip, the cluster manager and real
 * execution groups, in virtual time over a network that takes 0.2 to 1 ms. The deployment is there from the begin, as after a restart: every node has its files. Counts and bytes are those of
 * frames and their envelopes as the codec writes them; they depend on no machine, and the same command gives the same figures.
 *
 *   state    a snapshot of cluster 0, and what a replica of it takes of the heap
 *   traffic  messages and bytes that each node sends a second while nobody changes anything, by what they are for
 *   change   what one command of the topology costs, one at a time: all nodes follow it
 */
import { HardState, MessageType, NO_BYTES, Snapshot } from '../../lib/raft/index.js';
import type { StatePosition } from '../../lib/state-machine/index.js';
import type { NodeInfo } from '../../lib/management/command.js';
import { SLOT_COUNT } from '../../lib/management/command.js';
import { TopologyStateMachine } from '../../lib/management/state-machine.js';
import { MEMBERSHIP_METHOD } from '../../lib/membership/index.js';
import { EnvelopeCodec } from '../../lib/transport/envelope-codec.js';
import { EnvelopeKind, type Envelope, type Frame } from '../../lib/transport/transport.js';
import { DEPLOYMENT, ManagementWorld } from '../support/management-world.js';
import { MemoryDisk } from '../support/row-storage.js';
import { TopologyUnderTest, idOf } from '../support/topology-machine.js';
import { round, type Measure } from './measure.js';
import type { BenchOptions } from './options.js';

const VOTERS = [1, 2, 3];
const ZONES = 3;
/** Elections, hellos and the first tables of gossip; then everything sleeps that can. */
const WARM_MS = 40_000;
const CHANGES = 5;
/** Cluster 0 falls asleep again between two. */
const CHANGE_EVERY_MS = 5_000;
const REPLICAS = 20;
const HEARTBEATS: readonly MessageType[] = [MessageType.Heartbeat, MessageType.HeartbeatResp];

/**
 * rounds: of the cluster manager, and other requests of the management. replication, heartbeats, watch: of cluster 0, the last among its voters. pings: signs of life among members
 * of the same execution groups. execution: all else of those.
 */
const PURPOSES = ['gossip', 'rounds', 'replication', 'heartbeats', 'watch', 'pings', 'execution'] as const;
type Purpose = (typeof PURPOSES)[number];
const OF_EXECUTION: readonly Purpose[] = ['pings', 'execution'];

interface Count {
  messages: number;
  bytes: number;
}

/** What every node sends, by what it is for. */
class Meter {
  readonly all = new Map<Purpose, Count>();
  /** By node, of what belongs to the management. */
  readonly byNode = new Map<number, Count>();
  private readonly codec = new EnvelopeCodec();

  readonly onSent = (from: number, to: number, frame: Frame): void => {
    const whole = this.codec.encode(frame).length;
    let rest = whole;
    for (const [at, envelope] of frame.envelopes.entries()) {
      // The head of the frame counts with the last of its envelopes.
      const isLast = at === frame.envelopes.length - 1;
      const bytes = isLast ? rest : this.codec.encode({ ...frame, envelopes: [envelope] }).length - this.headOf(frame);
      rest -= bytes;
      this.add(from, purposeOf(envelope, from, to), bytes);
    }
  };

  reset(): void {
    this.all.clear();
    this.byNode.clear();
  }

  of(purpose: Purpose): Count {
    return this.all.get(purpose) ?? { messages: 0, bytes: 0 };
  }

  private add(from: number, purpose: Purpose, bytes: number): void {
    addTo(this.all, purpose, bytes);
    if (!OF_EXECUTION.includes(purpose)) addTo(this.byNode, from, bytes);
  }

  private headOf(frame: Frame): number {
    return this.codec.encode({ ...frame, envelopes: [] }).length;
  }
}

function addTo<Key>(counts: Map<Key, Count>, key: Key, bytes: number): void {
  const count = counts.get(key);
  if (count === undefined) counts.set(key, { messages: 1, bytes });
  else {
    count.messages++;
    count.bytes += bytes;
  }
}

function purposeOf(envelope: Envelope, from: number, to: number): Purpose {
  switch (envelope.kind) {
    case EnvelopeKind.PING:
    case EnvelopeKind.PONG:
      return VOTERS.includes(from) && VOTERS.includes(to) ? 'watch' : 'pings';
    case EnvelopeKind.REQUEST:
      return envelope.method === MEMBERSHIP_METHOD ? 'gossip' : 'rounds';
    case EnvelopeKind.RESPONSE:
      return 'rounds';
    case EnvelopeKind.RAFT:
      if (envelope.groupId !== 0) return 'execution';
      return HEARTBEATS.includes(envelope.message.type) ? 'heartbeats' : 'replication';
    default:
      return envelope.groupId === 0 ? 'replication' : 'execution';
  }
}

/** As each node says of itself at its second start. */
function infoOf(node: number): NodeInfo {
  return {
    incarnation: 2,
    addresses: [`10.0.${node >> 8}.${node & 0xff}:7000`],
    zone: `zone-${node % ZONES}`,
    labels: [],
    capacity: 64,
    role: 'full',
    codecLevelMax: 1,
    workflows: [{ name: 'process_order', versions: [1, 2] }],
  };
}

/** Nodes from 1; clusters of three neighbours each; every cluster has an equal run of slots. */
function topologyOf(nodes: number, clusters: number): TopologyUnderTest {
  const t = TopologyUnderTest.founded(
    Array.from({ length: nodes }, (_, i) => infoOf(i + 1)),
    VOTERS,
    DEPLOYMENT,
  );
  t.membership(VOTERS, { learners: Array.from({ length: nodes - VOTERS.length }, (_, i) => i + VOTERS.length + 1) });
  const each = Math.floor(SLOT_COUNT / clusters);
  for (let i = 1; i < clusters; i++) {
    const members = [0, 1, 2].map((more) => ((i * 3 + more) % nodes) + 1).sort((a, b) => a - b);
    const clusterId = idOf(t.create(members));
    t.move(1, clusterId, [{ first: i * each, count: each }]);
  }
  for (const { clusterId, members } of t.topology.clusters.values())
    idOf(
      t.record(
        clusterId,
        1,
        members.map(({ node }) => node),
      ),
    );
  return t;
}

/** What each node has stored: cluster 0 as of now, its execution groups as they began. */
function disksOf(t: TopologyUnderTest, nodes: number): Map<number, MemoryDisk> {
  const disks = new Map<number, MemoryDisk>();
  const group = t.machine.snapshot();
  const { membership } = t.topology;
  for (let node = 1; node <= nodes; node++) {
    const disk = new MemoryDisk();
    disk.incarnation = 1;
    put(disk, 0, { index: t.index, term: 1, confState: membership }, group);
    disks.set(node, disk);
  }
  for (const { clusterId, members } of t.topology.clusters.values()) {
    const voters = members.map(({ node }) => node);
    const confState = { voters, votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
    for (const node of voters) put(disks.get(node)!, clusterId, { index: 1, term: 1, confState }, NO_BYTES);
  }
  return disks;
}

function put(disk: MemoryDisk, groupId: number, position: StatePosition, group: Uint8Array): void {
  const reset = new Snapshot(position.index, position.term, position.confState, NO_BYTES);
  disk.states.set(groupId, { position, group, runs: [] });
  disk.log(groupId).saveSnapshot(reset);
  disk.log(groupId).take({ groupId, hardState: new HardState(1, 0, position.index), entries: [], reset, mustSync: true });
}

function stateMeasure(t: TopologyUnderTest): Measure {
  const snapshot = t.machine.snapshot();
  const { nodes, clusters } = t.topology;
  const before = heapUsed();
  const replicas = Array.from({ length: REPLICAS }, () => {
    const machine = new TopologyStateMachine();
    machine.restore(t.index, snapshot);
    return machine;
  });
  const heap = (heapUsed() - before) / replicas.length;
  return {
    bench: 'scale management state',
    nodes: nodes.size,
    clusters: clusters.size,
    snapshot_bytes: snapshot.length,
    snapshot_bytes_per_node: round(snapshot.length / nodes.size),
    heap_kb_of_a_replica: round(heap / 1_024),
  };
}

function heapUsed(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed: heap, arrayBuffers } = process.memoryUsage();
  return heap + arrayBuffers;
}

/** Per node and second. */
function trafficMeasures(meter: Meter, nodes: number, clusters: number, seconds: number): Measure[] {
  const line = (purpose: string, { messages, bytes }: Count, nodesCounted: number): Measure => ({
    bench: 'scale management traffic',
    nodes,
    clusters,
    seconds,
    purpose,
    messages_per_node_s: round(messages / nodesCounted / seconds),
    bytes_per_node_s: round(bytes / nodesCounted / seconds),
  });
  const busiest = [...meter.byNode].sort(([, a], [, b]) => b.messages - a.messages)[0]!;
  return [
    ...PURPOSES.map((purpose) => line(purpose, meter.of(purpose), nodes)),
    line('management, all of it', sum([...meter.byNode.values()]), nodes),
    line(`management, busiest node (${busiest[0]})`, busiest[1], 1),
  ];
}

function sum(counts: readonly Count[]): Count {
  return counts.reduce((all, { messages, bytes }) => ({ messages: all.messages + messages, bytes: all.bytes + bytes }), {
    messages: 0,
    bytes: 0,
  });
}

export async function run(options: BenchOptions): Promise<Measure[]> {
  const nodes = options.nodes > 1 ? options.nodes : 500;
  const clusters = options.clusters;
  const t = topologyOf(nodes, clusters);
  const measures = [stateMeasure(t)];
  const meter = new Meter();
  const world = await ManagementWorld.start({
    nodes,
    info: infoOf,
    disks: disksOf(t, nodes),
    tasksPerLoop: 64,
    onSent: meter.onSent,
    // The product's: the world's own is shorter. But that clusters without load are merged is not what is measured.
    policy: { nodeDownAfterMs: 30_000, settleMs: 24 * 3_600_000 },
  });
  try {
    await world.time.advance(WARM_MS);
    const { version } = world.topology;
    meter.reset();
    await world.time.advance(options.seconds * 1_000);
    if (world.topology.version !== version) throw new Error(`something changed the topology: ${world.topology.version - version} commands`);
    measures.push(...trafficMeasures(meter, nodes, clusters, options.seconds));
    measures.push(await changeMeasure(world, meter, nodes, clusters));
    return measures;
  } finally {
    world.stop();
  }
}

/** Metadata of one cluster after another, asked for on a node that does not lead. */
async function changeMeasure(world: ManagementWorld, meter: Meter, nodes: number, clusters: number): Promise<Measure> {
  meter.reset();
  const { runtime } = world.node(nodes).management;
  const { version } = world.topology;
  for (let i = 1; i <= CHANGES; i++) {
    await world.settled(runtime.setMetadata(i, { metadata: { name: `orders-${i}` } }));
    await world.time.advance(CHANGE_EVERY_MS);
  }
  const followers = [...world.nodes.values()].filter(({ state }) => state.topology.version === version + CHANGES).length;
  if (followers !== nodes) throw new Error(`${followers} of ${nodes} nodes have followed the changes`);
  const [replication, heartbeats] = [meter.of('replication'), meter.of('heartbeats')];
  return {
    bench: 'scale management change',
    nodes,
    clusters,
    changes: CHANGES,
    replication_messages: round(replication.messages / CHANGES),
    replication_bytes: round(replication.bytes / CHANGES),
    replication_messages_per_node: round(replication.messages / CHANGES / nodes),
    replication_bytes_per_node: round(replication.bytes / CHANGES / nodes),
    heartbeat_messages: round(heartbeats.messages / CHANGES),
    heartbeat_messages_per_node: round(heartbeats.messages / CHANGES / nodes),
    heartbeat_bytes_per_node: round(heartbeats.bytes / CHANGES / nodes),
  };
}
