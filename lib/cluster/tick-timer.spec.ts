import { describe, expect, it } from '@jest/globals';
import { VirtualTime, type VirtualNode } from '../testing/virtual-time.js';
import { TickTimer } from './tick-timer.js';

interface Seen {
  readonly atMs: number;
  readonly ticks: number;
  readonly stalledMs: number;
}

function ticking(): { readonly time: VirtualTime; readonly node: VirtualNode; readonly timer: TickTimer; readonly seen: Seen[] } {
  const time = new VirtualTime();
  const node = time.createNode();
  const seen: Seen[] = [];
  const onTick = (ticks: number, stalledMs: number): void => {
    seen.push({ atMs: time.nowMs, ticks, stalledMs });
  };
  const timer = new TickTimer({ clock: node, scheduler: node, tickMs: 50, slowMs: 150, catchUpTicksMax: 3, onTick });
  return { time, node, timer, seen };
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

  it('after a stall the tick comes a macrotask later, with few of the ticks that were missed, and is reported', async () => {
    const { time, node, timer, seen } = ticking();
    timer.setPace('tick');
    node.pause();
    await time.advance(5_000);
    node.resume();
    let isRead = false;
    node.turn(() => (isRead = true));
    await time.advance(0);
    expect(isRead).toBe(true);
    expect(seen).toEqual([{ atMs: 5_000, ticks: 3, stalledMs: 4_950 }]);
    expect([timer.stalls, timer.lagMs, timer.lagMsMax]).toEqual([1, 4_950, 4_950]);
    await time.advance(50);
    expect(seen.at(-1)).toEqual({ atMs: 5_050, ticks: 1, stalledMs: 0 });
    expect([timer.lagMs, timer.lagMsMax]).toEqual([0, 4_950]);
  });
});
