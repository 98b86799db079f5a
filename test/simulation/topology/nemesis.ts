/**
 * What goes wrong, and who makes it: machines and links that fail, processes that end in the middle of moves, operators, load. Each fault draws from a stream that bears its
 * number, so that one can be left out and the others stay (docs/adr/0050).
 *
 * N1. After run() nothing fails any more, and every process that was ended, and is not out of the deployment, runs again.
 */
import { CALM_LINK } from '../../../lib/testing/simulated-network.js';
import type { SeededRandom } from '../../../lib/testing/seeded-random.js';
import type { TopologyClients } from './clients.js';
import { Operator } from './operator.js';
import type { TopologyFaultKind } from './plan.js';
import type { TopologyProcess } from './process.js';
import type { Machine, TopologyWorld } from './world.js';

export interface TopologySelection {
  /** Numbers of the faults that strike; null: all. */
  readonly only?: ReadonlySet<number> | null;
  /** Kinds that do not. */
  readonly without?: ReadonlySet<string>;
}

export interface TopologyStrike {
  readonly number: number;
  readonly kind: TopologyFaultKind;
}

const PHASES = ['copying', 'frozen', 'imported', 'activated'] as const;
/** A move that is to be struck in some phase is waited for so long. */
const AMBUSH_MS = 3_000;

export class TopologyNemesis {
  readonly counts = new Map<TopologyFaultKind, number>();
  readonly strikes: TopologyStrike[] = [];
  private readonly operator: Operator;
  private drawn = 0;
  private over = false;

  constructor(
    private readonly world: TopologyWorld,
    private readonly clients: TopologyClients,
    private readonly selection: TopologySelection = {},
  ) {
    this.operator = new Operator(world);
  }

  async run(): Promise<void> {
    const { world, selection } = this;
    const { plan, time, network } = world;
    const random = world.random.fork('nemesis');
    const endMs = time.nowMs + plan.safetyMs;
    void this.watch();
    for (;;) {
      const pauseMs = random.between(0.2, 1.8) * plan.faultEveryMs;
      if (time.nowMs + pauseMs >= endMs) break;
      await world.sleep(pauseMs);
      const kind = random.pick(plan.faults);
      const number = ++this.drawn;
      if (selection.without?.has(kind) === true || selection.only?.has(number) === false) continue;
      this.strike(number, kind);
    }
    if (time.nowMs < endMs) await world.sleep(endMs - time.nowMs);
    this.over = true;
    network.heal();
    network.setProfile(CALM_LINK);
    for (const { virtual } of world.live) if (virtual.paused) virtual.resume();
    for (const machine of world.machines) {
      machine.disk.onNextSync = null;
      world.start(machine);
    }
    world.journal.write('all faults have ended');
  }

  /** W2 and W4 of world.ts. */
  private async watch(): Promise<void> {
    for (;;) {
      await this.world.sleep(1_000);
      this.world.findAgain();
      if (this.over) this.world.hire();
    }
  }

  private strike(number: number, kind: TopologyFaultKind): void {
    const { world } = this;
    const at = world.journal.mark(`fault ${number}: ${kind}`);
    if (!this.do(kind, world.random.fork(`fault/${number}`))) {
      world.journal.write(() => `fault ${number} (${kind}, drawn at ${at}) could not strike`);
      return;
    }
    this.struck(number, kind);
  }

  private struck(number: number, kind: TopologyFaultKind): void {
    this.strikes.push({ number, kind });
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  /** False: there is nothing of the kind to strike now. */
  private do(kind: TopologyFaultKind, random: SeededRandom): boolean {
    const { world } = this;
    const { network, journal } = world;
    const known = world.live.filter(({ nodeId }) => nodeId !== 0);
    if (known.length === 0) return false;
    const victim = random.pick(known);
    const ids = known.map(({ nodeId }) => nodeId);
    const others = ids.filter((id) => id !== victim.nodeId);
    switch (kind) {
      case 'partition': {
        if (others.length === 0) return false;
        const shuffled = random.shuffle(ids);
        const cut = 1 + random.int(shuffled.length - 1);
        journal.write(`partition of ${shuffled.slice(0, cut).join()} from ${shuffled.slice(cut).join()}`);
        network.partition(shuffled.slice(0, cut), shuffled.slice(cut));
        return this.healLater(random);
      }
      case 'one-way': {
        const outward = random.chance(0.5);
        journal.write(`node ${victim.nodeId} ${outward ? 'is not heard' : 'hears nobody'}`);
        if (outward) network.partitionOneWay([victim.nodeId], others);
        else network.partitionOneWay(others, [victim.nodeId]);
        return this.healLater(random);
      }
      case 'isolate-leader': {
        const leader = this.anyLeader(random);
        if (leader === undefined) return false;
        journal.write(`node ${leader.nodeId} is cut off`);
        network.partition(
          [leader.nodeId],
          ids.filter((id) => id !== leader.nodeId),
        );
        return this.healLater(random);
      }
      case 'clog': {
        if (others.length === 0) return false;
        network.clog(victim.nodeId, random.pick(others), random.between(50, 1500));
        return true;
      }
      case 'pause':
        return this.pause(victim, random.between(50, 2500));
      case 'clock-jump':
        victim.virtual.jumpClock(random.between(-3000, 3000));
        return true;
      case 'transfer': {
        const groups = [...victim.groups.values()].map(({ group }) => group).filter(({ isLeader }) => isLeader);
        if (groups.length === 0) return false;
        const group = random.pick(groups);
        const heirs = group.membership.voters.filter((voter) => voter !== victim.nodeId);
        if (heirs.length === 0) return false;
        group.transferLeadership(random.pick(heirs)).catch((error: unknown) => journal.write(() => `transfer: ${String(error)}`));
        return true;
      }
      case 'kill':
      case 'power-cut':
        return this.end(victim, kind, random);
      case 'kill-manager':
        return this.end(world.leaderOf(0), this.how(random), random);
      case 'kill-leader':
        return this.end(this.anyLeader(random), this.how(random), random);
      case 'management-outage':
        return this.outage(0, random);
      case 'cluster-outage': {
        const clusters = [...(world.topology?.clusters.keys() ?? [])];
        return clusters.length > 0 && this.outage(random.pick(clusters), random);
      }
      case 'blackout':
        for (const machine of world.machines) if (machine.process !== null) this.endMachine(machine, 'power-cut', random);
        return true;
      case 'lose': {
        const machines = random.shuffle(world.machines.filter(({ process }) => process !== null));
        // One that would cost a majority is not lost; another one may be.
        return machines.some((machine) => world.lose(machine));
      }
      case 'kill-source':
      case 'kill-target':
        void this.ambush(kind, this.drawn, random);
        return false; // it is counted when it strikes
      case 'add-node': {
        if (world.machines.filter(({ end }) => end === null).length >= world.plan.nodesMax) return false;
        world.start(world.addMachine());
        return true;
      }
      case 'burst':
        this.clients.burst(random);
        return true;
      default:
        return this.operator.act(kind, random);
    }
  }

  /** Waits for a move in some phase, and ends the process that leads its source, or its target. */
  private async ambush(kind: 'kill-source' | 'kill-target', number: number, random: SeededRandom): Promise<void> {
    const { world } = this;
    const phase = random.pick(PHASES);
    for (let left = AMBUSH_MS / 5; left > 0 && !this.over; left--) {
      const moves = [...(world.topology?.moves.values() ?? [])].filter((move) => move.phase === phase);
      const leader = moves.length === 0 ? undefined : world.leaderOf(kind === 'kill-source' ? moves[0]!.from : moves[0]!.to);
      if (leader !== undefined && this.end(leader, this.how(random), random)) {
        world.journal.write(`${kind} of move ${moves[0]!.moveId}, which is ${phase}`);
        return this.struck(number, kind);
      }
      await world.sleep(5);
    }
  }

  private anyLeader(random: SeededRandom): TopologyProcess | undefined {
    const leading = this.world.live.filter(({ groups }) => [...groups.values()].some(({ group }) => group.isLeader));
    return leading.length === 0 ? undefined : random.pick(leading);
  }

  private how(random: SeededRandom): 'kill' | 'power-cut' {
    return random.pick(['kill', 'power-cut']);
  }

  /** All voters of a group end at once. */
  private outage(groupId: number, random: SeededRandom): boolean {
    const { world } = this;
    const voters = world.leaderOf(groupId)?.groups.get(groupId)?.group.membership.voters ?? [];
    const machines = world.machines.filter(({ nodeId, process }) => process !== null && voters.includes(nodeId));
    if (machines.length === 0) return false;
    world.journal.write(`outage of group ${groupId}`);
    const how = this.how(random);
    for (const machine of machines) this.endMachine(machine, how, random);
    return true;
  }

  private end(process: TopologyProcess | undefined, how: 'kill' | 'power-cut', random: SeededRandom): boolean {
    const { world } = this;
    const machine = world.machines.find((each) => each.process === process);
    if (process === undefined || machine === undefined) return false;
    if (world.plan.isVolatile || random.chance(0.3)) return this.endMachine(machine, how, random);
    // While something is on its way to the disk.
    const part = random.float();
    machine.disk.onNextSync = (ms) =>
      void world.outside.setTimer(part * ms, () => {
        if (!this.over && machine.process === process) this.endMachine(machine, how, random);
      });
    return true;
  }

  private endMachine(machine: Machine, how: 'kill' | 'power-cut', random: SeededRandom): boolean {
    const { world } = this;
    if (world.plan.isVolatile && !world.mayLose(machine)) return false;
    world.stop(machine, how);
    world.outside.setTimer(random.between(10, random.pick([300, 300, 4000])), () => world.start(machine));
    return true;
  }

  private healLater(random: SeededRandom): true {
    const { world } = this;
    world.outside.setTimer(random.between(50, random.pick([1000, 4000])), () => {
      if (!this.over) world.network.heal();
      world.journal.write('partitions healed');
    });
    return true;
  }

  private pause({ virtual, name }: TopologyProcess, ms: number): boolean {
    const { world } = this;
    if (virtual.paused) return false;
    world.journal.write(`${name} is paused for ${ms.toFixed(0)} ms`);
    virtual.pause();
    world.outside.setTimer(ms, () => virtual.resume());
    return true;
  }
}
