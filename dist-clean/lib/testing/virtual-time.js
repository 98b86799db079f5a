import { EventLoopScheduler } from '../cluster/scheduler.js';
import { TaskHeap } from './task-heap.js';
/** 2026-01-01T00:00:00Z: what a node's wall clock shows at virtual time 0. */
const EPOCH_MS = 1_767_225_600_000;
class Task {
    atMs;
    sequence;
    kind;
    node;
    callback;
    time;
    cancelled = false;
    /** Counted as pending work. */
    counted = false;
    constructor(atMs, sequence, kind, node, callback, time) {
        this.atMs = atMs;
        this.sequence = sequence;
        this.kind = kind;
        this.node = node;
        this.callback = callback;
        this.time = time;
    }
    cancel() {
        if (this.cancelled)
            return;
        this.cancelled = true;
        this.time.forget(this);
    }
    run() {
        this.callback();
    }
}
export class VirtualTime {
    heap = new TaskHeap();
    eventLoop = new EventLoopScheduler();
    clockMs = 0;
    sequence = 0;
    workCount = 0;
    running = false;
    failure = null;
    /** Called after each task, once everything it caused has drained: where an oracle looks. What it throws counts as V5. */
    afterTask = null;
    /** Tasks that have run. */
    taskCount = 0;
    /** Virtual ms since the start. */
    get nowMs() {
        return this.clockMs;
    }
    /** What runs because of no timer: turns, and frames on their way. */
    get pendingWork() {
        return this.workCount;
    }
    /** Clock and scheduler of one process. */
    createNode(options = {}) {
        return new VirtualNode(this, this.eventLoop, options);
    }
    /** Runs `callback` at virtual time `atMs` (now, if that is past), unless `node` is dead by then. */
    schedule(atMs, callback, node = null, kind = 'timer') {
        const task = new Task(atMs, 0, kind, node, callback, this);
        this.enqueue(task);
        return task;
    }
    /** Runs everything that is due within `ms`, and leaves the clock exactly that much later. */
    async advance(ms) {
        await this.run(this.clockMs + ms, () => false);
    }
    /** Runs until `done` answers true, asked after each task; false when `maxMs` passed before. */
    async runUntil(done, maxMs) {
        return this.run(this.clockMs + maxMs, done);
    }
    /** Runs until no turn and no frame is pending; timers that lie ahead do not count. False when `maxMs` passed before. */
    async runUntilIdle(maxMs = 60_000) {
        return this.run(this.clockMs + maxMs, () => this.workCount === 0);
    }
    /** Runs until `promise` settles, and answers as it does. Rejects when `maxMs` of virtual time pass before. */
    async runUntilSettled(promise, maxMs) {
        let settled = false;
        const mark = () => {
            settled = true;
        };
        promise.then(mark, mark);
        const inTime = await this.run(this.clockMs + maxMs, () => settled);
        if (!inTime)
            throw new Error(`not settled within ${maxMs} ms of virtual time`);
        return promise;
    }
    /** Called by what it made. */
    fail(error) {
        this.failure ??= { error };
    }
    /** Puts a task in line, behind what is due at its time already. */
    enqueue(task) {
        task.atMs = Math.max(task.atMs, this.clockMs);
        task.sequence = this.sequence++;
        if (task.kind === 'work') {
            task.counted = true;
            this.workCount++;
        }
        this.heap.push(task);
    }
    forget(task) {
        if (!task.counted)
            return;
        task.counted = false;
        this.workCount--;
    }
    run(limitMs, done) {
        if (this.running)
            throw new Error('virtual time is being advanced already; await that first');
        this.running = true;
        return new Promise((resolve, reject) => {
            const step = () => {
                let result;
                try {
                    result = this.step(limitMs, done);
                }
                catch (error) {
                    this.running = false;
                    reject(error instanceof Error ? error : new Error(String(error)));
                    return;
                }
                if (result === null)
                    this.eventLoop.turn(step);
                else {
                    this.running = false;
                    resolve(result);
                }
            };
            this.eventLoop.turn(step);
        });
    }
    /** One task; null when there may be more, else the answer of run(). */
    step(limitMs, done) {
        if (this.failure !== null) {
            const { error } = this.failure;
            this.failure = null;
            throw error instanceof Error ? error : new Error(String(error));
        }
        this.afterTask?.();
        if (done())
            return true;
        const task = this.nextTask();
        if (task === undefined || task.atMs > limitMs) {
            if (limitMs !== Infinity)
                this.clockMs = limitMs;
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
    nextTask() {
        for (;;) {
            const task = this.heap.peek();
            if (task === undefined)
                return undefined;
            if (task.cancelled)
                this.heap.pop();
            else if (task.node !== null && !task.node.alive) {
                this.heap.pop();
                task.cancel();
            }
            else if (task.node !== null && task.node.paused) {
                this.heap.pop();
                this.forget(task);
                task.node.hold(task);
            }
            else
                return task;
        }
    }
}
/** Clock and Scheduler of one node, and its power switch. */
export class VirtualNode {
    time;
    eventLoop;
    name;
    living = true;
    pausing = false;
    held = [];
    lastTurnMs = 0;
    jumpedMs = 0;
    offsetMs;
    rate;
    turnDelayMs;
    constructor(time, eventLoop, options) {
        this.time = time;
        this.eventLoop = eventLoop;
        this.name = options.name ?? 'node';
        this.offsetMs = options.clockOffsetMs ?? 0;
        this.rate = options.clockRate ?? 1;
        this.turnDelayMs = options.turnDelayMs;
    }
    get alive() {
        return this.living;
    }
    get paused() {
        return this.pausing;
    }
    now() {
        return EPOCH_MS + this.offsetMs + this.jumpedMs + this.time.nowMs * this.rate;
    }
    monotonic() {
        return this.time.nowMs * this.rate;
    }
    setTimer(delayMs, callback) {
        if (!this.living)
            return NEVER;
        return this.time.schedule(this.time.nowMs + Math.max(0, delayMs) / this.rate, callback, this);
    }
    turn(callback) {
        if (!this.living)
            return;
        this.lastTurnMs = Math.max(this.lastTurnMs, this.time.nowMs + (this.turnDelayMs?.() ?? 0));
        this.time.schedule(this.lastTurnMs, callback, this, 'work');
    }
    soon(callback) {
        if (!this.living)
            return;
        this.eventLoop.soon(() => {
            if (!this.living)
                return;
            try {
                callback();
            }
            catch (error) {
                this.time.fail(error);
            }
        });
    }
    /** The wall clock jumps, as when an operator or a time server sets it. The monotonic clock does not. */
    jumpClock(ms) {
        this.jumpedMs += ms;
    }
    /** The process ends now, between two instructions. */
    kill() {
        this.living = false;
        this.held = [];
    }
    pause() {
        this.pausing = true;
    }
    resume() {
        this.pausing = false;
        const held = this.held;
        this.held = [];
        for (const task of held)
            if (!task.cancelled)
                this.time.enqueue(task);
    }
    /** Called by VirtualTime: this task came up while the node was paused. */
    hold(task) {
        this.held.push(task);
    }
}
const NEVER = { cancel: () => { } };
//# sourceMappingURL=virtual-time.js.map