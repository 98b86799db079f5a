/**
 * The faults of one seed: which, and when. Each strikes at a step of the user's code (the n-th body, call to the outside or committed event, and a
 * moment later), or at a time. Owns: what is broken just now.
 *
 * F1. Each fault ends by itself; heal() ends all of them, and starts what is down.
 * F2. Everything is drawn from the seed before the run begins, but for who is hit.
 */
import type { VirtualNode } from '../virtual-time.js';
import type { LiveNode, SimulatedCluster } from './cluster.js';
import type { SimulationFault } from './options.js';
import type { StepKind } from './steps.js';

interface Planned {
  readonly kind: SimulationFault;
  /** Counted from the start of the run; 0: by the time. */
  readonly step: number;
  /** After that step, or after the start. */
  readonly delayMs: number;
}

/** Most runs have few steps, some have many. */
const STEPS = [6, 6, 12, 24, 60] as const;
const TIMES_MS = [20, 60, 300, 2000] as const;

export class Faults<World> {
  readonly struck: SimulationFault[] = [];
  private readonly planned: readonly Planned[];
  private readonly random;
  private steps = 0;
  private over = false;
  private readonly paused = new Set<VirtualNode>();

  constructor(
    private readonly cluster: SimulatedCluster<World>,
    private readonly workflowId: string,
    kinds: readonly SimulationFault[],
    perSeedMax: number,
  ) {
    this.random = cluster.random.fork('faults');
    const { random } = this;
    this.planned = Array.from({ length: kinds.length === 0 ? 0 : 1 + random.int(perSeedMax) }, () => {
      const kind = random.pick(kinds);
      return random.chance(0.75)
        ? { kind, step: 1 + random.int(random.pick(STEPS)), delayMs: random.pick([0, 1, 5, 30]) * random.float() }
        : { kind, step: 0, delayMs: random.float() * random.pick(TIMES_MS) };
    });
  }

  /** From now on they strike. */
  begin(): void {
    const { cluster, planned } = this;
    for (const fault of planned) if (fault.step === 0) this.later(fault);
    cluster.steps.onStep = (kind: StepKind) => {
      if (kind === 'client') return;
      this.steps++;
      for (const fault of planned) if (fault.step === this.steps) this.later(fault);
    };
  }

  /** Ends what is broken, and everything that was still to come. Resolves when all nodes are up. */
  async heal(): Promise<void> {
    const { cluster } = this;
    this.over = true;
    cluster.steps.onStep = null;
    cluster.network.heal();
    cluster.healDisks();
    for (const virtual of this.paused) virtual.resume();
    for (const { outside } of cluster.nodes) outside.onNextAnswerLost = null;
    for (const id of cluster.ids) this.startLater(id, 0);
    while (cluster.nodes.length < cluster.ids.length) await cluster.sleep(10);
  }

  private later(fault: Planned): void {
    this.cluster.outside.setTimer(fault.delayMs, () => {
      if (!this.over) this.strike(fault.kind);
    });
  }

  /** Does nothing if there is nothing to hit. */
  private strike(kind: SimulationFault): void {
    const { cluster, random } = this;
    const owner = cluster.ownerOf(this.workflowId);
    const any = cluster.nodes.length === 0 ? undefined : random.pick(cluster.nodes);
    const victim = random.chance(0.6) ? (owner ?? any) : any;
    switch (kind) {
      case 'power-cut':
        this.tell(kind, 'all nodes lose power');
        for (const id of cluster.ids) this.end(id, 'power cut');
        return;
      case 'crash-owner':
        return this.kill(kind, owner);
      case 'crash-any':
        return this.kill(kind, any);
      default:
        if (victim !== undefined) this.harm(kind, victim);
    }
  }

  private harm(kind: Exclude<SimulationFault, 'power-cut' | 'crash-owner' | 'crash-any'>, victim: LiveNode<World>): void {
    const { cluster, random } = this;
    const { id, virtual } = victim;
    const name = this.nameOf(victim);
    const others = cluster.ids.filter((other) => other !== id);
    switch (kind) {
      case 'restart':
        return this.restart(victim);
      case 'torn-write':
        cluster.disk(id).onNextSync = (ms) =>
          void cluster.outside.setTimer(random.float() * ms, () => {
            if (this.over || !virtual.alive) return;
            this.tell(kind, `${this.nameOf(victim)} loses power in the middle of a disk write`);
            this.end(id, 'power cut');
          });
        return;
      case 'failed-sync':
        this.tell(kind, `the next sync of the disk of ${name} fails`);
        return cluster.disk(id).failNextSync();
      case 'slow-disk': {
        const disk = cluster.disk(id);
        const { profile } = disk;
        this.tell(kind, `the disk of ${name} is slow`);
        disk.profile = { ...profile, slowSyncRate: 0.5, slowSyncMsMax: random.between(50, 500) };
        return this.until(800, `the disk of node ${id} is as fast as ever`, () => (disk.profile = profile));
      }
      case 'partition': {
        this.tell(kind, `${name} is cut off from the other nodes`);
        cluster.network.partition([id], others);
        return this.until(1500, 'the network is whole again', () => cluster.network.heal());
      }
      case 'one-way': {
        const outward = random.chance(0.5);
        this.tell(kind, outward ? `${name} is not heard by the other nodes` : `${name} hears nothing of the other nodes`);
        cluster.network.partitionOneWay(outward ? [id] : others, outward ? others : [id]);
        return this.until(1500, 'the network is whole again', () => cluster.network.heal());
      }
      case 'pause':
        this.tell(kind, `the process of ${name} stands still`);
        virtual.pause();
        this.paused.add(virtual);
        return this.until(1500, `the process of node ${id} goes on`, () => virtual.resume());
      case 'clock-jump': {
        const ms = random.between(-3000, 3000);
        this.tell(kind, `the clock of ${name} jumps by ${ms.toFixed(0)} ms`);
        return virtual.jumpClock(ms);
      }
      case 'lost-answer':
        victim.outside.onNextAnswerLost = () => this.tell(kind, `${name} gets no answer of this call: the connection breaks`);
        return;
    }
  }

  private kill(kind: SimulationFault, victim: LiveNode<World> | undefined): void {
    if (victim === undefined) return;
    this.tell(kind, `${this.nameOf(victim)} is killed`);
    this.end(victim.id, 'kill');
  }

  private end(id: number, how: 'kill' | 'power cut'): void {
    this.cluster.stop(id, how);
    this.startLater(id, this.random.float() * this.random.pick([10, 200, 1500]));
  }

  /** In order: its runs go to others first. */
  private restart(victim: LiveNode<World>): void {
    const { cluster } = this;
    this.tell('restart', `${this.nameOf(victim)} hands its runs over, ends and starts again`);
    victim.engine.runtime.drain();
    cluster.outside.setTimer(this.random.between(5, 200), () => {
      if (!victim.virtual.alive) return;
      cluster.stop(victim.id, 'kill');
      this.startLater(victim.id, 20);
    });
  }

  private startLater(id: number, ms: number): void {
    const { cluster } = this;
    cluster.outside.setTimer(ms, () => {
      cluster.start(id).catch((error: unknown) => cluster.time.fail(error));
    });
  }

  private until(msMax: number, what: string, end: () => void): void {
    this.cluster.outside.setTimer(this.random.between(20, msMax), () => {
      if (this.over) return;
      end();
      this.cluster.steps.add('FAULT', `ends: ${what}`);
    });
  }

  private nameOf({ id, engine }: LiveNode<World>): string {
    const owns = this.cluster.ownerOf(this.workflowId)?.id === id;
    const roles = [...(owns ? ['the owner'] : []), ...(engine.group.isLeader ? ['the leader'] : [])];
    return `node ${id}${roles.length === 0 ? '' : ` (${roles.join(', ')})`}`;
  }

  private tell(kind: SimulationFault, text: string): void {
    this.struck.push(kind);
    this.cluster.steps.add('FAULT', text);
  }
}
