import { beforeEach, describe, expect, it } from '@jest/globals';
import { TopologyUnderTest } from '../../test/support/topology-machine.js';
import type { GroupListener } from '../cluster/group.js';
import { TopologyStateMachine } from './state-machine.js';
import { TopologyChanges, type TopologyNotice } from './topology-changes.js';

let t: TopologyUnderTest;
let listeners: GroupListener[];
let turns: Array<() => void>;
let changes: TopologyChanges;

const group = {
  subscribe: (listener: GroupListener) => {
    listeners.push(listener);
    return () => void listeners.splice(listeners.indexOf(listener), 1);
  },
};
const scheduler = { turn: (callback: () => void) => void turns.push(callback), soon: (callback: () => void) => callback() };

function deliver(): void {
  while (turns.length > 0) turns.shift()!();
}

function applied(): void {
  for (const listener of listeners) listener.onApplied?.(t.index);
}

function watch(after?: number): TopologyNotice[] {
  const seen: TopologyNotice[] = [];
  changes.stream(after).subscribe((notice) => seen.push(notice));
  return seen;
}

const textOf = (notices: readonly TopologyNotice[]): string[] =>
  notices.map((notice) => (notice.type === 'gap' ? `gap ${notice.from}-${notice.to}` : `${notice.type} ${notice.version}`));

beforeEach(() => {
  listeners = [];
  turns = [];
  t = TopologyUnderTest.founded(4, [1, 2, 3]);
  changes = new TopologyChanges({ group, state: t.machine, scheduler });
});

describe('changes of the topology', () => {
  it('T1: each change comes once, in the order of versions, to who listens and to who comes later with a cursor', () => {
    const live = watch();
    const from = t.version;
    t.nodeState(4, 'down');
    t.nodeState(4, 'active');
    deliver();
    expect(textOf(live)).toEqual([`node-state-set ${from + 1}`, `node-state-set ${from + 2}`]);
    const late = watch(from + 1);
    deliver();
    expect(textOf(late)).toEqual([`node-state-set ${from + 2}`]);
    t.nodeState(4, 'down');
    deliver();
    expect(textOf(late)).toEqual([`node-state-set ${from + 2}`, `node-state-set ${from + 3}`]);
  });

  it('T1: what came before this process looked is a gap that ends in the state as it was then', () => {
    t.nodeState(4, 'down');
    const late = new TopologyChanges({ group, state: t.machine, scheduler });
    const seen: TopologyNotice[] = [];
    late.stream(0).subscribe((notice) => seen.push(notice));
    deliver();
    expect(textOf(seen)).toEqual([`gap 1-${t.version - 1}`, `restored ${t.version}`]);
  });

  it('T1: a snapshot that takes the place of the state is a gap for who listens, and for who comes later', () => {
    const live = watch();
    const from = t.version;
    const other = TopologyUnderTest.founded(4, [1, 2, 3]);
    for (const state of ['down', 'active', 'down'] as const) other.nodeState(4, state);
    t.machine.restore(other.index, other.machine.snapshot());
    for (const listener of listeners) listener.onRestored?.(other.index);
    deliver();
    expect(textOf(live)).toEqual([`gap ${from + 1}-${from + 3}`]);
    const late = watch(from);
    deliver();
    expect(textOf(late)).toEqual([`gap ${from + 1}-${from + 2}`, `restored ${from + 3}`]);
  });

  it('T1: no more than is kept is kept; what is older is a gap', () => {
    const from = t.version;
    for (let i = 0; i < 1_100; i++) t.nodeState(4, i % 2 === 0 ? 'down' : 'active');
    const late = watch(from);
    deliver();
    expect(textOf(late.slice(0, 2))).toEqual([`gap ${from + 1}-${from + 76}`, `node-state-set ${from + 77}`]);
    expect(late).toHaveLength(1_025);
  });

  it('T2: onVersion() hears of the newest version between two batches, and of nothing when nothing changed', () => {
    const heard: number[] = [];
    const end = changes.onVersion((version) => heard.push(version));
    const from = t.version;
    t.nodeState(4, 'down');
    t.nodeState(4, 'active');
    expect(heard).toEqual([]);
    applied();
    applied();
    expect(heard).toEqual([from + 2]);
    end();
    t.nodeState(4, 'down');
    applied();
    expect(heard).toEqual([from + 2]);
  });

  it('close() completes the streams, and nothing is heard any more', () => {
    let isOver = false;
    changes.stream().subscribe({ complete: () => (isOver = true) });
    changes.close();
    expect({ isOver, listeners: listeners.length }).toEqual({ isOver: true, listeners: 0 });
  });

  it('a machine without anything says nothing', () => {
    const fresh = new TopologyChanges({ group, state: new TopologyStateMachine(), scheduler });
    const seen: TopologyNotice[] = [];
    fresh.stream(0).subscribe((notice) => seen.push(notice));
    deliver();
    expect(seen).toEqual([]);
  });
});
