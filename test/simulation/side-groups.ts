/**
 * Groups of registers beside the first group, on some of the same nodes: they share its hosts, disks, links and faults, and nothing else. Each has an
 * oracle and clients of its own, and its membership follows the nodes that are lost, leave and come.
 */
import type { RaftHost } from '../../lib/cluster/raft-host.js';
import type { RaftNode } from '../../lib/cluster/raft-node.js';
import type { SeededRandom } from '../../lib/testing/seeded-random.js';
import { openGroup } from './boot.js';
import { GroupOracle } from './group-oracle.js';
import type { Journal } from './journal.js';
import { KvMachine, type PutResult } from './kv-machine.js';
import { KvClients, type KvService, type KvSurroundings } from './kv-clients.js';
import type { SeedPlan } from './profile.js';

/** A replica on a process that is up. */
export interface Replica<Service> {
  readonly id: number;
  readonly group: RaftNode;
  readonly service: Service;
}

/** One group as its operator and its clients see it. */
export interface GroupView<Service> {
  readonly groupId: number;
  /** Replicas on processes that are up, by node. */
  readonly nodes: ReadonlyMap<number, Replica<Service>>;
  /** Nodes that hold a replica, up or down; those that are lost for good are none of them. */
  readonly size: number;
}

export interface SideSurroundings extends Omit<KvSurroundings, 'pickLive'> {
  readonly plan: SeedPlan;
  readonly journal: Journal;
  isLost(id: number): boolean;
}

export class SideGroup implements GroupView<KvService> {
  readonly oracle = new GroupOracle();
  readonly nodes = new Map<number, Replica<KvService>>();
  /** Nodes that hold a replica, and the first members that they were started with; null: waits to be added. */
  readonly members = new Map<number, readonly number[] | null>();
  readonly clients: KvClients;
  private readonly opened = new WeakMap<RaftHost, Promise<void>>();

  constructor(
    readonly groupId: number,
    first: readonly number[],
    private readonly surroundings: SideSurroundings,
  ) {
    for (const id of first) this.members.set(id, first);
    if (surroundings.plan.disk !== null) this.oracle.compareWith(new KvMachine());
    const { random, plan, journal } = surroundings;
    this.clients = new KvClients({
      random: random.fork(`side/${groupId}`),
      plan: { clients: 1, thinkMsMax: plan.thinkMsMax },
      journal,
      sleep: (ms) => surroundings.sleep(ms),
      within: (promise, ms) => surroundings.within(promise, ms),
      pickLive: (of) => this.pickLive(of),
    });
  }

  get size(): number {
    return [...this.members.keys()].filter((id) => !this.surroundings.isLost(id)).length;
  }

  /** One leader, followed by all of the live ones, and all have applied all that it has. */
  get isSettled(): boolean {
    return isSettled([...this.nodes.values()], this.oracle.lastIndex);
  }

  /** On a process that has just started, or that runs; once on each. */
  open(host: RaftHost, onStorageFailed: (error: Error) => void): Promise<void> {
    let opening = this.opened.get(host);
    if (opening === undefined) this.opened.set(host, (opening = this.begin(host, onStorageFailed)));
    return opening;
  }

  private async begin(host: RaftHost, onStorageFailed: (error: Error) => void): Promise<void> {
    const { journal } = this.surroundings;
    const { nodeId } = host;
    const kv = new KvMachine();
    const group = await openGroup({
      host,
      groupId: this.groupId,
      machine: this.oracle.observe(nodeId, kv),
      members: this.members.get(nodeId) ?? null,
      journal,
      oracle: this.oracle,
      onStorageFailed,
      nextDeadlineMs: undefined,
    });
    this.nodes.set(nodeId, { id: nodeId, group, service: { group: group as unknown as RaftNode<PutResult>, machine: kv } });
  }

  verify(): void {
    for (const { service } of this.nodes.values()) this.clients.verify(service.machine);
    this.clients.verifyHistory();
  }

  async compareFinal(): Promise<void> {
    await this.oracle.compareFinal(
      [...this.nodes.values()].map(({ id, group, service }) => ({
        id,
        appliedIndex: group.appliedIndex,
        snapshot: () => service.machine.snapshot(),
      })),
    );
  }

  private async pickLive(random: SeededRandom): Promise<Replica<KvService>> {
    while (this.nodes.size === 0) await this.surroundings.sleep(10);
    return random.pick([...this.nodes.values()]);
  }
}

/** One leader is followed by all, and all have applied all that it has: its own first entry, and what it found in its log. */
export function isSettled(nodes: ReadonlyArray<{ readonly id: number; readonly group: RaftNode }>, lastIndex: number): boolean {
  const leader = leaderOf(nodes);
  if (leader === undefined) return false;
  const { appliedIndex } = leader.group;
  if (leader.group.status().lastIndex !== appliedIndex || appliedIndex < lastIndex) return false;
  return nodes.every(({ group }) => group.leaderId === leader.id && group.appliedIndex === appliedIndex);
}

export function leaderOf<T extends { readonly group: RaftNode }>(nodes: readonly T[]): T | undefined {
  return nodes.filter((node) => node.group.isLeader).sort((a, b) => b.group.term - a.group.term)[0];
}
