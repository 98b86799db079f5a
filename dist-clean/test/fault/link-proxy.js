/** Messages of a handshake, in one direction, at most. */
const HANDSHAKE_MESSAGES = 3;
export const NO_FAULTS = { delayMsMax: 0, duplicationRate: 0, reorderRate: 0, reorderMsMax: 0, lossRate: 0 };
export class LinkProxy {
    listener;
    dialer;
    target;
    random;
    faults = NO_FAULTS;
    counts = { passed: 0, delayed: 0, duplicated: 0, reordered: 0, lost: 0 };
    timers = new Set();
    constructor(listener, dialer, 
    /** Where the node behind it listens. */
    target, random) {
        this.listener = listener;
        this.dialer = dialer;
        this.target = target;
        this.random = random;
    }
    async listen() {
        await this.listener.listen((incoming) => this.join(incoming));
    }
    /** Cuts every connection. */
    async close() {
        for (const timer of this.timers)
            clearTimeout(timer);
        this.timers.clear();
        await Promise.all([this.listener.close(), this.dialer.close()]);
    }
    join(incoming) {
        const outgoing = this.dialer.dial(this.target, this.handlers(incoming));
        return this.handlers(outgoing);
    }
    /** What arrives is for `other`. */
    handlers(other) {
        let seen = 0;
        let lastAt = 0;
        return {
            onMessage: (message) => {
                if (++seen <= HANDSHAKE_MESSAGES)
                    return other.send(message);
                const { random, faults, counts } = this;
                if (random.chance(faults.lossRate)) {
                    counts.lost++;
                    return;
                }
                const isDoubled = random.chance(faults.duplicationRate);
                const isLate = random.chance(faults.reorderRate);
                const now = performance.now();
                const delayMs = faults.delayMsMax * random.float();
                if (isDoubled)
                    counts.duplicated++;
                if (isLate) {
                    counts.reordered++;
                    this.later(delayMs + faults.reorderMsMax * random.float(), other, message);
                }
                else {
                    // In order, unless it is one of those that are swapped.
                    lastAt = Math.max(lastAt, now + delayMs);
                    this.later(lastAt - now, other, message);
                }
                if (isDoubled)
                    this.later(delayMs + faults.reorderMsMax * random.float(), other, message.slice());
            },
            onDrained: () => undefined,
            onClosed: () => other.close(),
        };
    }
    later(ms, to, message) {
        this.counts.passed++;
        if (ms < 0.5)
            return to.send(message);
        this.counts.delayed++;
        const timer = setTimeout(() => {
            this.timers.delete(timer);
            to.send(message);
        }, ms);
        this.timers.add(timer);
    }
}
//# sourceMappingURL=link-proxy.js.map