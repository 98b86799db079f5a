import { describe, expect, it } from '@jest/globals';
import { VirtualTime } from '../testing/virtual-time.js';
import { TickTimer } from './tick-timer.js';
function ticking() {
    const time = new VirtualTime();
    const node = time.createNode();
    const seen = [];
    const told = [];
    const timer = new TickTimer({
        clock: node,
        scheduler: node,
        tickMs: 50,
        slowMs: 150,
        catchUpTicksMax: 3,
        longStallMs: 500,
        onTick: (ticks) => {
            seen.push({ atMs: time.nowMs, ticks });
            told.push('tick');
        },
        onStall: (stalledMs, isLong) => told.push(`${isLong ? 'long ' : ''}stall ${stalledMs}`),
    });
    return { time, node, timer, seen, told };
}
describe('TickTimer', () => {
    it('ticks on a grid, at its pace, and not at all when off', async () => {
        const { time, timer, seen } = ticking();
        timer.setPace('tick');
        timer.setPace('tick');
        await time.advance(200);
        expect(seen.map(({ atMs, ticks }) => [atMs, ticks])).toEqual([50, 100, 150, 200].map((atMs) => [atMs, 1]));
        timer.setPace('slow');
        await time.advance(300);
        expect(seen.slice(4).map(({ atMs }) => atMs)).toEqual([350, 500]);
        timer.setPace('off');
        await time.advance(1000);
        expect(seen).toHaveLength(6);
    });
    it('after a stall the tick comes when the network was read, with few of the ticks that were missed, and is reported', async () => {
        const { time, node, timer, seen, told } = ticking();
        timer.setPace('tick');
        node.pause();
        await time.advance(5_000);
        node.resume();
        node.turn(() => {
            told.push('read');
            node.turn(() => told.push('handed on'));
        });
        await time.advance(0);
        expect(told).toEqual(['long stall 4950', 'read', 'handed on', 'tick']);
        expect(seen).toEqual([{ atMs: 5_000, ticks: 3 }]);
        expect([timer.stalls, timer.lagMs, timer.lagMsMax]).toEqual([1, 4_950, 4_950]);
        await time.advance(50);
        expect(seen.at(-1)).toEqual({ atMs: 5_050, ticks: 1 });
        expect([timer.lagMs, timer.lagMsMax]).toEqual([0, 4_950]);
    });
    it('who asks during a stall, before the timer could tell, learns of it; it is counted once', async () => {
        const { time, node, timer } = ticking();
        timer.setPace('slow');
        await time.advance(150);
        node.pause();
        await time.advance(499);
        expect(timer.longStalls).toBe(0);
        await time.advance(1);
        expect(timer.longStalls).toBe(1);
        timer.setPace('tick');
        expect(timer.longStalls).toBe(1);
        node.resume();
        await time.advance(60);
        expect(timer.longStalls).toBe(1);
        await time.advance(2_000);
        expect([timer.longStalls, timer.stalls]).toEqual([1, 1]);
    });
});
//# sourceMappingURL=tick-timer.spec.js.map