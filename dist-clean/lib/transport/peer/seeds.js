/**
 * Seeds: addresses that are tried until a node is known at each. Owns their rounds and the delays between them.
 *
 * D1. A name is resolved again at each round; every address that it has is tried.
 * D2. A seed is done when every address of a round led to a node (or to this process itself); what no node was found at is tried again, for ever, every
 *     `backoffMsMax` at the latest.
 * Tests: peer-transport.spec.ts.
 */
import { lookup } from 'node:dns/promises';
import { Refusal } from './packet-codec.js';
export class Seeds {
    owner;
    seeds = [];
    isRunning = false;
    constructor(owner) {
        this.owner = owner;
    }
    /** Replaces the list; those that stay keep where they are. */
    set(texts) {
        const old = new Map(this.seeds.map((seed) => [seed.text, seed]));
        const wanted = [...new Set(texts)];
        this.seeds = wanted.map((text) => old.get(text) ?? { text, attempts: 0, timer: null, isDone: false });
        for (const seed of old.values())
            if (!wanted.includes(seed.text))
                seed.timer?.cancel();
        if (this.isRunning)
            for (const seed of this.seeds)
                if (!old.has(seed.text))
                    void this.round(seed);
    }
    /** Resolves when each was tried once. */
    async begin() {
        this.isRunning = true;
        await Promise.all(this.seeds.map((seed) => this.round(seed)));
    }
    stop() {
        this.isRunning = false;
        for (const seed of this.seeds)
            seed.timer?.cancel();
    }
    async round(seed) {
        const { owner } = this;
        let problem = null;
        try {
            const addresses = await owner.resolve(seed.text);
            if (addresses.length === 0)
                problem = 'the name has no address';
            const found = await Promise.all(addresses.map((address) => this.tryAddress(address)));
            problem = found.find((text) => text !== null) ?? problem;
        }
        catch (error) {
            problem = error instanceof Error ? error.message : String(error);
        }
        if (!this.isRunning || !this.seeds.includes(seed))
            return;
        seed.isDone = problem === null;
        if (problem === null)
            return;
        owner.problem(seed.text, problem);
        seed.timer = owner.clock.setTimer(this.delayMs(seed), () => void this.round(seed), { unref: true });
    }
    /** null: a node is there; else what is wrong. */
    tryAddress(address) {
        if (!this.isRunning || this.owner.isKnown(address))
            return Promise.resolve(null);
        return new Promise((resolve) => {
            this.owner.dial(address, (outcome) => {
                if ('connection' in outcome) {
                    resolve(outcome.connection.remote.nodeId === 0 ? `at ${address} is a process without identity` : null);
                }
                else
                    resolve(outcome.ended.refusal === Refusal.SELF ? null : `${address}: ${outcome.ended.text || outcome.ended.end}`);
            });
        });
    }
    delayMs(seed) {
        const { random, tuning } = this.owner;
        const fullMs = Math.min(tuning.backoffMsMax, tuning.backoffMsMin * 2 ** Math.min(seed.attempts++, 20));
        return fullMs / 2 + random.int(Math.max(1, Math.ceil(fullMs / 2)));
    }
}
/** Everything that a name stands for now. A name with one address stays a name: a certificate may be for it. */
export async function resolveByDns(address) {
    const colon = address.lastIndexOf(':');
    const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
    const port = address.slice(colon + 1);
    const found = await lookup(host, { all: true });
    if (found.length <= 1)
        return [address];
    return found.map(({ address: ip, family }) => (family === 6 ? `[${ip}]:${port}` : `${ip}:${port}`));
}
//# sourceMappingURL=seeds.js.map