import { describe, expect, it } from '@jest/globals';
import { TurnTrigger } from './turn-trigger.js';
class HandScheduler {
    turns = [];
    soons = [];
    turn(callback) {
        this.turns.push(callback);
    }
    soon(callback) {
        this.soons.push(callback);
    }
    runMicrotasks() {
        for (let next = this.soons.shift(); next !== undefined; next = this.soons.shift())
            next();
    }
    runMacrotasks() {
        for (const callback of this.turns.splice(0))
            callback();
    }
}
describe('TurnTrigger', () => {
    it('one turn waits in a microtask and one in a macrotask, however often they are asked for', () => {
        const scheduler = new HandScheduler();
        const runs = [];
        const trigger = new TurnTrigger(scheduler, 100, (isMacrotask) => runs.push(isMacrotask));
        for (let i = 0; i < 3; i++) {
            trigger.soon();
            trigger.macrotask();
        }
        expect([scheduler.soons.length, scheduler.turns.length]).toEqual([1, 1]);
        scheduler.runMicrotasks();
        scheduler.runMacrotasks();
        expect(runs).toEqual([false, true]);
    });
    it('an endless chain of microtask turns lets the event loop through', () => {
        const scheduler = new HandScheduler();
        let runs = 0;
        const trigger = new TurnTrigger(scheduler, 100, () => {
            runs++;
            trigger.soon();
        });
        trigger.soon();
        scheduler.runMicrotasks();
        expect(runs).toBe(99);
        expect(scheduler.turns.length).toBeGreaterThan(0);
        scheduler.runMacrotasks();
        expect(runs).toBe(100);
    });
    it('frames at hand are worked on at once, and held back only if the event loop does not turn', () => {
        const scheduler = new HandScheduler();
        let runs = 0;
        const trigger = new TurnTrigger(scheduler, 10, () => runs++);
        for (let i = 0; i < 1_000; i++) {
            trigger.arrived();
            if (i % 4 === 0)
                scheduler.runMacrotasks();
        }
        expect(runs).toBe(1_000);
        for (let i = 0; i < 50; i++)
            trigger.arrived();
        expect(runs).toBeLessThan(1_010);
        scheduler.runMacrotasks();
        trigger.stop();
        const before = runs;
        trigger.arrived();
        trigger.soon();
        trigger.macrotask();
        scheduler.runMicrotasks();
        scheduler.runMacrotasks();
        expect(runs).toBe(before);
    });
});
//# sourceMappingURL=turn-trigger.spec.js.map