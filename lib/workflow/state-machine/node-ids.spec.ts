/** D1–D3: ids are given out once, on every replica the same, through snapshots and rows. */
import { describe, expect, it } from '@jest/globals';
import { xorshift } from '../../../test/support/workflow-chaos.js';
import { MachineUnderTest, conf } from '../../../test/support/workflow-machine.js';
import { crc32 } from '../../state-machine/index.js';
import { CODEC_LEVEL_MAX, CommandKind } from '../command.js';
import { WorkflowStateMachine } from '../state-machine.js';
import { NodeIds, REMOVED_MAX, RESERVATIONS_MAX } from './node-ids.js';

const HOUR_MS = 3_600_000;

function atLevelTwo(): MachineUnderTest {
  const m = new MachineUnderTest();
  for (const node of [1, 2, 3]) m.hello(node, { codecLevelMax: 2 });
  expect(m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 2 })).toMatchObject({ ok: true });
  return m;
}

function reserve(m: MachineUnderTest, token: string, above = 0): number | undefined {
  m.apply({ kind: CommandKind.RESERVE_NODE_ID, token, above });
  return m.machine.reservedNodeId(token);
}

function resealed(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(5, crc32(bytes, 9), true);
  return bytes;
}

describe('reservations', () => {
  it('D1: an id is above every member, every hello, every id given out, and what the proposer knows', () => {
    const m = atLevelTwo();
    expect(m.machine.nodeIdHighest).toBe(3);
    expect(reserve(m, 'a')).toBe(4);
    expect(reserve(m, 'b')).toBe(5);
    m.membership(conf([1, 2, 3], { learners: [9] }));
    expect(reserve(m, 'c')).toBe(10);
    m.membership(conf([1, 2, 3]));
    m.hello(12, { codecLevelMax: 2 });
    expect(reserve(m, 'd')).toBe(13);
    expect(reserve(m, 'e', 40)).toBe(41);
  });

  it('D2: the same token has the same id, for an hour of log time', () => {
    const m = atLevelTwo();
    expect([reserve(m, 'a'), reserve(m, 'a'), reserve(m, 'b'), reserve(m, 'a', 99)]).toEqual([4, 4, 5, 4]);
    m.nowMs += HOUR_MS;
    expect(reserve(m, 'a')).toBe(6);
    expect(m.machine.reservedNodeId('b')).toBeUndefined();
  });

  it('D2, D3: what is remembered is bounded', () => {
    const ids = new NodeIds();
    for (let i = 1; i <= RESERVATIONS_MAX + 5; i++) expect(ids.reserve(`t${i}`, 0, 1)).toBe(i);
    expect([...ids.reservations()]).toHaveLength(RESERVATIONS_MAX);
    expect(ids.reservedBy('t5')).toBeUndefined();
    for (let node = 1; node <= REMOVED_MAX + 3; node++) ids.membersChanged([node], []);
    expect(ids.removedIds()).toHaveLength(REMOVED_MAX);
    expect([ids.wasRemoved(3), ids.wasRemoved(4)]).toEqual([false, true]);
  });

  it('when ids are used up, the command is ignored', () => {
    const m = atLevelTwo();
    expect(reserve(m, 'last', 2 ** 31 - 2)).toBe(2 ** 31 - 1);
    expect(m.apply({ kind: CommandKind.RESERVE_NODE_ID, token: 'none', above: 0 })).toMatchObject({ ignored: true });
    expect(m.apply({ kind: CommandKind.RESERVE_NODE_ID, token: 'far', above: 2 ** 50 })).toMatchObject({ ignored: true });
    expect(m.machine.nodeIdHighest).toBe(2 ** 31 - 1);
  });

  it('D3: a member that was removed is known as such, until it is a member again', () => {
    const m = atLevelTwo();
    m.membership(conf([1, 2], { votersOutgoing: [1, 2, 3] }));
    expect(m.machine.wasRemoved(3)).toBe(false);
    m.membership(conf([1, 2]));
    expect(m.machine.wasRemoved(3)).toBe(true);
    expect(reserve(m, 'a')).toBe(4);
    m.membership(conf([1, 2], { learners: [3] }));
    expect(m.machine.wasRemoved(3)).toBe(false);
  });
});

describe('levels', () => {
  it('R31: in a group of level 1 it is ignored and leaves no trace in the snapshot', () => {
    const m = new MachineUnderTest();
    m.hello(3, { codecLevelMax: 2 });
    const before = m.machine.snapshot();
    expect(m.apply({ kind: CommandKind.RESERVE_NODE_ID, token: 't', above: 7 })).toMatchObject({ ignored: true });
    m.membership(conf([1, 2, 3], { learners: [4] }));
    m.membership(conf([1, 2, 3]));
    expect([m.machine.nodeIdHighest, m.machine.reservedNodeId('t'), m.machine.wasRemoved(4)]).toEqual([0, undefined, false]);
    expect(m.machine.snapshot()).toEqual(before);
  });

  it('R31: while one voter is of an older build the level stays, and rises with its upgrade', () => {
    const m = new MachineUnderTest();
    for (const node of [1, 2]) m.hello(node, { codecLevelMax: 2 });
    expect(m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 2 })).toMatchObject({ ignored: true });
    m.hello(3, { codecLevelMax: 2, incarnation: 2 });
    expect(m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 2 })).toMatchObject({ ok: true });
    expect(reserve(m, 't')).toBe(4);
  });

  it('R31: a replica restored at level 1 has, once the level rises, what the one that was never restored has', () => {
    const m = new MachineUnderTest();
    for (const node of [1, 2, 3]) m.hello(node, { codecLevelMax: 2 });
    m.membership(conf([1, 2, 3], { learners: [9] }));
    m.membership(conf([1, 2, 3]));
    const other = new WorkflowStateMachine({ groupId: 1 });
    other.restore(m.index, m.machine.snapshot());
    const raised = new MachineUnderTest();
    raised.machine.restore(m.index, m.machine.snapshot());
    raised.index = m.index;
    for (const each of [m, raised]) {
      each.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 2 });
      expect(reserve(each, 'a')).toBe(4);
    }
    expect(raised.machine.snapshot()).toEqual(m.machine.snapshot());
  });

  it('a snapshot of a level above what this build applies is refused by its name', () => {
    const bytes = atLevelTwo().machine.snapshot();
    // Group id, log time: then the level.
    const at = 9 + 1 + 8;
    expect(bytes[at]).toBe(2);
    bytes[at] = CODEC_LEVEL_MAX + 1;
    const refusal = new RegExp(`codecLevel.*level ${CODEC_LEVEL_MAX + 1}.*up to ${CODEC_LEVEL_MAX}: upgrade`);
    expect(() => new WorkflowStateMachine({ groupId: 1 }).restore(1, resealed(bytes))).toThrow(refusal);
  });
});

describe('replicas', () => {
  it.each([1, 2, 3, 4, 5])('seed %i: replicas that restore at any point have the same ids, and no id is given out twice', (seed) => {
    const random = xorshift(seed * 7919);
    const below = (bound: number): number => random() % bound;
    const a = atLevelTwo();
    const b = atLevelTwo();
    const given = new Map<number, string>();
    let epoch = 0;
    for (let step = 0; step < 400; step++) {
      const jumpMs = below(40) === 0 ? HOUR_MS : below(1000);
      const token = `${epoch}-${below(30)}`;
      const above = below(10) === 0 ? below(500) : 0;
      const learner = 4 + below(40);
      const roll = below(10);
      if (jumpMs === HOUR_MS) epoch++;
      for (const m of [a, b]) {
        m.nowMs += jumpMs;
        if (roll < 6) reserve(m, token, above);
        else if (roll < 8) m.membership(conf([1, 2, 3], { learners: [learner] }));
        else m.hello(1 + below(1) + (learner % 3), { codecLevelMax: 2 });
      }
      if (roll < 6) {
        const id = a.machine.reservedNodeId(token)!;
        expect([undefined, token]).toContain(given.get(id));
        given.set(id, token);
        expect(id).toBeLessThanOrEqual(a.machine.nodeIdHighest);
      }
      if (below(5) === 0) b.machine.restore(b.index, a.machine.snapshot());
      expect(b.machine.snapshot()).toEqual(a.machine.snapshot());
    }
    expect(given.size).toBeGreaterThan(50);
  });
});
