/**
 * A deployment of two layers in virtual time: its machines (each a folder that outlives the processes on it), its network, and the hands that start and end processes.
 * Everything else the nodes do by themselves: they join, found the management cluster, follow the topology, move slots.
 *
 * W1. A process of a machine with a disk starts again on it, under its id. One that has left, or was forgotten, does not; nor does one that was lost. Where nodes keep
 *     everything in memory, a process that ends is a node that is lost (W2), and the next one on that machine joins under another id (R42).
 * W2. Nothing is lost for good but where P1 allows it: lose() refuses where a group of the node would be without a majority of its disks, or is being changed.
 *     Where a change that was on its way then takes the majority away all the same, the lost one is found again (`found`), as P1 does not speak of that; in memory
 *     nothing can be found, and the run ends there without a verdict on what has not ended (`isBeyond`). So it is with a cluster that was begun on nodes that had just been lost.
 * W3. Everything is drawn from streams of the seed, by label.
 * W4. When the faults have ended, an operator does what the plan of the cluster manager asks for, and nothing else: where a cluster has nobody who runs code, and no node
 *     that does could become a member (such nodes were lost, drained, taken out by hand), a machine that does is added (`hired`). So it is where members that are to leave wait
 *     for a voter that is lost, and no node could take the place of that.
 */
import type { RaftoralModuleOptions } from '../../../lib/interfaces/options.js';
import { isRaftoralError } from '../../../lib/errors/index.js';
import type { ClusterView, TopologyView } from '../../../lib/management/index.js';
import type { ConfState } from '../../../lib/raft/index.js';
import { MemoryRaftStorage } from '../../../lib/storage/memory.js';
import { MemoryNodeNotes } from '../../../lib/storage/node-notes.js';
import { SeededRandom } from '../../../lib/testing/seeded-random.js';
import { SimulatedDisk } from '../../../lib/testing/simulated-disk.js';
import { SimulatedDiskStorage } from '../../../lib/testing/simulated-disk-storage.js';
import { SimulatedNetwork } from '../../../lib/testing/simulated-network.js';
import { TraceHash } from '../../../lib/testing/trace-hash.js';
import { VirtualTime, type VirtualNode } from '../../../lib/testing/virtual-time.js';
import type { WorkflowDefinition } from '../../../lib/workflow/definition.js';
import type { WorkflowStateMachine } from '../../../lib/workflow/state-machine.js';
import { definitionOf } from '../../support/definition.js';
import { Journal } from '../journal.js';
import { Violation } from '../violation.js';
import { Chain, Collector, Doomed, Family, Fan, Inventory, Leaf, Order, Trip, Waiter, type Surroundings } from '../workflows.js';
import { Addresses, AddressedTransport } from './network.js';
import { TopologyOracle } from './oracle.js';
import { planTopology, type TopologyPlan } from './plan.js';
import { TopologyProcess } from './process.js';

/** Many times what a seed takes: nodes that keep each other busy for nothing. */
const TASKS_MAX = 4_000_000;

export interface TopologyWorldOptions {
  readonly seed: number;
  readonly plan?: Partial<TopologyPlan>;
  readonly journalLines?: number;
  /** For tests of the simulator itself: a state machine with a fault of its own. */
  readonly sabotage?: (machine: WorkflowStateMachine) => void;
}

export interface Machine {
  readonly name: string;
  readonly address: string;
  readonly disk: SimulatedDisk;
  notes: MemoryNodeNotes;
  readonly role: 'full' | 'voter-only';
  readonly capacity: number;
  readonly zone: string;
  readonly clockOffsetMs: number;
  /** null: it founds the deployment. */
  readonly seeds: readonly string[] | null;
  starts: number;
  process: TopologyProcess | null;
  /** 0 before it has one. */
  nodeId: number;
  /** It is not started again: out of the deployment, or lost. */
  end: 'left' | 'lost' | null;
}

export class TopologyWorld {
  readonly time = new VirtualTime({ tasksPerLoop: 64 });
  readonly plan: TopologyPlan;
  readonly trace = new TraceHash();
  readonly journal: Journal;
  readonly network: SimulatedNetwork;
  readonly addresses: Addresses;
  readonly oracle: TopologyOracle;
  readonly random: SeededRandom;
  /** Clients, operators and the nemesis live in this process, which never fails. */
  readonly outside: VirtualNode;
  readonly machines: Machine[] = [];
  readonly inventory = new Inventory();
  /** Ids of nodes that are gone with all that they held. */
  private readonly lostIds = new Set<number>();
  /** W2. */
  isBeyond = false;
  readonly counts = { restarts: 0, lost: 0, found: 0, joined: 0, expelled: 0, hired: 0 };

  constructor(private readonly options: TopologyWorldOptions) {
    const { seed, plan, journalLines } = options;
    this.random = new SeededRandom(seed, 'topology');
    this.plan = { ...planTopology(this.random.fork('plan')), ...plan };
    this.journal = new Journal(() => this.time.nowMs, journalLines ?? 0);
    const { time, trace } = this;
    const { link, byReference } = this.plan;
    this.network = new SimulatedNetwork({ time, random: this.random.fork('network'), link, byReference, trace });
    this.addresses = new Addresses(time, this.network, this.random.fork('calls'));
    this.oracle = new TopologyOracle(this.journal);
    this.outside = time.createNode({ name: 'outside' });
    time.afterTask = () => {
      this.oracle.check();
      if (time.taskCount > TASKS_MAX) throw new Violation('liveness', `a storm: ${TASKS_MAX} tasks in ${time.nowMs.toFixed(0)} virtual ms`);
    };
  }

  /** Processes that run, joined or not. */
  get live(): TopologyProcess[] {
    return this.machines.flatMap(({ process }) => (process === null ? [] : [process]));
  }

  /** Those that a client may ask: they have a group, whatever it is. */
  get answering(): TopologyProcess[] {
    return this.live.filter(({ node }) => node.phase === 'running' && node.nodeStatus().progress === null);
  }

  /** Of the group; of several the one of the newest term. */
  leaderOf(groupId: number): TopologyProcess | undefined {
    const leading = this.live.filter((process) => process.leads(groupId));
    return leading.sort((a, b) => b.groups.get(groupId)!.group.term - a.groups.get(groupId)!.group.term)[0];
  }

  /** As the leader of cluster 0 has it, or else whoever has the newest one. */
  get topology(): TopologyView | null {
    const all = this.live.flatMap(({ management }) => (management === null ? [] : [management.topology]));
    return all.reduce<TopologyView | null>((newest, each) => (newest === null || each.version > newest.version ? each : newest), null);
  }

  machineOf(nodeId: number): Machine | undefined {
    return this.machines.find((machine) => machine.nodeId === nodeId);
  }

  /** The first process founds the deployment; the others join it, one by one. Resolves when there is a management cluster. */
  async boot(): Promise<void> {
    const { plan } = this;
    const random = this.random.fork('boot');
    this.start(this.addMachine());
    for (let i = 1; i < plan.nodes; i++) {
      const machine = this.addMachine();
      this.outside.setTimer(random.between(50, 1500), () => this.start(machine));
    }
    while ((this.topology?.deployment ?? '') === '') await this.sleep(20);
  }

  /** One more machine, which joins; its process is not started yet. `hired`: one that runs code, whatever the seed would make of it. */
  addMachine(hired = false): Machine {
    const { plan } = this;
    const number = this.machines.length + 1;
    const name = `m${number}`;
    const random = this.random.fork(`machine/${number}`);
    const isFirst = number === 1;
    const drawsCode = isFirst || hired;
    const machine: Machine = {
      name,
      address: `${name}.test:7000`,
      disk: new SimulatedDisk({ time: this.time, random: random.fork('disk'), trace: this.trace }),
      notes: new MemoryNodeNotes(),
      role: !drawsCode && random.chance(plan.voterOnly) ? 'voter-only' : 'full',
      capacity: !drawsCode && random.chance(plan.hostless) ? 0 : 8,
      zone: plan.zones === 0 ? '' : `z${random.int(plan.zones)}`,
      clockOffsetMs: random.between(-1, 1) * plan.clockOffsetMsMax,
      seeds: isFirst ? null : this.machines.slice(0, hired ? undefined : 5).map(({ address }) => address),
      starts: 0,
      process: null,
      nodeId: 0,
      end: null,
    };
    this.machines.push(machine);
    return machine;
  }

  /** Starts a process on a machine that has none. */
  start(machine: Machine): void {
    if (machine.process !== null || machine.end !== null) return;
    const { plan, journal, oracle } = this;
    const start = ++machine.starts;
    if (start > 1) this.counts.restarts++;
    const random = this.random.fork(`${machine.name}/${start}`);
    const turns = random.fork('turns');
    const virtual = this.time.createNode({
      name: machine.name,
      clockOffsetMs: machine.clockOffsetMs,
      ...(plan.turnDelayMsMax === 0 ? {} : { turnDelayMs: () => turns.float() * plan.turnDelayMsMax }),
    });
    const transport = new AddressedTransport({ addresses: this.addresses, virtual, advertised: machine.address, processId: random.uuid() });
    const { disk } = machine;
    const isFresh = plan.isVolatile && start > 1;
    if (isFresh) machine.notes = new MemoryNodeNotes();
    const storage = plan.isVolatile
      ? new MemoryRaftStorage()
      : new SimulatedDiskStorage({ disk, process: virtual, random: random.fork('storage'), checkpointFrames: plan.checkpointFrames });
    const seeds = isFresh ? this.machines.filter((each) => each !== machine).map(({ address }) => address) : machine.seeds;
    const cluster: RaftoralModuleOptions['cluster'] = seeds === null ? { bootstrap: true } : { seeds: [...seeds] };
    const process: TopologyProcess = new TopologyProcess({
      name: machine.name,
      life: `${machine.name}, start ${start}`,
      cluster,
      plan,
      role: machine.role,
      capacity: machine.capacity,
      zone: machine.zone,
      virtual,
      random,
      storage,
      notes: machine.notes,
      transport,
      journal,
      oracle,
      ...(this.options.sabotage === undefined ? {} : { sabotage: this.options.sabotage }),
      workflows: (of) => this.definitions(of),
    });
    machine.process = process;
    journal.write(`${machine.name} starts (start ${start})`);
    process.node.onLeft = () => this.gone(machine, process);
    process.node.start().then(
      () => this.started(machine, process),
      (error: unknown) => this.failedToStart(machine, process, error),
    );
  }

  private started(machine: Machine, process: TopologyProcess): void {
    if (machine.process !== process) return;
    if (machine.nodeId === 0) this.counts.joined++;
    machine.nodeId = process.nodeId;
    this.journal.write(`${machine.name} is up as node ${process.nodeId}`);
  }

  private failedToStart(machine: Machine, process: TopologyProcess, error: unknown): void {
    if (machine.process !== process) return;
    // It was forgotten while it was away.
    if (isRaftoralError(error, 'NODE_LEFT') || process.node.phase === 'left') return this.gone(machine, process);
    this.oracle.note('P8', `${machine.name} could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }

  /** The node is no member any more, for good: its process ends a little later, as its owner's does. */
  private gone(machine: Machine, process: TopologyProcess): void {
    if (machine.process !== process || machine.end !== null) return;
    machine.end = 'left';
    this.counts.expelled++;
    this.journal.write(`${machine.name} (node ${process.nodeId}) is out for good`);
    this.outside.setTimer(100, () => this.stop(machine, 'kill'));
  }

  /** Ends the process of a machine; `power-cut` takes the unsynced part of its disk along. */
  stop(machine: Machine, how: 'kill' | 'power-cut'): void {
    const { process } = machine;
    if (process === null) return;
    this.journal.write(`${how} of ${machine.name} (node ${process.nodeId})`);
    if (machine.nodeId === 0) machine.nodeId = process.nodeId;
    machine.process = null;
    if (process.nodeId !== 0) this.network.crash(process.nodeId);
    process.virtual.kill();
    this.addresses.leave(process.options.transport);
    process.died();
    if (this.plan.isVolatile) {
      if (machine.nodeId !== 0) this.lostIds.add(machine.nodeId);
      machine.nodeId = 0;
    } else if (how === 'power-cut') machine.disk.cutPower();
  }

  /** W2. Ends the process for good, if that is allowed now. */
  lose(machine: Machine): boolean {
    if (!this.mayLose(machine)) return false;
    this.journal.write(`${machine.name} (node ${machine.nodeId}) is lost, with its disk`);
    this.lostIds.add(machine.nodeId);
    this.stop(machine, 'power-cut');
    machine.end = 'lost';
    this.counts.lost++;
    return true;
  }

  /** W2. */
  mayLose(machine: Machine): boolean {
    const { topology } = this;
    const { nodeId } = machine;
    if (topology === null || nodeId === 0 || machine.end !== null || machine.process === null) return false;
    const lost = [...this.lostIds];
    const isFine = ({ voters, votersOutgoing }: ConfState): boolean =>
      votersOutgoing.length === 0 && (!voters.includes(nodeId) || majorityWithout(voters, [...lost, nodeId]));
    if (topology.deployment === '') return false;
    for (const cluster of topology.clusters.values()) {
      const members = cluster.members.map(({ node }) => node);
      if (!members.includes(nodeId)) continue;
      if (cluster.members.some(({ state }) => state !== 'voter') || !majorityWithout(members, [...lost, nodeId])) return false;
    }
    return this.live.every(({ groups }) => [...groups.values()].every(({ group }) => isFine(group.membership)));
  }

  /** W2. Groups that stand still because of a lost one, and only of that. */
  findAgain(): void {
    const lost = [...this.lostIds];
    if (lost.length === 0) return;
    for (const { groups } of this.live) {
      for (const [groupId, { group }] of groups) {
        const { voters, votersOutgoing } = group.membership;
        const stuck = [voters, votersOutgoing].some((half) => half.length > 0 && !majorityWithout(half, lost));
        if (!stuck || !(voters.includes(group.nodeId) || votersOutgoing.includes(group.nodeId)) || group.status().halted !== null) continue;
        return this.bringBack(groupId, voters, votersOutgoing);
      }
    }
    for (const { clusterId, members } of this.topology?.clusters.values() ?? []) {
      const voters = members.map(({ node }) => node);
      // Of these no process that runs has a replica that could say so. One that somebody has opened once is not excused: there is something to lose.
      if (this.oracle.groups.has(clusterId) || !voters.every((node) => this.lostIds.has(node))) continue;
      return this.bringBack(clusterId, voters, []);
    }
  }

  /** W2. Of a group that has no majority without them. */
  private bringBack(groupId: number, voters: readonly number[], votersOutgoing: readonly number[]): void {
    const names = `voters ${voters.join()} from ${votersOutgoing.join()}`;
    if (this.plan.isVolatile) {
      this.journal.write(`group ${groupId} has lost its majority for good (${names})`);
      this.isBeyond = true;
      return;
    }
    for (const machine of this.machines) {
      if (machine.end !== 'lost' || ![...voters, ...votersOutgoing].includes(machine.nodeId)) continue;
      this.journal.write(`${machine.name} is found again: group ${groupId} has no majority without it (${names})`);
      machine.end = null;
      this.lostIds.delete(machine.nodeId);
      this.counts.found++;
      this.start(machine);
    }
  }

  /** W4. */
  hire(): void {
    const { topology } = this;
    if (topology === null || topology.deployment === '') return;
    const runsCode = (node: number): boolean => topology.nodes.get(node)?.info.role === 'full';
    const clusters = [...topology.clusters.values()];
    const unable = clusters.find(({ state, members }) => state === 'active' && !members.some(({ node }) => runsCode(node)));
    // What the manager can do by itself is its own: S4 of settled.ts.
    if (unable !== undefined && !this.machines.some((machine) => machine.role === 'full' && this.mayHostMore(machine, topology)))
      return this.addHired(`cluster ${unable.clusterId} has no member that runs code, and no node could become one`);
    const held = clusters.find((cluster) => this.isHeldByTheLost(cluster));
    const isOutside = ({ nodeId }: Machine): boolean => !held!.members.some(({ node }) => node === nodeId);
    if (held !== undefined && !this.machines.some((machine) => isOutside(machine) && this.mayHostMore(machine, topology)))
      this.addHired(`members of cluster ${held.clusterId} wait with leaving for a voter that is lost, and no node could take its place`);
  }

  /** Who is to leave it can not: those that are to stay have no majority without those that are lost. */
  private isHeldByTheLost({ members }: ClusterView): boolean {
    const staying = members.filter(({ state }) => state !== 'leaving').map(({ node }) => node);
    return staying.length < members.length && !majorityWithout(staying, [...this.lostIds]);
  }

  private addHired(why: string): void {
    this.journal.write(`${why}: a machine is added`);
    this.counts.hired++;
    this.start(this.addMachine(true));
  }

  /** It has room for one more cluster, or will when it has joined, or is up again. */
  private mayHostMore({ capacity, end, nodeId }: Machine, topology: TopologyView): boolean {
    if (capacity === 0 || end !== null) return false;
    const record = topology.nodes.get(nodeId);
    return record === undefined || (!record.isDraining && record.state !== 'left' && topology.hostedBy(nodeId) < capacity);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.outside.setTimer(ms, resolve));
  }

  /** Rejects when `promise` has not settled within `ms`, as when the process that made it has died. */
  within<T>(promise: Promise<T>, ms: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.outside.setTimer(ms, () => reject(new Error(`no answer within ${ms} ms`)));
      promise.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  /** One of the processes that a client may ask, once there is one. */
  async pickAnswering(random: SeededRandom): Promise<TopologyProcess> {
    while (this.answering.length === 0) await this.sleep(10);
    return random.pick(this.answering);
  }

  private definitions(process: TopologyProcess): readonly WorkflowDefinition[] {
    const { oracle } = this;
    const { nodeId, virtual } = process;
    const inventory = Object.assign(Object.create(this.inventory) as Inventory, {
      reserve: (call: Parameters<Inventory['reserve']>[0], quantity: number): number => {
        oracle.workflows.onBody(nodeId, call.runId);
        return this.inventory.reserve(call, quantity);
      },
    });
    const surroundings: Surroundings = {
      nodeId,
      inventory,
      sleep: (ms) => new Promise((resolve) => void virtual.setTimer(ms, resolve)),
      // Told by the process, which knows in which cluster's epoch.
      onAttempt: () => undefined,
      onVersion: () => undefined,
      isOdd: false,
    };
    return [
      definitionOf(Order, surroundings),
      definitionOf(Collector),
      definitionOf(Fan, surroundings),
      definitionOf(Chain),
      definitionOf(Doomed),
      definitionOf(Waiter),
      definitionOf(Trip, surroundings),
      definitionOf(Family),
      definitionOf(Leaf, surroundings),
    ];
  }
}

export function majorityWithout(voters: readonly number[], lost: readonly number[]): boolean {
  return voters.filter((voter) => !lost.includes(voter)).length * 2 > voters.length;
}
