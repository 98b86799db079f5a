/**
 * The nodes of one seed: their disks, their processes, and the hands that kill and start these. Owns: which process of a node is up.
 *
 * C1. A process that ends starts again on its disk, as under a supervisor; the membership never changes.
 * C2. Each start has its own providers, made by Nest while virtual time stands still: how long that takes changes nothing.
 * C3. Everything is drawn from streams of the seed, by label.
 */
import { isRaftoralError } from '../../errors/index.js';
import { SeededRandom } from '../seeded-random.js';
import { CALM_DISK, SimulatedDisk } from '../simulated-disk.js';
import { SimulatedNetwork } from '../simulated-network.js';
import type { TraceHash } from '../trace-hash.js';
import { VirtualTime, type VirtualNode } from '../virtual-time.js';
import type { RunIdentity } from '../../workflow/run-environment.js';
import type { NestWorkflows } from '../nest-workflows.js';
import { startEngine, type Engine } from './engine.js';
import { ProcessOutside, type OutsideTraffic, type SimulatedProcess } from './process.js';
import { Steps } from './steps.js';

export interface ClusterOptions<World> {
  readonly seed: number;
  readonly nodes: number;
  readonly peerDownAfterMs: number;
  readonly trace: TraceHash;
  readonly workflowId: string;
  readonly world: World;
  /** Makes the providers of one start of a process. Called while virtual time stands still. */
  readonly openWorkflows: (process: SimulatedProcess<World>) => Promise<NestWorkflows>;
}

export interface LiveNode<World> {
  readonly id: number;
  readonly virtual: VirtualNode;
  readonly outside: ProcessOutside<World>;
  readonly engine: Engine;
}

interface Process {
  readonly virtual: VirtualNode;
  /** Told when it dies: what it was waiting for never comes. */
  died: () => void;
}

interface WantedWorkflows {
  readonly make: () => Promise<NestWorkflows>;
  readonly resolve: (workflows: NestWorkflows) => void;
}

export class SimulatedCluster<World> {
  readonly time = new VirtualTime();
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;
  readonly steps: Steps;
  /** Clients, the world and the faults live in this process, which never fails. */
  readonly outside: VirtualNode;
  readonly traffic: OutsideTraffic = { underWay: 0 };
  readonly ids: readonly number[];
  /** What the code of some node did wrong; the first is told. */
  readonly problems: Array<{ readonly run: RunIdentity; readonly text: string }> = [];
  private readonly live = new Map<number, LiveNode<World>>();
  private readonly disks = new Map<number, SimulatedDisk>();
  private readonly starts = new Map<number, number>();
  /** Processes that are up or starting. */
  private readonly processes = new Map<number, Process>();
  private readonly wanted: WantedWorkflows[] = [];
  private readonly opened: NestWorkflows[] = [];
  private ended = false;

  constructor(private readonly options: ClusterOptions<World>) {
    const { seed, nodes, trace } = options;
    this.random = new SeededRandom(seed, 'simulate');
    this.ids = Array.from({ length: nodes }, (_, index) => index + 1);
    this.network = new SimulatedNetwork({ time: this.time, random: this.random.fork('network'), trace });
    this.steps = new Steps(
      () => this.time.nowMs,
      () => options.workflowId,
    );
    this.outside = this.time.createNode({ name: 'outside' });
    for (const id of this.ids) this.disks.set(id, new SimulatedDisk({ time: this.time, random: this.random.fork(`disk/${id}`), trace }));
  }

  get nodes(): ReadonlyArray<LiveNode<World>> {
    return [...this.live.values()];
  }

  node(id: number): LiveNode<World> | undefined {
    return this.live.get(id);
  }

  disk(id: number): SimulatedDisk {
    return this.disks.get(id)!;
  }

  /** Providers are to be made before time may go on (C2). */
  get wantsWorkflows(): boolean {
    return this.wanted.length > 0;
  }

  async makeWorkflows(): Promise<void> {
    for (const { make, resolve } of this.wanted.splice(0)) {
      const workflows = await make();
      this.opened.push(workflows);
      resolve(workflows);
    }
  }

  /** Resolves when all nodes are up, follow one leader and know each other's workflows. */
  async boot(): Promise<void> {
    await Promise.all(this.ids.map((id) => this.start(id)));
    while (!this.isReady) await this.sleep(5);
  }

  private get isReady(): boolean {
    return (
      this.live.size === this.ids.length &&
      this.nodes.every(
        ({ engine: { group, state } }) => group.leaderId !== 0 && this.ids.every((id) => state.hellos.get(id)?.down === false),
      )
    );
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.outside.setTimer(ms, resolve));
  }

  /** The node that owns the run, as the majority of the nodes that are up sees it; undefined if that one is down. */
  ownerOf(workflowId: string): LiveNode<World> | undefined {
    let newest = { epoch: 0, owner: 0 };
    for (const { engine } of this.live.values()) {
      const run = engine.state.current(workflowId);
      if (run !== undefined && run.epoch > newest.epoch) newest = run;
    }
    return this.live.get(newest.owner);
  }

  /** Ends the process of a node, up or starting; a power cut takes what was not synced along. */
  stop(id: number, how: 'kill' | 'power cut'): void {
    const node = this.live.get(id);
    this.live.delete(id);
    this.network.crash(id);
    const process = this.processes.get(id);
    this.processes.delete(id);
    process?.virtual.kill();
    process?.died();
    node?.engine.runtime.stop();
    if (how === 'power cut') this.disk(id).cutPower();
  }

  /** Starts the process of a node that is down. Resolves when it is up; at once if somebody else did. */
  async start(id: number): Promise<void> {
    if (this.processes.has(id) || this.ended) return;
    const start = (this.starts.get(id) ?? 0) + 1;
    this.starts.set(id, start);
    const random = this.random.fork(`node/${id}/${start}`);
    const virtual = this.time.createNode({ name: `node ${id}` });
    const process: Process = { virtual, died: () => undefined };
    this.processes.set(id, process);
    const { outside, steps, traffic } = this;
    const { seed, world } = this.options;
    const processOutside = new ProcessOutside(id, start, seed, world, random.fork('outside'), virtual, { steps, outside, traffic });
    const workflows = await new Promise<NestWorkflows>((resolve) => {
      this.wanted.push({ make: () => this.options.openWorkflows(processOutside), resolve });
    });
    if (!virtual.alive) return;
    const death = new Promise<null>((resolve) => (process.died = () => resolve(null)));
    const starting = startEngine({
      nodeId: id,
      members: this.ids,
      virtual,
      random,
      network: this.network,
      disk: this.disk(id),
      workflows,
      steps,
      peerDownAfterMs: this.options.peerDownAfterMs,
      onProblem: (run, text) => this.problem(run, id, text),
      onStorageFailed: (error) => this.storageFailed(id, virtual, error),
    });
    try {
      const engine = await Promise.race([starting, death]);
      if (engine === null || !virtual.alive) return;
      this.live.set(id, { id, virtual, outside: processOutside, engine });
      if (start > 1) steps.add(`node ${id}`, 'is up again');
    } catch (error) {
      if (!isRaftoralError(error) || !error.code.startsWith('STORAGE_')) throw error;
      this.storageFailed(id, virtual, error);
    }
  }

  /** Shuts everything down, without a trace of it in the seed. */
  async dispose(): Promise<void> {
    this.ended = true;
    for (const id of this.ids) this.stop(id, 'kill');
    for (const { app } of this.opened) await app.close();
  }

  private problem(run: RunIdentity, nodeId: number, text: string): void {
    if (this.ended) return;
    this.steps.add(`node ${nodeId}`, text);
    this.problems.push({ run, text });
  }

  /** As its supervisor sees to: the process ends, and starts again. */
  private storageFailed(id: number, virtual: VirtualNode, error: Error): void {
    this.steps.add(`node ${id}`, `stops: ${error.message}`);
    this.outside.setTimer(20, () => {
      if (this.processes.get(id)?.virtual !== virtual) return;
      this.stop(id, 'kill');
      this.start(id).catch((failure: unknown) => this.time.fail(failure));
    });
  }

  /** Ends every fault of the disks. */
  healDisks(): void {
    for (const disk of this.disks.values()) disk.heal(CALM_DISK);
  }
}
