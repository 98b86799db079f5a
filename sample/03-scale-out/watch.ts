/**
 * Looks at all nodes, again and again, and makes one picture of what they say: the topology from who knows the newest one, of each cluster what its leader says.
 */
import { HttpJson } from '../01-orders/http-json.js';
import type { FleetAnswer } from './fleet.controller.js';
import type { FleetNode } from './fleet.js';

const EVERY_MS = 400;
/** Entries per second are counted over so long at least. */
const RATE_MS = 1_500;

export interface SeenNode {
  readonly nodeId: number;
  /** Of the process; 0: it does not run any more. */
  readonly name: number;
  readonly url: string;
  /** In the topology: joining, active, draining, down, left. */
  readonly state: string;
  readonly management: 'voter' | 'learner' | 'none';
  /** Execution clusters that the topology gives to it. */
  readonly hosted: number;
  /** Clusters that it is in, cluster 0 too. */
  readonly clusters: ReadonlyArray<{ readonly clusterId: number; readonly isLeader: boolean }>;
  /** Open runs that it owns. */
  readonly owns: number;
}

export interface SeenCluster {
  readonly clusterId: number;
  readonly state: string;
  readonly members: ReadonlyArray<{ readonly nodeId: number; readonly state: string }>;
  /** 0: nobody says that it leads. */
  readonly leader: number;
  readonly slots: number;
  /** That it is to have. */
  readonly slotTarget: number;
  readonly open: number;
  /** Entries that its log grew by, per second. */
  readonly entriesPerSecond: number;
}

export interface Picture {
  /** Ascending by id. Those that have left are not among them: they are in no cluster, the management cluster included, and do not answer. */
  readonly nodes: readonly SeenNode[];
  readonly clusters: readonly SeenCluster[];
  /** Of slots, under way. */
  readonly moves: number;
}

type ClusterAnswer = FleetAnswer['node']['clusters'][number];

interface Told extends FleetAnswer {
  readonly from: FleetNode;
}

interface Rate {
  readonly atMs: number;
  readonly index: number;
  readonly perSecond: number;
}

export class Watch {
  private readonly http = new HttpJson();
  private readonly told = new Map<number, Told>();
  private readonly asking = new Set<number>();
  private readonly rates = new Map<number, Rate>();
  private timer: NodeJS.Timeout | null = null;
  picture: Picture = { nodes: [], clusters: [], moves: 0 };

  /** @param nodes that run. */
  constructor(
    private readonly nodes: () => readonly FleetNode[],
    private readonly changed: (picture: Picture) => void,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.look(), EVERY_MS);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.http.close();
  }

  private look(): void {
    const nodes = this.nodes();
    for (const node of nodes) void this.ask(node);
    for (const name of this.told.keys()) if (!nodes.some((node) => node.name === name)) this.told.delete(name);
    this.picture = this.draw();
    this.changed(this.picture);
  }

  /** One question at a time; who does not answer (it starts, it is stopped) is asked again. */
  private async ask(from: FleetNode): Promise<void> {
    if (this.asking.has(from.name)) return;
    this.asking.add(from.name);
    try {
      this.told.set(from.name, { ...((await this.http.get(`${from.url}/fleet`)) as FleetAnswer), from });
    } catch {
      this.told.delete(from.name);
    } finally {
      this.asking.delete(from.name);
    }
  }

  private draw(): Picture {
    const told = [...this.told.values()];
    const [newest] = told
      .map(({ topology }) => topology)
      .filter((topology) => topology !== null)
      .sort((a, b) => b.version - a.version);
    if (newest === undefined) return this.picture;
    const leaders = leadersOf(told);
    return {
      nodes: newest.nodes
        .filter(({ state, management }) => state !== 'left' && !(state === 'down' && management === 'none'))
        .map(({ nodeId, state, management, hosted }): SeenNode => {
          const answer = told.find(({ node }) => node.nodeId === nodeId);
          const clusters = answer?.node.clusters ?? [];
          return {
            nodeId,
            name: answer?.from.name ?? 0,
            url: answer?.from.url ?? '',
            state,
            management,
            hosted,
            clusters: clusters.map(({ clusterId, role }) => ({ clusterId, isLeader: role === 'leader' })),
            owns: [...leaders.values()].reduce(
              (sum, { runs }) => sum + (runs.owners.find((owner) => owner.nodeId === nodeId)?.runs ?? 0),
              0,
            ),
          };
        }),
      clusters: newest.clusters.map(({ clusterId, state, members, slots, slotTarget }): SeenCluster => {
        const leader = leaders.get(clusterId);
        return {
          clusterId,
          state,
          members,
          slots,
          slotTarget,
          leader: leader?.leader ?? 0,
          open: leader?.runs.open ?? 0,
          entriesPerSecond: leader === undefined ? 0 : this.rate(leader),
        };
      }),
      moves: newest.moves.length,
    };
  }

  private rate({ clusterId, commitIndex }: ClusterAnswer): number {
    const atMs = performance.now();
    const before = this.rates.get(clusterId);
    if (before !== undefined && atMs - before.atMs < RATE_MS) return before.perSecond;
    const perSecond = before === undefined ? 0 : Math.max(0, ((commitIndex - before.index) * 1_000) / (atMs - before.atMs));
    this.rates.set(clusterId, { atMs, index: commitIndex, perSecond });
    return perSecond;
  }
}

/** By cluster. Of two that say so, who has the later term. */
function leadersOf(told: readonly Told[]): Map<number, ClusterAnswer> {
  const leaders = new Map<number, ClusterAnswer>();
  for (const { node } of told) {
    for (const cluster of node.clusters) {
      if (cluster.role === 'leader' && cluster.term > (leaders.get(cluster.clusterId)?.term ?? -1)) leaders.set(cluster.clusterId, cluster);
    }
  }
  return leaders;
}
