/**
 * A cluster in virtual time: its processes, its network, and the hands that boot, kill and replace nodes. Knows nothing of what the
 * group replicates: that is the tenant's matter.
 *
 * W1. A node that keeps everything in memory and crashed never comes back. A new one with the next id is booted and replaces it by the
 *     group's own membership calls (R42). A node with a disk starts again on it, under its old id; if its files are damaged, it is replaced.
 * W2. At any time a majority of the voters holds what it ever stored: in memory, it is alive and has been since it was promoted; on disk, no
 *     bit of it was flipped. crash() and damage() are called only where that stays so (P1 speaks of no more).
 * W3. A node that leaves is removed by the group's own membership calls, and its process ends for good some time later. At least one node stays.
 * W4. Everything is drawn from streams of the seed, by label.
 */
import type { RaftGroup } from '../../lib/cluster/group.js';
import { isRaftoralError } from '../../lib/errors/index.js';
import type { RaftHost } from '../../lib/cluster/raft-host.js';
import type { RaftNode } from '../../lib/cluster/raft-node.js';
import { CODEC_LEVEL_MAX } from '../../lib/workflow/command.js';
import type { RowStateMachine, StateMachine } from '../../lib/state-machine/index.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { SimulatedDatabase } from '../../lib/testing/simulated-disk-database.js';
import { LOG_DATABASE, SimulatedDiskStorage, STATE_DATABASE, type StorageSabotage } from '../../lib/testing/simulated-disk-storage.js';
import { SimulatedNetwork } from '../../lib/testing/simulated-network.js';
import { TraceHash } from '../../lib/testing/trace-hash.js';
import { VirtualTime, type VirtualNode } from '../../lib/testing/virtual-time.js';
import { GroupOracle, type FinalNode } from './group-oracle.js';
import { Journal } from './journal.js';
import { bootHost, DEPLOYMENT, GROUP_ID } from './boot.js';
import { NodeDisks } from './disks.js';
import { Violation } from './violation.js';
import { MEMBERS_MAX, planOf, type Build, type GroupProfileName, type SeedPlan } from './profile.js';
import { isSettled, leaderOf, SideGroup, type GroupView } from './side-groups.js';

/** A hundred times what a seed takes: nodes that keep each other busy for nothing. */
const TASKS_MAX = 400_000;

/** Wraps the state machine of a node in one with a fault. */
export type Sabotage = (nodeId: number, machine: StateMachine<unknown>) => StateMachine<unknown>;

/** What runs on top of the group of a node. */
export interface Tenant<Service> {
  /** Called once per node, before its host starts. */
  install(context: TenantContext): Tenancy<Service>;
  /** A machine that is never stopped and holds everything in memory: what the others are compared with where they have disks. */
  reference(): StateMachine<unknown>;
  /** The process of the node has died. */
  died?(nodeId: number): void;
}

export interface Tenancy<Service> {
  readonly machine: StateMachine<unknown>;
  /** Virtual ms until the machine's next timer, Infinity for none. */
  readonly nextDeadlineMs?: () => number;
  /** `incarnation`: of this start of the process, as its storage knows it. */
  start(group: RaftGroup, incarnation: number): Service;
}

export interface WorldOptions {
  readonly seed: number;
  readonly profile: GroupProfileName;
  /** For named scenarios: what the seed is not to draw. */
  readonly plan?: Partial<SeedPlan>;
  /** Lines of the journal that are kept. Default 0. */
  readonly journalLines?: number;
  /** For tests of the simulator itself: a storage with a fault of its own. */
  readonly storageSabotage?: StorageSabotage;
}

export interface TenantContext {
  readonly nodeId: number;
  readonly virtual: VirtualNode;
  readonly random: SeededRandom;
  readonly world: World<unknown>;
  readonly build: Build;
}

export interface SimulatedNode<Service> {
  readonly id: number;
  readonly host: RaftHost;
  readonly virtual: VirtualNode;
  readonly group: RaftNode;
  readonly machine: StateMachine<unknown>;
  readonly service: Service;
  /** null: everything is in memory. */
  readonly storage: SimulatedDiskStorage | null;
}

/** What a node runs where builds are not what is examined. */
const ONE_BUILD: Build = { versions: [1, 2], codecLevelMax: CODEC_LEVEL_MAX };

export class World<Service> implements GroupView<Service> {
  readonly groupId = GROUP_ID;
  /** Nothing in it waits for a socket or a real timer. */
  readonly time = new VirtualTime({ tasksPerLoop: 64 });
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
  readonly disks: NodeDisks;
  readonly counts = { restarts: 0, damageFound: 0, stoppedByStorage: 0, refusedStarts: 0 };
  /** A node has the state of a received snapshot on its disk, and its log is not reset to it yet. */
  onReplaced: ((id: number) => void) | null = null;
  /** Somebody asks one node for far more than it can take. */
  onBurst: ((node: SimulatedNode<Service>) => void) | null = null;
  /** The groups beside the first one. */
  readonly sides: SideGroup[] = [];
  private readonly builds = new Map<number, Build>();
  private nextId: number;
  private joining = 0;
  /** Nodes that join or leave just now. */
  readonly changing = new Set<number>();
  /** Members once all changes under way are done. */
  private membersToBe: number;
  private readonly sideWork = new Map<SideGroup, Promise<unknown>>();
  private readonly membershipCounts = { oneMember: 0, sevenMembers: 0, overlappingChanges: 0, removedLeaders: 0, sideChanges: 0 };
  /** Processes that are starting, and how to end them. */
  private readonly starting = new Map<number, () => void>();
  private readonly storages: SimulatedDiskStorage[] = [];
  private readonly replacing = new Set<number>();
  private readonly starts = new Map<number, number>();
  private readonly firstMembers = new Map<number, readonly number[] | null>();
  /** Processes whose storage has failed. */
  private readonly failed = new WeakSet<VirtualNode>();
  /** Nodes that are on their way up again. */
  private recovering = 0;
  private readonly storageSabotage: StorageSabotage | undefined;

  constructor(
    { seed, profile, plan, journalLines, storageSabotage }: WorldOptions,
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
    this.disks = new NodeDisks(this.plan, this.time, this.random.fork('disk'), this.trace);
    this.storageSabotage = storageSabotage;
    if (this.plan.disk !== null) this.oracle.compareWith(tenant.reference());
    this.outside = this.time.createNode({ name: 'outside' });
    const first = this.plan.upgrade?.first ?? [ONE_BUILD];
    for (let id = 1; id <= this.plan.nodes; id++) this.builds.set(id, first[id % first.length]!);
    this.nextId = this.plan.nodes + 1;
    this.membersToBe = this.plan.nodes;
    this.time.afterTask = () => {
      this.oracle.check();
      for (const side of this.sides) side.oracle.check();
      if (this.time.taskCount > TASKS_MAX)
        throw new Violation('liveness', `a storm: ${TASKS_MAX} tasks in ${this.time.nowMs.toFixed(0)} virtual ms`);
    };
  }

  async boot(): Promise<void> {
    const members = Array.from({ length: this.plan.nodes }, (_, i) => i + 1);
    for (const id of members) this.firstMembers.set(id, members);
    this.planSides(members);
    await Promise.all(members.map((id) => this.bootNode(id)));
  }

  get live(): ReadonlyArray<SimulatedNode<Service>> {
    return [...this.nodes.values()];
  }

  get leader(): SimulatedNode<Service> | undefined {
    return leaderOf(this.live);
  }

  get isWhole(): boolean {
    return this.lost.size === 0 && this.joining === 0 && this.changing.size === 0 && this.recovering === 0;
  }

  /** Members of the first group: up, starting, or down and to start again. */
  get size(): number {
    return this.ids.length;
  }

  buildOf(id: number): Build {
    return this.builds.get(id) ?? ONE_BUILD;
  }

  /** True if the node's disk may rot, or what it holds in memory be lost: fewer than half of any group's replicas are, and nothing is being changed. */
  mayLose(id: number): boolean {
    if (this.joining !== 0 || this.changing.size !== 0) return false;
    const lost = new Set([...this.disks.damaged, ...this.lost, id]);
    const groups = [this.firstMembers, ...this.sides.map(({ members }) => members)].filter((members) => members.has(id));
    return groups.every((members) => [...members.keys()].filter((each) => lost.has(each)).length <= Math.floor((members.size - 1) / 2));
  }

  /** One of the live nodes, once there is one. */
  async pickLive(random: SeededRandom): Promise<SimulatedNode<Service>> {
    while (this.nodes.size === 0) await this.sleep(10);
    return random.pick(this.live);
  }

  /** All groups have settled. */
  get isSettled(): boolean {
    if (!this.isWhole || !isSettled(this.live, this.oracle.lastIndex)) return false;
    return this.sides.every((side) => side.isSettled);
  }

  crash(id: number): void {
    this.journal.write(`crash of node ${id}`);
    this.lost.add(id);
    this.endReplicas(id);
  }

  private endReplicas(id: number): void {
    this.nodes.delete(id);
    for (const side of this.sides) side.nodes.delete(id);
    this.network.crash(id);
    this.tenant.died?.(id);
  }

  /** What the disks did, and what became of it; how far the membership went. */
  get diskFaults(): Readonly<Record<string, number>> {
    if (this.plan.disk === null) return { ...this.membershipCounts, restores: this.oracle.restores };
    const total: Record<string, number> = {
      ...this.disks.counts,
      ...this.counts,
      ...this.membershipCounts,
      restores: this.oracle.restores,
    };
    for (const { work } of this.storages) for (const [name, count] of Object.entries(work)) total[name] = (total[name] ?? 0) + count;
    return total;
  }

  /** Ends the process of a node with a disk, up or starting; `power-cut` takes the unsynced part of its disk along. */
  stop(id: number, how: 'kill' | 'power-cut'): void {
    this.journal.write(`${how} of node ${id}`);
    this.endReplicas(id);
    this.starting.get(id)?.();
    if (how === 'power-cut') this.disks.of(id).cutPower();
  }

  /** Every node that is up, starting, or down and to start again. */
  get ids(): readonly number[] {
    return [...this.firstMembers.keys()].filter((id) => !this.lost.has(id));
  }

  /** It has left for good, or is lost. */
  isGone(id: number): boolean {
    return this.lost.has(id) || !this.firstMembers.has(id);
  }

  /** Flips a bit on the disk of a node that is down. False if there was nothing to damage. */
  damage(id: number, random: SeededRandom): boolean {
    const name = random.pick([LOG_DATABASE, STATE_DATABASE]);
    if (!SimulatedDatabase.damage(this.disks.of(id), name, random)) return false;
    this.journal.write(`a bit of ${name} of node ${id} flips`);
    this.disks.damaged.add(id);
    return true;
  }

  /** A node with a disk starts again with another build; one in memory is replaced. null: not now. */
  deploy(id: number, build: Build, afterMs: number): Promise<void> | null {
    if (this.changing.has(id) || this.lost.has(id) || !this.firstMembers.has(id)) return null;
    this.journal.write(`node ${id} is to run versions ${build.versions.join()} at codec level ${build.codecLevelMax}`);
    // A newcomer is of the newest codec level: one that is not could not follow a group that has been raised meanwhile (R31).
    if (this.plan.disk === null) return this.swap(id, { ...build, codecLevelMax: CODEC_LEVEL_MAX });
    this.builds.set(id, build);
    this.stop(id, 'kill');
    return this.restart(id, afterMs);
  }

  /** Power is lost everywhere, at once, and comes back; for the end of a run. Resolves when all nodes are up again, or replaced. */
  async loseAllPower(): Promise<void> {
    const { ids } = this;
    for (const id of ids) this.stop(id, 'power-cut');
    await Promise.all(ids.map((id) => this.restart(id, 10)));
  }

  /**
   * All processes end at one moment, between two flushes. What a machine had not flushed yet is flushed then, by another process on the same disk: the
   * snapshot is that of its state, by way of the disk.
   */
  async finalSnapshots(): Promise<FinalNode[]> {
    // A timer or a sweep may have come since the run had settled.
    while (!this.isSettled || this.live.some(({ storage }) => storage?.state.isBusy === true)) await this.sleep(1);
    const nodes = this.live;
    for (const side of this.sides) await side.compareFinal();
    if (this.plan.disk === null)
      return nodes.map(({ id, group, machine }) => ({ id, appliedIndex: group.appliedIndex, snapshot: () => machine.snapshot() }));
    for (const { id } of nodes) this.stop(id, 'kill');
    return nodes.map((node) => ({
      id: node.id,
      appliedIndex: node.group.appliedIndex,
      snapshot: () => this.snapshotByDisk(node),
      mayBeDamaged: this.disks.damaged.has(node.id),
    }));
  }

  private async snapshotByDisk({ id, group, machine }: SimulatedNode<Service>): Promise<Uint8Array> {
    if (!('cut' in machine)) return machine.snapshot();
    const rows = machine as RowStateMachine;
    const process = this.time.createNode({ name: `after node ${id}` });
    const storage = new SimulatedDiskStorage({
      disk: this.disks.of(id),
      process,
      random: this.random.fork(`final/${id}`),
      checkpointFrames: 100,
    });
    await storage.open({ deployment: DEPLOYMENT, nodeId: id, incarnation: 1 });
    const position = storage.log(GROUP_ID).snapshot()!;
    await storage.state.flush(GROUP_ID, { index: group.appliedIndex, term: position.term, confState: group.membership }, rows.cut());
    return rows.bytesOf(await storage.state.image(GROUP_ID));
  }

  /** Starts a node with a disk again. Resolves when it is up, or replaced because its disk was damaged, or stopped by others while it started. */
  async restart(id: number, afterMs: number): Promise<void> {
    const random = this.random.fork(`restart/${id}/${this.counts.restarts++}`);
    this.recovering++;
    try {
      await this.sleep(afterMs);
      while (!this.nodes.has(id) && !this.starting.has(id) && !this.lost.has(id) && this.firstMembers.has(id)) {
        const outcome = await this.tryToStart(id);
        if (outcome !== 'refused') break;
        await this.sleep(random.between(20, 200));
      }
      if (this.lost.has(id) && !this.replacing.has(id)) await this.replace(id);
    } finally {
      this.recovering--;
    }
  }

  /** Resolves when `lostId` is out of the membership and a new node is a voter in its place. */
  async replace(lostId: number): Promise<void> {
    this.joining++;
    this.replacing.add(lostId);
    const id = this.nextId++;
    this.journal.write(`node ${id} replaces ${lostId}`);
    this.firstMembers.set(id, null);
    if (this.plan.disk === null) await this.bootNode(id);
    else await this.restart(id, 0);
    const isVoter = ({ membership }: RaftGroup): boolean => membership.voters.includes(id);
    if (this.plan.replacement === 'replace') {
      await this.untilMember('replace', lostId, id, (group) => isGone(group, lostId));
    } else {
      if (this.plan.replacement === 'remove first') await this.remove(lostId);
      await this.untilMember('addLearner', id, 0, (group) => isVoter(group) || group.membership.learners.includes(id));
      await this.untilMember('promote', id, 0, isVoter);
      if (this.plan.replacement === 'add first') await this.remove(lostId);
    }
    for (const side of this.sides) if (side.members.has(lostId)) await this.replaceInSide(side, lostId, id);
    this.lost.delete(lostId);
    this.replacing.delete(lostId);
    this.firstMembers.delete(lostId);
    this.disks.damaged.delete(lostId);
    this.joining--;
    this.journal.write(`node ${id} has replaced ${lostId}`);
  }

  /** A new node becomes a voter. Resolves when it is one; null if there are as many members as may be. */
  grow(): Promise<void> | null {
    if (this.membersToBe >= MEMBERS_MAX || !this.mayChange) return null;
    this.membersToBe++;
    const id = this.nextId++;
    return this.change([id], async () => {
      await this.bootNewcomer(id);
      const isVoter = ({ membership }: RaftGroup): boolean => membership.voters.includes(id);
      await this.untilMember('addLearner', id, 0, (group) => isVoter(group) || group.membership.learners.includes(id));
      await this.untilMember('promote', id, 0, isVoter);
      const side = this.random.fork(`grow/${id}`).pick([undefined, ...this.sides]);
      if (side !== undefined) await this.inSide(side, () => this.growSide(side, id));
    });
  }

  /** What was lost is replaced first. */
  private get mayChange(): boolean {
    return this.joining === 0 && this.lost.size === 0 && this.disks.damaged.size === 0;
  }

  /** A member leaves, dead or alive. Resolves when its process has ended; null if it is the last, or on its way in or out. */
  shrink(id: number): Promise<void> | null {
    if (this.membersToBe <= 1 || this.changing.has(id) || !this.mayChange) return null;
    this.membersToBe--;
    if (this.leader?.id === id) this.membershipCounts.removedLeaders++;
    return this.change([id], async () => {
      await this.remove(id);
      for (const side of this.sides) if (side.members.has(id)) await this.shrinkSide(side, id);
      await this.end(id);
    });
  }

  /** A new node takes the place of a member, dead or alive. */
  swap(id: number, build?: Build): Promise<void> | null {
    if (this.changing.has(id) || !this.mayChange) return null;
    const replacement = this.nextId++;
    if (build !== undefined) this.builds.set(replacement, build);
    return this.change([id, replacement], async () => {
      await this.bootNewcomer(replacement);
      await this.untilMember('replace', id, replacement, (group) => isGone(group, id));
      for (const side of this.sides) if (side.members.has(id)) await this.replaceInSide(side, id, replacement);
      await this.end(id);
    });
  }

  private async change(ids: readonly number[], work: () => Promise<void>): Promise<void> {
    if (this.changing.size > 0) this.membershipCounts.overlappingChanges++;
    for (const id of ids) this.changing.add(id);
    this.journal.write(`members to be: ${this.membersToBe}; changing ${[...this.changing].join()}`);
    await work();
    for (const id of ids) this.changing.delete(id);
    const { size } = this.firstMembers;
    if (this.changing.size === 0 && size === 1) this.membershipCounts.oneMember++;
    if (this.changing.size === 0 && size === MEMBERS_MAX) this.membershipCounts.sevenMembers++;
    this.journal.write(`changed ${ids.join()}; members now: ${[...this.firstMembers.keys()].join()}`);
  }

  private async bootNewcomer(id: number): Promise<void> {
    this.firstMembers.set(id, null);
    if (this.plan.disk === null) await this.bootNode(id);
    else await this.restart(id, 0);
  }

  /** Of a node that has been removed: it may run on for a while (R39), or be started once more, but never comes back. */
  private async end(id: number): Promise<void> {
    await this.sleep(this.random.fork(`end/${id}`).between(0, 300));
    this.firstMembers.delete(id);
    this.stop(id, 'kill');
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

  /**
   * An operator who asks any node, again and again, until one says that the change is made: then, and not before, a removed node may be ended. A refusal
   * says so too, where the group is as it `isDone`; of a replacement, that the lost node is gone: the new one may have been replaced meanwhile.
   */
  private async untilMember(
    call: 'addLearner' | 'promote' | 'remove' | 'replace',
    id: number,
    replacement: number,
    isDone: (group: RaftGroup) => boolean,
    view: GroupView<unknown> = this,
    isHopeless: () => boolean = () => false,
  ): Promise<boolean> {
    const name = view.groupId === GROUP_ID ? '' : `group ${view.groupId}: `;
    const random = this.random.fork(`operator/${name}${call}/${id}`);
    while (!isHopeless()) {
      const replicas = [...view.nodes.values()];
      if (replicas.length !== 0) {
        const node = random.pick(replicas);
        try {
          await this.within(call === 'replace' ? node.group.replace(id, replacement) : node.group[call](id), 3000);
          return true;
        } catch (error) {
          this.journal.write(() => `${name}${call}(${id}) on node ${node.id}: ${String(error)}`);
          if (isDone(node.group) && isMadeAlready(error)) return true;
        }
      }
      await this.sleep(20 + random.int(60));
    }
    return false;
  }

  /** Each side group begins on three of the nodes, or on all of them. */
  private planSides(members: readonly number[]): void {
    const random = this.random.fork('sides');
    for (let i = 0; i < this.plan.sideGroups; i++) {
      const count = random.chance(0.3) ? members.length : Math.min(3, members.length);
      const first = random
        .shuffle(members)
        .slice(0, count)
        .sort((a, b) => a - b);
      const { plan, journal } = this;
      const surroundings = {
        plan,
        journal,
        random: this.random,
        sleep: (ms: number) => this.sleep(ms),
        within: <T>(promise: Promise<T>, ms: number) => this.within(promise, ms),
        isLost: (id: number) => this.lost.has(id),
      };
      this.sides.push(new SideGroup(GROUP_ID + 1 + i, first, surroundings));
    }
  }

  private async joinSide(side: SideGroup, id: number): Promise<void> {
    this.membershipCounts.sideChanges++;
    side.members.set(id, null);
    await this.openSide(side, id);
  }

  /** On the process of a node, if it is up; one that starts sees to it itself. */
  private async openSide(side: SideGroup, id: number): Promise<void> {
    const node = this.nodes.get(id);
    if (node === undefined || side.nodes.has(id)) return;
    try {
      await side.open(node.host, (error) => this.storageFailed(id, node.virtual, error));
    } catch (error) {
      // Its storage failed just then: it sees to it when it starts again.
      if (!isRaftoralError(error) || !this.failed.has(node.virtual)) throw error;
    }
    if (this.nodes.get(id) !== node) side.nodes.delete(id);
  }

  /** One change of a side group after the other. */
  private inSide<T>(side: SideGroup, work: () => Promise<T>): Promise<T> {
    const done = (this.sideWork.get(side) ?? Promise.resolve()).then(work);
    this.sideWork.set(side, done);
    return done;
  }

  private async replaceInSide(side: SideGroup, lostId: number, id: number): Promise<void> {
    const random = this.random.fork(`side/${side.groupId}/${lostId}`);
    for (let next = id; !(await this.inSide(side, () => this.swapInSide(side, lostId, next)));) {
      const isFree = (each: number): boolean => !this.changing.has(each) && !this.isLostForGood(each) && !side.members.has(each);
      while (!this.ids.some(isFree)) await this.sleep(50);
      next = random.pick(this.ids.filter(isFree));
    }
  }

  private isLostForGood(id: number): boolean {
    return this.lost.has(id) || !this.firstMembers.has(id);
  }

  /** False: the new one is lost itself. */
  private async swapInSide(side: SideGroup, lostId: number, id: number): Promise<boolean> {
    if (!side.members.has(lostId)) return true;
    if (this.isLostForGood(id)) return false;
    await this.joinSide(side, id);
    const isGoneThere = (group: RaftGroup): boolean => isGone(group, lostId);
    const isMade = await this.untilMember('replace', lostId, id, isGoneThere, side, () => this.isLostForGood(id));
    if (isMade) side.members.delete(lostId);
    return isMade;
  }

  private async growSide(side: SideGroup, id: number): Promise<void> {
    await this.joinSide(side, id);
    const isVoter = ({ membership }: RaftGroup): boolean => membership.voters.includes(id);
    await this.untilMember('addLearner', id, 0, (group) => isVoter(group) || group.membership.learners.includes(id), side);
    await this.untilMember('promote', id, 0, isVoter, side);
  }

  /** The last replica of a group goes to another node. */
  private async shrinkSide(side: SideGroup, id: number): Promise<void> {
    this.membershipCounts.sideChanges++;
    for (;;) {
      const others = this.ids.filter((each) => each !== id && !this.changing.has(each));
      if (side.members.size === 1 && others.length !== 0) {
        return this.replaceInSide(side, id, this.random.fork(`side/${side.groupId}/${id}`).pick(others));
      }
      if (await this.inSide(side, () => this.removeFromSide(side, id))) return;
      await this.sleep(50);
    }
  }

  /** False: it is the last replica. */
  private async removeFromSide(side: SideGroup, id: number): Promise<boolean> {
    if (side.members.size === 1) return false;
    await this.untilMember('remove', id, 0, (group) => isGone(group, id), side);
    side.members.delete(id);
    return true;
  }

  /** D1 of the disks decides what may refuse. */
  private async tryToStart(id: number): Promise<'up' | 'stopped' | 'refused'> {
    try {
      return (await this.bootNode(id)) ? 'up' : 'stopped';
    } catch (error) {
      if (!isRaftoralError(error)) throw error;
      this.journal.write(() => `node ${id} does not start: ${error.message}`);
      this.counts.refusedStarts++;
      if (!this.disks.excuses(id, error.code)) throw new Violation('P8', `node ${id} does not start: ${error.code}: ${error.message}`);
      if (error.code === 'STORAGE_DAMAGED') this.giveUp(id);
      return 'refused';
    }
  }

  private giveUp(id: number): void {
    this.counts.damageFound++;
    this.lost.add(id);
  }

  /** The process ends, as its supervisor sees to, and starts again. */
  private storageFailed(id: number, virtual: VirtualNode, error: unknown): void {
    this.journal.write(() => `the storage of node ${id} failed: ${String(error)}`);
    // All its groups say so.
    if (this.failed.has(virtual)) return;
    this.failed.add(virtual);
    const code = isRaftoralError(error) ? error.code : 'INVARIANT_VIOLATED';
    if (!this.disks.excuses(id, code)) {
      this.oracle.note('P8', `the storage of node ${id} failed without a reason: ${String(error)}`);
      return;
    }
    this.counts.stoppedByStorage++;
    const random = this.random.fork(`storage-failed/${id}/${this.counts.stoppedByStorage}`);
    this.recovering++;
    this.outside.setTimer(random.between(0, 200), () => {
      this.recovering--;
      if (this.nodes.get(id)?.virtual !== virtual) return; // others were faster
      this.stop(id, random.chance(0.3) ? 'power-cut' : 'kill');
      if (code === 'STORAGE_DAMAGED') this.giveUp(id);
      this.restart(id, random.between(0, 200)).catch((failure: unknown) => this.time.fail(failure));
    });
  }

  /** False if the process was ended while it started. Rejects with what its storage refuses. */
  private async bootNode(id: number): Promise<boolean> {
    const starts = (this.starts.get(id) ?? 0) + 1;
    this.starts.set(id, starts);
    const random = this.random.fork(starts === 1 ? `node/${id}` : `node/${id}/${starts}`);
    const clocks = random.fork('clock');
    const turns = random.fork('turns');
    const { plan } = this;
    const virtual = this.time.createNode({
      name: `node ${id}`,
      clockOffsetMs: clocks.between(-plan.clockOffsetMsMax, plan.clockOffsetMsMax),
      clockRate: 1 + clocks.between(-plan.clockRateSpread, plan.clockRateSpread),
      ...(plan.turnDelayMsMax > 0 ? { turnDelayMs: () => turns.float() * plan.turnDelayMsMax } : {}),
    });
    const stopped = new Promise<null>((resolve) => {
      this.starting.set(id, () => {
        virtual.kill();
        this.starting.delete(id);
        resolve(null);
      });
    });
    const build = this.buildOf(id);
    const tenancy = this.tenant.install({ nodeId: id, virtual, random: random.fork('service'), world: this as World<unknown>, build });
    const booting = bootHost({
      nodeId: id,
      virtual,
      random: random.fork('host'),
      transport: this.network.createTransport(virtual),
      machine: tenancy.machine,
      ...(tenancy.nextDeadlineMs === undefined ? {} : { nextDeadlineMs: tenancy.nextDeadlineMs }),
      members: this.firstMembers.get(id)!,
      plan,
      disk: plan.disk === null ? null : this.disks.of(id),
      ...(this.storageSabotage === undefined ? {} : { sabotage: this.storageSabotage }),
      journal: this.journal,
      oracle: this.oracle,
      onReplaced: () => this.onReplaced?.(id),
      onStorage: (storage) => this.storages.push(storage),
      onStorageFailed: (error) => this.storageFailed(id, virtual, error),
    });
    try {
      const booted = await Promise.race([booting, stopped]);
      if (booted === null || !virtual.alive) return false;
      const { host, group, storage, incarnation } = booted;
      this.nodes.set(id, { id, host, virtual, group, machine: tenancy.machine, service: tenancy.start(group, incarnation), storage });
      for (const side of this.sides) if (side.members.has(id)) await Promise.race([this.openSide(side, id), stopped]);
      return this.nodes.get(id)?.virtual === virtual;
    } catch (error) {
      this.endReplicas(id);
      throw error;
    } finally {
      this.starting.delete(id);
      if (!this.nodes.has(id)) this.endProcess(id, virtual);
    }
  }

  private endProcess(id: number, virtual: VirtualNode): void {
    virtual.kill();
    this.endReplicas(id);
  }
}

/** A node that has heard of no membership yet knows nothing of who is gone. */
/** It was so before the call was made, or by a call whose answer was lost. */
function isMadeAlready(error: unknown): boolean {
  return isRaftoralError(error, 'MEMBERSHIP_REFUSED') && ['already', 'unknown-node'].includes(String(error.details['reason']));
}

function isGone({ membership }: Pick<RaftGroup, 'membership'>, id: number): boolean {
  if (membership.voters.length === 0) return false;
  return ![...membership.voters, ...membership.votersOutgoing, ...membership.learners, ...membership.learnersNext].includes(id);
}
