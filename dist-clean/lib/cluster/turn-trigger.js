export class TurnTrigger {
    scheduler;
    microtaskTurnsMax;
    run;
    isSoon = false;
    isMacrotask = false;
    microtaskTurns = 0;
    isStopped = false;
    constructor(scheduler, microtaskTurnsMax, run) {
        this.scheduler = scheduler;
        this.microtaskTurnsMax = microtaskTurnsMax;
        this.run = run;
    }
    /** A turn is on its way. */
    get isPending() {
        return this.isMacrotask || this.isSoon;
    }
    soon() {
        if (this.isSoon || this.isStopped || !this.mayRunInMicrotask())
            return;
        this.isSoon = true;
        this.scheduler.soon(this.runSoon);
    }
    /** Frames are at hand, outside of any turn: runs at once, as long as the event loop turns. */
    arrived() {
        if (!this.isStopped && this.mayRunInMicrotask())
            this.run(false);
    }
    macrotask() {
        if (this.isMacrotask || this.isStopped)
            return;
        this.isMacrotask = true;
        this.scheduler.turn(this.runMacrotask);
    }
    /** From a timer: runs at once. */
    now() {
        this.run(false);
    }
    stop() {
        this.isStopped = true;
    }
    /** Counts a turn; if there were too many, asks for a macrotask instead. */
    mayRunInMicrotask() {
        this.microtaskTurns++;
        if (this.microtaskTurns >= this.microtaskTurnsMax) {
            this.macrotask();
            return false;
        }
        // Early enough a macrotask is asked for that only counts: as long as the event loop turns, the guard holds up nothing.
        if (this.microtaskTurns === this.microtaskTurnsMax >> 1)
            this.scheduler.turn(this.breathe);
        return true;
    }
    breathe = () => {
        this.microtaskTurns = 0;
    };
    runSoon = () => {
        this.isSoon = false;
        if (!this.isStopped)
            this.run(false);
    };
    runMacrotask = () => {
        this.isMacrotask = false;
        this.microtaskTurns = 0;
        if (!this.isStopped)
            this.run(true);
    };
}
//# sourceMappingURL=turn-trigger.js.map