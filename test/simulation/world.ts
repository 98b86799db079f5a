/**
 * A cluster in virtual time: its processes, its network, and the hands that boot, kill and replace nodes. Knows nothing of what the
 * group replicates: that is the tenant's matter.
 *
 * W1. A node that crashed never comes back: its store was memory. A new one with the next id is booted and replaces it by the group's
 *     own membership calls (R42).
 * W2. At any time a majority of the voters is alive and has been since it was promoted: crash() refuses to break that (P1 speaks of no more).
 * W3. Everything is drawn from streams of the seed, by label.
 */
import type { RaftGroup } from '../../lib/cluster/group.js';
import type { RaftNode } from '../../lib/cluster/raft-node.js';
import type { StateMachine } from '../../lib/state-machine/index.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { SimulatedNetwork } from '../../lib/testing/simulated-network.js';
import { TraceHash } from '../../lib/testing/trace-hash.js';
import { VirtualTime, type VirtualNode } from '../../lib/testing/virtual-time.js';
import { GroupOracle } from './group-oracle.js';
import { Journal } from './journal.js';
import { bootHost } from './boot.js';
import { Violation } from './violation.js';
import { planOf, type ProfileName, type SeedPlan } from './profile.js';

/** A hundred times what a seed takes: nodes that keep each other busy for nothing. */
const TASKS_MAX = 400_000;

/** Wraps the state machine of a node in one with a fault. */
export type Sabotage = (nodeId: number, machine: StateMachine<unknown>) => StateMachine<unknown>;

/** What runs on top of the group of a node. */
export interface Tenant<Service> {
  /** Called once per node, before its host starts. */
  install(context: TenantContext): Tenancy<Service>;
  /** The process of the node has died. */
  died?(nodeId: number): void;
}

export interface Tenancy<Service> {
  readonly machine: StateMachine<unknown>;
  /** Virtual ms until the machine's next timer, Infinity for none. */
  readonly nextDeadlineMs?: () => number;
  start(group: RaftGroup): Service;
}

export interface WorldOptions {
  readonly seed: number;
  readonly profile: ProfileName;
  /** For named scenarios: what the seed is not to draw. */
  readonly plan?: Partial<SeedPlan>;
  /** Lines of the journal that are kept. Default 0. */
  readonly journalLines?: number;
}

export interface TenantContext {
  readonly nodeId: number;
  readonly incarnation: number;
  readonly virtual: VirtualNode;
  readonly random: SeededRandom;
  readonly world: World<unknown>;
}

export interface SimulatedNode<Service> {
  readonly id: number;
  readonly virtual: VirtualNode;
  readonly group: RaftNode;
  readonly machine: StateMachine<unknown>;
  readonly service: Service;
}

export class World<Service> {
  readonly time = new VirtualTime();
  readonly plan: SeedPlan;
  readonly trace = new TraceHash();
  readonly oracle = new GroupOracle();
  readonly network: SimulatedNetwork;
  readonly journal: Journal;
  readonly random: SeededRandom;
  /** Clients, the operator and the nemesis live in this process, which never fails. */
  readonly outside: VirtualNode;
  /** Live nodes by id. */
  readonly nodes = new Map<number, SimulatedNode<Service>>();
  /** Crashed, and not yet out of the membership. */
  readonly lost = new Set<number>();
  private nextId: number;
  private joining = 0;

  constructor(
    { seed, profile, plan, journalLines }: WorldOptions,
    private readonly tenant: Tenant<Service>,
  ) {
    this.random = new SeededRandom(seed, 'world');
    this.plan = { ...planOf(profile, this.random.fork('plan')), ...plan };
    this.journal = new Journal(() => this.time.nowMs, journalLines ?? 0);
    this.network = new SimulatedNetwork({
      time: this.time,
      random: this.random.fork('network'),
      link: this.plan.link,
      byReference: this.plan.byReference,
      trace: this.trace,
    });
    this.outside = this.time.createNode({ name: 'outside' });
    this.nextId = this.plan.nodes + 1;
    this.time.afterTask = () => {
      this.oracle.check();
      if (this.time.taskCount > TASKS_MAX)
        throw new Violation('liveness', `a storm: ${TASKS_MAX} tasks in ${this.time.nowMs.toFixed(0)} virtual ms`);
    };
  }

  async boot(): Promise<void> {
    const members = Array.from({ length: this.plan.nodes }, (_, i) => i + 1);
    await Promise.all(members.map((id) => this.bootNode(id, members)));
  }

  get live(): ReadonlyArray<SimulatedNode<Service>> {
    return [...this.nodes.values()];
  }

  get leader(): SimulatedNode<Service> | undefined {
    return this.live.filter((node) => node.group.isLeader).sort((a, b) => b.group.term - a.group.term)[0];
  }

  get isWhole(): boolean {
    return this.lost.size === 0 && this.joining === 0;
  }

  /** True if one more node may die: a majority of the original voters survives, also while a replacement is under way. */
  get mayCrash(): boolean {
    return this.joining === 0 && this.lost.size + 1 <= Math.floor((this.plan.nodes - 1) / 2);
  }

  crash(id: number): void {
    this.journal.write(`crash of node ${id}`);
    this.nodes.delete(id);
    this.lost.add(id);
    this.network.crash(id);
    this.tenant.died?.(id);
  }

  /** Resolves when `lostId` is out of the membership and a new node is a voter in its place. */
  async replace(lostId: number): Promise<void> {
    this.joining++;
    const id = this.nextId++;
    this.journal.write(`node ${id} replaces ${lostId}`);
    await this.bootNode(id, null);
    const isVoter = ({ membership }: RaftGroup): boolean => membership.voters.includes(id);
    if (this.plan.replacement === 'replace') {
      await this.untilMember('replace', lostId, id, (group) => isVoter(group) && isGone(group, lostId));
    } else {
      if (this.plan.replacement === 'remove first') await this.remove(lostId);
      await this.untilMember('addLearner', id, 0, (group) => isVoter(group) || group.membership.learners.includes(id));
      await this.untilMember('promote', id, 0, isVoter);
      if (this.plan.replacement === 'add first') await this.remove(lostId);
    }
    this.lost.delete(lostId);
    this.joining--;
    this.journal.write(`node ${id} has replaced ${lostId}`);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.outside.setTimer(ms, resolve);
    });
  }

  /** Rejects when `promise` has not settled within `ms`, as when the process that made it has died. */
  within<T>(promise: Promise<T>, ms: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.outside.setTimer(ms, () => reject(new Error(`no answer within ${ms} ms`)));
      promise.then(
        (value) => {
          timer.cancel();
          resolve(value);
        },
        (error: unknown) => {
          timer.cancel();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  private async remove(lostId: number): Promise<void> {
    await this.untilMember('remove', lostId, 0, (group) => isGone(group, lostId));
  }

  /** An operator who asks any node, again and again, until the change shows on a majority. */
  private async untilMember(
    call: 'addLearner' | 'promote' | 'remove' | 'replace',
    id: number,
    replacement: number,
    isDone: (group: RaftGroup) => boolean,
  ): Promise<void> {
    const random = this.random.fork(`operator/${call}/${id}`);
    for (;;) {
      const settled = this.live.filter((node) => isDone(node.group)).length;
      if (settled > this.plan.nodes / 2) return;
      const node = random.pick(this.live);
      try {
        await this.within(call === 'replace' ? node.group.replace(id, replacement) : node.group[call](id), 3000);
      } catch (error) {
        this.journal.write(() => `${call}(${id}) on node ${node.id}: ${String(error)}`);
      }
      await this.sleep(20 + random.int(60));
    }
  }

  private async bootNode(id: number, members: readonly number[] | null): Promise<void> {
    const random = this.random.fork(`node/${id}`);
    const clocks = random.fork('clock');
    const turns = random.fork('turns');
    const { plan } = this;
    const virtual = this.time.createNode({
      name: `node ${id}`,
      clockOffsetMs: clocks.between(-plan.clockOffsetMsMax, plan.clockOffsetMsMax),
      clockRate: 1 + clocks.between(-plan.clockRateSpread, plan.clockRateSpread),
      ...(plan.turnDelayMsMax > 0 ? { turnDelayMs: () => turns.float() * plan.turnDelayMsMax } : {}),
    });
    const incarnation = id;
    const tenancy = this.tenant.install({
      nodeId: id,
      incarnation,
      virtual,
      random: random.fork('service'),
      world: this as World<unknown>,
    });
    const group = await bootHost({
      nodeId: id,
      incarnation,
      virtual,
      random: random.fork('host'),
      transport: this.network.createTransport(virtual),
      machine: tenancy.machine,
      ...(tenancy.nextDeadlineMs === undefined ? {} : { nextDeadlineMs: tenancy.nextDeadlineMs }),
      members,
      plan,
      journal: this.journal,
      oracle: this.oracle,
    });
    this.nodes.set(id, { id, virtual, group, machine: tenancy.machine, service: tenancy.start(group) });
  }
}

function isGone({ membership }: RaftGroup, id: number): boolean {
  return ![...membership.voters, ...membership.votersOutgoing, ...membership.learners, ...membership.learnersNext].includes(id);
}
