/**
 * Breaks things, at random times, in the ways that the plan allows; heals everything at the end of the safety phase.
 *
 * N1. Faults are numbered from 1 in the order in which they are drawn. What a fault draws comes from a stream of its own, so that leaving one out does
 *     not change what the others draw: a failing seed can be reduced (shrink.ts).
 */
import type { SimulatedDisk } from '../../lib/testing/simulated-disk.js';
import { CALM_LINK } from '../../lib/testing/simulated-network.js';
import type { SeededRandom } from '../../lib/testing/seeded-random.js';
import { CODEC_LEVEL_MAX } from '../../lib/workflow/command.js';
import type { AnyFaultKind, DISK_FAULTS, FaultKind } from './profile.js';
import type { SimulatedNode, World } from './world.js';

export interface FaultSelection {
  /** Numbers of the faults that strike; null: all. */
  readonly only?: ReadonlySet<number> | null;
  /** Kinds that do not. */
  readonly without?: ReadonlySet<AnyFaultKind>;
}

export interface Strike {
  readonly number: number;
  readonly kind: AnyFaultKind;
}

const VERSIONS: ReadonlyArray<readonly number[]> = [[1], [1, 2], [2]];

export class Nemesis {
  readonly counts = new Map<FaultKind, number>();
  /** Those that struck. */
  readonly strikes: Strike[] = [];
  /** Of the fault that is being made. */
  private random: SeededRandom;
  private drawn = 0;
  private over = false;
  /** Replacements under way. */
  private readonly repairs: Array<Promise<void>> = [];

  constructor(
    private readonly world: World<unknown>,
    private readonly selection: FaultSelection = {},
  ) {
    this.random = world.random.fork('nemesis');
  }

  /** Resolves at the end of the safety phase, when the last fault has ended. Replacements may still be under way: see repaired(). */
  async run(): Promise<void> {
    const { world, selection } = this;
    const { plan, time, network } = world;
    const random = world.random.fork('nemesis');
    const endMs = time.nowMs + plan.safetyMs;
    if (plan.faults.length > 0) {
      for (;;) {
        const pauseMs = random.between(0.2, 1.8) * plan.faultEveryMs;
        if (time.nowMs + pauseMs >= endMs) break;
        await world.sleep(pauseMs);
        const kind = random.pick(plan.faults);
        const number = ++this.drawn;
        if (selection.without?.has(kind) === true || selection.only?.has(number) === false) continue;
        await this.strike(number, kind);
      }
    }
    if (time.nowMs < endMs) await world.sleep(endMs - time.nowMs);
    this.over = true;
    network.heal();
    network.setProfile(CALM_LINK);
    world.disks.heal();
    world.onReplaced = null;
    if (plan.upgrade !== null) this.repairs.push(this.lastDeployment());
    for (const node of world.live) if (node.virtual.paused) node.virtual.resume();
    world.journal.write('all faults have ended');
  }

  /** Resolves when every node that was stopped is up again, and every lost one has been replaced. */
  async repaired(): Promise<void> {
    // What is repaired may, on its way, ask for more.
    for (let count = -1; count !== this.repairs.length;) {
      count = this.repairs.length;
      await Promise.all(this.repairs);
    }
  }

  private async strike(number: number, kind: FaultKind): Promise<void> {
    this.random = this.world.random.fork(`fault/${number}`);
    const victim = await this.world.pickLive(this.random);
    const at = this.world.journal.mark(`fault ${number}: ${kind}`);
    const struck = await this.do(kind, victim);
    if (!struck) {
      this.world.journal.write(() => `fault ${number} (${kind}, drawn at ${at}) could not strike`);
      return;
    }
    this.strikes.push({ number, kind });
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  private async do(kind: FaultKind, victim: SimulatedNode<unknown>): Promise<boolean> {
    const { world, random } = this;
    const { network, journal } = world;
    const others = world.live.filter((node) => node !== victim).map((node) => node.id);
    switch (kind) {
      case 'crash': {
        const target = random.chance(0.5) ? (world.leader ?? victim) : victim;
        if (!world.mayLose(target.id)) return false;
        world.crash(target.id);
        this.repairs.push(this.replaceLater(target.id));
        return true;
      }
      case 'partition': {
        if (others.length === 0) return false;
        const ids = random.shuffle(world.live.map((node) => node.id));
        const cut = 1 + random.int(ids.length - 1);
        journal.write(`partition of ${ids.slice(0, cut).join()} from ${ids.slice(cut).join()}`);
        network.partition(ids.slice(0, cut), ids.slice(cut));
        return this.healAfter();
      }
      case 'one-way': {
        const outward = random.chance(0.5);
        journal.write(`node ${victim.id} ${outward ? 'is not heard' : 'hears nobody'}`);
        if (outward) network.partitionOneWay([victim.id], others);
        else network.partitionOneWay(others, [victim.id]);
        return this.healAfter();
      }
      case 'isolate-leader': {
        const leader = world.leader;
        if (leader === undefined) return false;
        journal.write(`leader ${leader.id} is cut off`);
        network.partition(
          [leader.id],
          world.live.filter((node) => node !== leader).map((node) => node.id),
        );
        return this.healAfter();
      }
      case 'clog': {
        if (others.length === 0) return false;
        const to = random.pick(others);
        const ms = random.between(50, 1000);
        journal.write(`link ${victim.id} to ${to} stands still for ${ms.toFixed(0)} ms`);
        network.clog(victim.id, to, ms);
        return true;
      }
      case 'pause':
        return this.pause(victim);
      case 'clock-jump': {
        const ms = random.between(-3000, 3000);
        journal.write(`clock of node ${victim.id} jumps by ${ms.toFixed(0)} ms`);
        victim.virtual.jumpClock(ms);
        return true;
      }
      case 'grow':
        return this.change(world.grow());
      case 'shrink':
        return this.change(world.shrink(random.pick(world.ids)));
      case 'swap':
        return this.change(world.swap(random.pick(world.ids)));
      case 'upgrade':
      case 'rollback':
        return this.rebuild(kind, victim.id);
      case 'burst':
        if (world.onBurst === null) return false;
        world.onBurst(victim);
        return true;
      case 'lag': {
        // Nothing reaches it while the others go on; an answer of its own would not matter.
        if (others.length === 0) return false;
        journal.write(`node ${victim.id} is left behind`);
        network.partitionOneWay(others, [victim.id]);
        await world.sleep(random.between(800, 2000));
        if (!this.over) network.heal();
        journal.write(`node ${victim.id} hears the others again`);
        return true;
      }
      case 'kill':
      case 'power-cut':
      case 'blackout':
      case 'failed-sync':
      case 'disk-full':
      case 'slow-disk':
      case 'bit-flip':
      case 'cut-install':
        return this.harmDisk(kind, random.chance(0.5) ? (world.leader ?? victim) : victim);
      case 'transfer': {
        const leader = world.leader;
        if (leader === undefined || leader === victim) return false;
        journal.write(`transfer of leadership from ${leader.id} to ${victim.id}`);
        leader.group.transferLeadership(victim.id).catch((error: unknown) => journal.write(() => `transfer: ${String(error)}`));
        return true;
      }
    }
  }

  private harmDisk(kind: (typeof DISK_FAULTS)[number], { id }: SimulatedNode<unknown>): boolean {
    const { world, random } = this;
    const { journal } = world;
    const disk = world.disks.of(id);
    switch (kind) {
      case 'kill':
      case 'power-cut':
        this.inNextSync(disk, () => {
          world.stop(id, kind);
          this.restartLater(id, 500);
        });
        return true;
      case 'blackout':
        this.inNextSync(disk, () => {
          for (const each of world.ids) {
            world.stop(each, 'power-cut');
            this.restartLater(each, 300);
          }
        });
        return true;
      case 'failed-sync':
        world.journal.write(`the next sync of node ${id} fails`);
        disk.failNextSync();
        return true;
      case 'disk-full':
        disk.full = random.pick(['growth', 'any']);
        this.until(`the disk of node ${id} is full (${disk.full})`, 600, () => (disk.full = 'no'));
        return true;
      case 'slow-disk': {
        const { profile } = disk;
        disk.profile = { ...profile, slowSyncRate: 0.3, slowSyncMsMax: random.between(50, 500) };
        this.until(`the disk of node ${id} is slow`, 800, () => {
          if (!this.over) disk.profile = profile;
        });
        return true;
      }
      case 'cut-install':
        journal.write('the next install of a snapshot is cut in two');
        world.onReplaced = (each) => {
          world.onReplaced = null;
          world.outside.setTimer(0, () => {
            world.stop(each, 'power-cut');
            this.restartLater(each, 300);
          });
        };
        return true;
      case 'bit-flip': {
        if (!world.mayLose(id)) return false;
        world.stop(id, random.chance(0.5) ? 'kill' : 'power-cut');
        const isDamaged = world.damage(id, random);
        this.restartLater(id, 300);
        return isDamaged;
      }
    }
  }

  /** Mostly while something is on its way to the disk, sometimes at once. */
  private inNextSync(disk: SimulatedDisk, strike: () => void): void {
    if (this.random.chance(0.3)) {
      strike();
      return;
    }
    const part = this.random.float();
    disk.onNextSync = (ms) =>
      void this.world.outside.setTimer(part * ms, () => {
        if (!this.over) strike();
      });
  }

  private until(what: string, msMax: number, end: () => void): void {
    this.world.journal.write(what);
    this.world.outside.setTimer(this.random.between(20, msMax), end);
  }

  private restartLater(id: number, msMax: number): void {
    const { world } = this;
    this.repairs.push(world.restart(id, this.random.between(0, msMax)).catch((error: unknown) => world.time.fail(error)));
  }

  private async healAfter(): Promise<boolean> {
    await this.world.sleep(this.random.between(50, 1000));
    if (!this.over) this.world.network.heal();
    this.world.journal.write('partitions healed');
    return true;
  }

  private pause(victim: SimulatedNode<unknown>): boolean {
    const { world, random } = this;
    if (victim.virtual.paused) return false;
    const ms = random.between(20, 1000);
    world.journal.write(`node ${victim.id} is paused for ${ms.toFixed(0)} ms`);
    victim.virtual.pause();
    world.outside.setTimer(ms, () => {
      world.journal.write(`node ${victim.id} goes on`);
      victim.virtual.resume();
    });
    return true;
  }

  /** false: it may not be now. */
  private change(changing: Promise<void> | null): boolean {
    if (changing === null) return false;
    this.repairs.push(changing.catch((error: unknown) => this.world.time.fail(error)));
    return true;
  }

  /** Another build on one node. Versions come and go; a codec level that was announced is never taken back. */
  private rebuild(kind: 'upgrade' | 'rollback', id: number): boolean {
    const { world, random } = this;
    if (world.plan.upgrade === null) return false;
    const { versions, codecLevelMax } = world.buildOf(id);
    const at = VERSIONS.findIndex((each) => each.join() === versions.join());
    const to = kind === 'upgrade' ? Math.min(at + 1 + random.int(2), 2) : Math.max(at - 1 - random.int(2), 0);
    const build = { versions: VERSIONS[to]!, codecLevelMax: kind === 'upgrade' && random.chance(0.8) ? CODEC_LEVEL_MAX : codecLevelMax };
    if (to === at && build.codecLevelMax === codecLevelMax) return false;
    const deployed = world.deploy(id, build, random.between(0, 400));
    if (deployed === null) return false;
    this.repairs.push(deployed.catch((error: unknown) => world.time.fail(error)));
    return true;
  }

  /** In the end every version runs somewhere, and nobody is at an old codec level. Nodes in memory would have to be replaced for that: one of them is. */
  private async lastDeployment(): Promise<void> {
    const { world } = this;
    const random = world.random.fork('last deployment');
    const ids = random.shuffle(world.ids);
    const all = { versions: [1, 2], codecLevelMax: CODEC_LEVEL_MAX };
    if (
      world.plan.disk === null &&
      world.ids.some((id) => world.buildOf(id).versions.length === 2 && world.nodes.has(id) && !world.changing.has(id))
    )
      return;
    let isAllSomewhere = false;
    for (const id of ids) {
      while (!world.isGone(id)) {
        const build = isAllSomewhere ? { ...world.buildOf(id), codecLevelMax: CODEC_LEVEL_MAX } : all;
        const deployed = world.deploy(id, build, random.between(0, 200));
        if (deployed !== null) {
          isAllSomewhere = true;
          await deployed;
          break;
        }
        await world.sleep(50);
      }
      if (isAllSomewhere && world.plan.disk === null) return;
    }
  }

  private async replaceLater(lostId: number): Promise<void> {
    await this.world.sleep(this.random.between(0, 500));
    await this.world.replace(lostId);
  }
}
