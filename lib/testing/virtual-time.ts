/**
 * Time that stands still until a test moves it. Owns: the heap of what is due, the order in which it runs, and one clock and
 * scheduler per node.
 *
 * V1. Tasks run one by one by (virtual time, order of scheduling). After each, microtasks and nextTicks drain for real before the
 *     next (a hop over the event loop), so R3 holds as it does in production. Same inputs, same order.
 * V2. Turns of one node keep their order (T1), whatever delay is drawn for them.
 * V3. A killed node runs nothing more: its timers, turns and microtasks are dropped, and it can schedule none.
 * V4. A paused node runs nothing until it resumes; then it runs what it missed, in order, late, as after SIGSTOP.
 * V5. What a task throws rejects the advance() that ran it, and time stays where it is.
 * Tests: virtual-time.spec.ts.
 */
import type { Clock, Timer } from '../cluster/clock.js';
import { EventLoopScheduler, type Scheduler } from '../cluster/scheduler.js';
import { TaskHeap, type VirtualTask } from './task-heap.js';

/** 2026-01-01T00:00:00Z: what a node's wall clock shows at virtual time 0. */
const EPOCH_MS = 1_767_225_600_000;

type TaskKind = 'timer' | 'work';

export interface VirtualTimeOptions {
  /** Tasks between two looks of the event loop at its timers and sockets. Whoever waits for none of them has no need to look after each. Default 1. */
  readonly tasksPerLoop?: number;
}

export interface VirtualNodeOptions {
  /** For messages. */
  readonly name?: string;
  /** Wall clock ahead of virtual time, ms. Default 0. */
  readonly clockOffsetMs?: number;
  /** Speed of both clocks: 1.01 gains 10 ms a second. Default 1. */
  readonly clockRate?: number;
  /** Virtual ms that a turn takes to come up, drawn per turn. Default: 0. */
  readonly turnDelayMs?: () => number;
}

class Task implements VirtualTask, Timer {
  cancelled = false;
  /** Counted as pending work. */
  counted = false;

  constructor(
    public atMs: number,
    public sequence: number,
    readonly kind: TaskKind,
    readonly node: VirtualNode | null,
    readonly callback: () => void,
    private readonly time: VirtualTime,
  ) {}

  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.time.forget(this);
  }

  run(): void {
    this.callback();
  }
}

export class VirtualTime {
  private readonly heap = new TaskHeap<Task>();
  private readonly eventLoop = new EventLoopScheduler();
  private clockMs = 0;
  private sequence = 0;
  private workCount = 0;
  private running = false;
  private failure: { readonly error: unknown } | null = null;
  /** Called after each task, once everything it caused has drained: where an oracle looks. What it throws counts as V5. */
  afterTask: (() => void) | null = null;
  /** Tasks that have run. */
  taskCount = 0;
  private readonly tasksPerLoop: number;

  constructor({ tasksPerLoop = 1 }: VirtualTimeOptions = {}) {
    this.tasksPerLoop = tasksPerLoop;
  }

  /** Virtual ms since the start. */
  get nowMs(): number {
    return this.clockMs;
  }

  /** What runs because of no timer: turns, and frames on their way. */
  get pendingWork(): number {
    return this.workCount;
  }

  /** Clock and scheduler of one process. */
  createNode(options: VirtualNodeOptions = {}): VirtualNode {
    return new VirtualNode(this, this.eventLoop, options);
  }

  /** Runs `callback` at virtual time `atMs` (now, if that is past), unless `node` is dead by then. */
  schedule(atMs: number, callback: () => void, node: VirtualNode | null = null, kind: TaskKind = 'timer'): Timer {
    const task = new Task(atMs, 0, kind, node, callback, this);
    this.enqueue(task);
    return task;
  }

  /** Runs everything that is due within `ms`, and leaves the clock exactly that much later. */
  async advance(ms: number): Promise<void> {
    await this.run(this.clockMs + ms, () => false);
  }

  /** Runs until `done` answers true, asked after each task; false when `maxMs` passed before. */
  async runUntil(done: () => boolean, maxMs: number): Promise<boolean> {
    return this.run(this.clockMs + maxMs, done);
  }

  /** Runs until no turn and no frame is pending; timers that lie ahead do not count. False when `maxMs` passed before. */
  async runUntilIdle(maxMs = 60_000): Promise<boolean> {
    return this.run(this.clockMs + maxMs, () => this.workCount === 0);
  }

  /** Runs until `promise` settles, and answers as it does. Rejects when `maxMs` of virtual time pass before. */
  async runUntilSettled<T>(promise: Promise<T>, maxMs: number): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    promise.then(mark, mark);
    const inTime = await this.run(this.clockMs + maxMs, () => settled);
    if (!inTime) throw new Error(`not settled within ${maxMs} ms of virtual time`);
    return promise;
  }

  /** Called by what it made. */
  fail(error: unknown): void {
    this.failure ??= { error };
  }

  /** Puts a task in line, behind what is due at its time already. */
  enqueue(task: Task): void {
    task.atMs = Math.max(task.atMs, this.clockMs);
    task.sequence = this.sequence++;
    if (task.kind === 'work') {
      task.counted = true;
      this.workCount++;
    }
    this.heap.push(task);
  }

  forget(task: Task): void {
    if (!task.counted) return;
    task.counted = false;
    this.workCount--;
  }

  private run(limitMs: number, done: () => boolean): Promise<boolean> {
    if (this.running) throw new Error('virtual time is being advanced already; await that first');
    this.running = true;
    return new Promise((resolve, reject) => {
      let isOver = false;
      let hops = 0;
      // V2: Node drains between two macrotasks of one turn of its loop as it does between two turns.
      const hop = (): void => {
        for (; hops < this.tasksPerLoop; hops++) this.eventLoop.turn(step);
      };
      const end = (): void => {
        isOver = true;
        this.running = false;
      };
      const step = (): void => {
        if (isOver) return;
        hops--;
        let result: boolean | null;
        try {
          result = this.step(limitMs, done);
        } catch (error) {
          end();
          reject(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        if (result !== null) {
          end();
          resolve(result);
        } else if (hops === 0) hop();
      };
      hop();
    });
  }

  /** One task; null when there may be more, else the answer of run(). */
  private step(limitMs: number, done: () => boolean): boolean | null {
    if (this.failure !== null) {
      const { error } = this.failure;
      this.failure = null;
      throw error instanceof Error ? error : new Error(String(error));
    }
    this.afterTask?.();
    if (done()) return true;
    const task = this.nextTask();
    if (task === undefined || task.atMs > limitMs) {
      if (limitMs !== Infinity) this.clockMs = limitMs;
      return false;
    }
    this.heap.pop();
    task.cancelled = true; // its time has come: cancel() does nothing any more
    this.forget(task);
    this.clockMs = task.atMs;
    this.taskCount++;
    task.run();
    return null;
  }

  private nextTask(): Task | undefined {
    for (;;) {
      const task = this.heap.peek();
      if (task === undefined) return undefined;
      if (task.cancelled) this.heap.pop();
      else if (task.node !== null && !task.node.alive) {
        this.heap.pop();
        task.cancel();
      } else if (task.node !== null && task.node.paused) {
        this.heap.pop();
        this.forget(task);
        task.node.hold(task);
      } else return task;
    }
  }
}

/** Clock and Scheduler of one node, and its power switch. */
export class VirtualNode implements Clock, Scheduler {
  readonly name: string;
  private living = true;
  private pausing = false;
  private held: Task[] = [];
  private lastTurnMs = 0;
  private jumpedMs = 0;
  private readonly offsetMs: number;
  private readonly rate: number;
  private readonly turnDelayMs: (() => number) | undefined;

  constructor(
    private readonly time: VirtualTime,
    private readonly eventLoop: Scheduler,
    options: VirtualNodeOptions,
  ) {
    this.name = options.name ?? 'node';
    this.offsetMs = options.clockOffsetMs ?? 0;
    this.rate = options.clockRate ?? 1;
    this.turnDelayMs = options.turnDelayMs;
  }

  get alive(): boolean {
    return this.living;
  }

  get paused(): boolean {
    return this.pausing;
  }

  now(): number {
    return EPOCH_MS + this.offsetMs + this.jumpedMs + this.time.nowMs * this.rate;
  }

  monotonic(): number {
    return this.time.nowMs * this.rate;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    if (!this.living) return NEVER;
    return this.time.schedule(this.time.nowMs + Math.max(0, delayMs) / this.rate, callback, this);
  }

  turn(callback: () => void): void {
    if (!this.living) return;
    this.lastTurnMs = Math.max(this.lastTurnMs, this.time.nowMs + (this.turnDelayMs?.() ?? 0));
    this.time.schedule(this.lastTurnMs, callback, this, 'work');
  }

  soon(callback: () => void): void {
    if (!this.living) return;
    this.eventLoop.soon(() => {
      if (!this.living) return;
      try {
        callback();
      } catch (error) {
        this.time.fail(error);
      }
    });
  }

  /** The wall clock jumps, as when an operator or a time server sets it. The monotonic clock does not. */
  jumpClock(ms: number): void {
    this.jumpedMs += ms;
  }

  /** The process ends now, between two instructions. */
  kill(): void {
    this.living = false;
    this.held = [];
  }

  pause(): void {
    this.pausing = true;
  }

  resume(): void {
    this.pausing = false;
    const held = this.held;
    this.held = [];
    for (const task of held) if (!task.cancelled) this.time.enqueue(task);
  }

  /** Called by VirtualTime: this task came up while the node was paused. */
  hold(task: Task): void {
    this.held.push(task);
  }
}

const NEVER: Timer = { cancel: () => {} };
