const ASK_AGAIN_MS = 500;
export class StallGate {
    group;
    clock;
    confirmedStalls;
    held = [];
    isAsking = false;
    isStopped = false;
    retry = null;
    constructor(group, clock) {
        this.group = group;
        this.clock = clock;
        this.confirmedStalls = group.longStalls;
    }
    /** Runs `act` now, or once the group was heard. */
    pass(act) {
        if (this.group.longStalls === this.confirmedStalls)
            return act();
        this.held.push(act);
        this.ask();
    }
    stop() {
        this.isStopped = true;
        this.held = [];
        this.retry?.cancel();
    }
    ask() {
        if (this.isAsking || this.isStopped)
            return;
        this.isAsking = true;
        const stalls = this.group.longStalls;
        this.group.readIndex().then(() => this.confirmed(stalls), () => {
            this.retry = this.clock.setTimer(ASK_AGAIN_MS, () => this.askAgain(), { unref: true });
        });
    }
    askAgain() {
        this.isAsking = false;
        this.ask();
    }
    confirmed(stalls) {
        if (this.group.longStalls !== stalls)
            return this.askAgain();
        this.isAsking = false;
        this.confirmedStalls = stalls;
        const held = this.held;
        this.held = [];
        for (const act of held)
            this.pass(act);
    }
}
//# sourceMappingURL=stall-gate.js.map