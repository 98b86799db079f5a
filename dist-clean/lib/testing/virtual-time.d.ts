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
import { type Scheduler } from '../cluster/scheduler.js';
import { type VirtualTask } from './task-heap.js';
type TaskKind = 'timer' | 'work';
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
declare class Task implements VirtualTask, Timer {
    atMs: number;
    sequence: number;
    readonly kind: TaskKind;
    readonly node: VirtualNode | null;
    readonly callback: () => void;
    private readonly time;
    cancelled: boolean;
    /** Counted as pending work. */
    counted: boolean;
    constructor(atMs: number, sequence: number, kind: TaskKind, node: VirtualNode | null, callback: () => void, time: VirtualTime);
    cancel(): void;
    run(): void;
}
export declare class VirtualTime {
    private readonly heap;
    private readonly eventLoop;
    private clockMs;
    private sequence;
    private workCount;
    private running;
    private failure;
    /** Called after each task, once everything it caused has drained: where an oracle looks. What it throws counts as V5. */
    afterTask: (() => void) | null;
    /** Tasks that have run. */
    taskCount: number;
    /** Virtual ms since the start. */
    get nowMs(): number;
    /** What runs because of no timer: turns, and frames on their way. */
    get pendingWork(): number;
    /** Clock and scheduler of one process. */
    createNode(options?: VirtualNodeOptions): VirtualNode;
    /** Runs `callback` at virtual time `atMs` (now, if that is past), unless `node` is dead by then. */
    schedule(atMs: number, callback: () => void, node?: VirtualNode | null, kind?: TaskKind): Timer;
    /** Runs everything that is due within `ms`, and leaves the clock exactly that much later. */
    advance(ms: number): Promise<void>;
    /** Runs until `done` answers true, asked after each task; false when `maxMs` passed before. */
    runUntil(done: () => boolean, maxMs: number): Promise<boolean>;
    /** Runs until no turn and no frame is pending; timers that lie ahead do not count. False when `maxMs` passed before. */
    runUntilIdle(maxMs?: number): Promise<boolean>;
    /** Runs until `promise` settles, and answers as it does. Rejects when `maxMs` of virtual time pass before. */
    runUntilSettled<T>(promise: Promise<T>, maxMs: number): Promise<T>;
    /** Called by what it made. */
    fail(error: unknown): void;
    /** Puts a task in line, behind what is due at its time already. */
    enqueue(task: Task): void;
    forget(task: Task): void;
    private run;
    /** One task; null when there may be more, else the answer of run(). */
    private step;
    private nextTask;
}
/** Clock and Scheduler of one node, and its power switch. */
export declare class VirtualNode implements Clock, Scheduler {
    private readonly time;
    private readonly eventLoop;
    readonly name: string;
    private living;
    private pausing;
    private held;
    private lastTurnMs;
    private jumpedMs;
    private readonly offsetMs;
    private readonly rate;
    private readonly turnDelayMs;
    constructor(time: VirtualTime, eventLoop: Scheduler, options: VirtualNodeOptions);
    get alive(): boolean;
    get paused(): boolean;
    now(): number;
    monotonic(): number;
    setTimer(delayMs: number, callback: () => void): Timer;
    turn(callback: () => void): void;
    soon(callback: () => void): void;
    /** The wall clock jumps, as when an operator or a time server sets it. The monotonic clock does not. */
    jumpClock(ms: number): void;
    /** The process ends now, between two instructions. */
    kill(): void;
    pause(): void;
    resume(): void;
    /** Called by VirtualTime: this task came up while the node was paused. */
    hold(task: Task): void;
}
export {};
