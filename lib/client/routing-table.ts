/**
 * Which cluster owns a slot, and which nodes are members of a cluster, at one version of the topology. Pure; never changed once it is made.
 *
 * T1. It is a guess for whoever reads it: a cluster refuses a slot that is not its own, a node a cluster that it does not host. Newer versions win.
 * T2. On the wire it is JSON: {version, clusters: [[id, isActive, members, labels]], owners: [[cluster, slots], …]}, owners as runs from slot 0 on that
 *     cover all slots; 0 is nobody. A field that is not known is ignored, a wrong one is MALFORMED_FRAME.
 * Tests: routing-table.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { codeRunners } from '../management/placement/code.js';
import type { TopologyView } from '../management/state.js';

/** R40. */
const SLOTS = 4096;
const ID_MAX = 2 ** 31 - 1;
const CLUSTERS_MAX = 65_536;
const MEMBERS_MAX = 64;
const LABELS_MAX = 256;

export interface RoutedCluster {
  readonly clusterId: number;
  /** False: it is being emptied, or none of its members runs code: new workflows go elsewhere. */
  readonly isActive: boolean;
  /** Nodes to ask, those that are known to be down last. */
  readonly members: readonly number[];
  readonly labels: ReadonlyMap<string, string>;
  /** Slots that it owns. */
  readonly slots: number;
}

type ClusterRecord = Omit<RoutedCluster, 'slots'>;

export class RoutingTable {
  /** Ascending by id. */
  readonly clusters: ReadonlyMap<number, RoutedCluster>;

  constructor(
    /** Of the topology. */
    readonly version: number,
    clusters: readonly ClusterRecord[],
    /** Cluster by slot; 0: nobody. */
    private readonly owners: Uint32Array,
  ) {
    const counts = new Map<number, number>();
    for (const owner of owners) counts.set(owner, (counts.get(owner) ?? 0) + 1);
    const sorted = [...clusters].sort((a, b) => a.clusterId - b.clusterId);
    this.clusters = new Map(sorted.map((cluster) => [cluster.clusterId, { ...cluster, slots: counts.get(cluster.clusterId) ?? 0 }]));
  }

  /** 0: nobody. */
  ownerOf(slot: number): number {
    return this.owners[slot] ?? 0;
  }

  membersOf(clusterId: number): readonly number[] {
    return this.clusters.get(clusterId)?.members ?? [];
  }

  encode(): Uint8Array {
    const clusters = [...this.clusters.values()].map(({ clusterId, isActive, members, labels }) => [
      clusterId,
      isActive,
      members,
      Object.fromEntries(labels),
    ]);
    const owners: Array<[number, number]> = [];
    for (const owner of this.owners) {
      const last = owners.at(-1);
      if (last !== undefined && last[0] === owner) last[1]++;
      else owners.push([owner, 1]);
    }
    return Buffer.from(JSON.stringify({ version: this.version, clusters, owners }), 'utf8');
  }

  /** Throws MALFORMED_FRAME. */
  static decode(body: Uint8Array): RoutingTable {
    let json: Readonly<Record<string, unknown>> | null;
    try {
      json = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')) as typeof json;
    } catch (cause) {
      throw new RaftoralError('MALFORMED_FRAME', 'Malformed routing table: it is not JSON.', { cause });
    }
    const { version, clusters, owners } = json ?? {};
    return new RoutingTable(wholeNumber('version', version, 0, Number.MAX_SAFE_INTEGER), readClusters(clusters), readOwners(owners));
  }

  /** null before the deployment was founded. */
  static of(topology: TopologyView): RoutingTable | null {
    if (topology.deployment === '') return null;
    const isDown = (node: number): boolean => {
      const state = topology.nodes.get(node)?.state;
      return state === undefined || state === 'down' || state === 'left';
    };
    const runsCode = codeRunners(topology);
    const clusters = [...topology.clusters.values()].map(({ clusterId, state, members, metadata }) => {
      // Who is still to become one may not host it yet.
      const nodes = members.filter((member) => member.state !== 'joining').map(({ node }) => node);
      return {
        clusterId,
        isActive: state === 'active' && nodes.some(runsCode),
        members: nodes.sort((a, b) => Number(isDown(a)) - Number(isDown(b)) || a - b),
        labels: new Map(metadata.map(({ name, value }) => [name, value])),
      };
    });
    return new RoutingTable(
      topology.version,
      clusters,
      Uint32Array.from({ length: SLOTS }, (_, slot) => topology.slots.ownerOf(slot)),
    );
  }
}

function readClusters(value: unknown): ClusterRecord[] {
  const seen = new Set<number>();
  return list('clusters', value, CLUSTERS_MAX).map((item) => {
    const [id, isActive, members, labels] = list('clusters', item, 64);
    const clusterId = wholeNumber('clusters', id, 1, ID_MAX);
    if (seen.has(clusterId)) throw malformed('clusters', `cluster ${clusterId} stands there twice`);
    seen.add(clusterId);
    if (typeof isActive !== 'boolean') throw malformed('clusters', 'neither true nor false');
    return {
      clusterId,
      isActive,
      members: list('members', members, MEMBERS_MAX).map((node) => wholeNumber('members', node, 1, ID_MAX)),
      labels: readLabels(labels),
    };
  });
}

function readLabels(value: unknown): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('labels', 'no object');
  const labels = new Map<string, string>();
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw malformed('labels', 'no text');
    labels.set(name, text);
  }
  if (labels.size > LABELS_MAX) throw malformed('labels', `${labels.size} of them`);
  return labels;
}

function readOwners(value: unknown): Uint32Array {
  const owners = new Uint32Array(SLOTS);
  let slot = 0;
  for (const run of list('owners', value, SLOTS)) {
    const [owner, count] = list('owners', run, 2);
    const end = slot + wholeNumber('owners', count, 1, SLOTS);
    if (end > SLOTS) throw malformed('owners', `more than ${SLOTS} slots`);
    owners.fill(wholeNumber('owners', owner, 0, ID_MAX), slot, end);
    slot = end;
  }
  if (slot !== SLOTS) throw malformed('owners', `${slot} slots instead of ${SLOTS}`);
  return owners;
}

function list(field: string, value: unknown, max: number): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(field, 'no list');
  if (value.length > max) throw malformed(field, `${value.length} items`);
  return value as readonly unknown[];
}

function wholeNumber(field: string, value: unknown, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max)
    throw malformed(field, `no whole number from ${min} to ${max}`);
  return value as number;
}

function malformed(field: string, what: string): RaftoralError {
  return new RaftoralError('MALFORMED_FRAME', `Malformed routing table: ${field} has ${what}.`, {
    details: { frame: 'routing table', field },
  });
}
