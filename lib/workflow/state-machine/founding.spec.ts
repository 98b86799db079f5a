/** The management cluster is born once, in the log of cluster 1, and on every replica alike (docs/adr/0061). */
import { describe, expect, it } from '@jest/globals';
import { MachineUnderTest, conf } from '../../../test/support/workflow-machine.js';
import { encodeCommand } from '../command-codec.js';
import { CommandKind } from '../command.js';
import { WorkflowStateMachine } from '../state-machine.js';

function atLevel(level: number): MachineUnderTest {
  const m = new MachineUnderTest();
  for (const node of [1, 2, 3]) m.hello(node, { codecLevelMax: level });
  m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level });
  expect(m.machine.codecLevel).toBe(level);
  return m;
}

const found = (m: MachineUnderTest, ...members: readonly number[]): unknown => m.apply({ kind: CommandKind.FOUND_MANAGEMENT, members });

describe('FOUND_MANAGEMENT', () => {
  it('the first one wins, and stays', () => {
    const m = atLevel(4);
    expect(m.machine.founders).toEqual([]);
    expect(found(m, 1, 2)).toMatchObject({ ok: true });
    expect(found(m, 1, 2, 3)).toMatchObject({ ignored: true });
    expect(m.machine.founders).toEqual([1, 2]);
    m.membership(conf([3]));
    expect(m.machine.founders).toEqual([1, 2]);
  });

  it('names voters in force only, and none while the voters change: each of them must apply it, to open the group', () => {
    const m = atLevel(4);
    expect(found(m, 1, 4)).toMatchObject({ ignored: true });
    m.membership(conf([1, 2, 3], { learners: [4] }));
    expect(found(m, 1, 4)).toMatchObject({ ignored: true });
    m.membership(conf([1, 2, 4], { votersOutgoing: [1, 2, 3] }));
    expect(found(m, 1, 2)).toMatchObject({ ignored: true });
    m.membership(conf([1, 2, 4]));
    expect(found(m, 1, 3)).toMatchObject({ ignored: true });
    expect(found(m, 1, 4)).toMatchObject({ ok: true });
  });

  it('R42: no id is given out by cluster 1 any more, and those that were are known', () => {
    const m = atLevel(4);
    m.apply({ kind: CommandKind.RESERVE_NODE_ID, token: 'before', above: 6 });
    found(m, 1, 2, 3);
    expect(m.apply({ kind: CommandKind.RESERVE_NODE_ID, token: 'after', above: 0 })).toMatchObject({ ignored: true });
    expect(m.apply({ kind: CommandKind.RESERVE_NODE_ID, token: 'before', above: 0 })).toMatchObject({ ignored: true });
    expect([m.machine.nodeIdHighest, m.machine.reservedNodeIds(), m.machine.reservedNodeId('after')]).toEqual([7, [7], undefined]);
  });

  it('R31: is ignored below its level, and encoded for no group below it', () => {
    const m = atLevel(3);
    expect(found(m, 1, 2, 3)).toMatchObject({ ignored: true });
    expect(() => encodeCommand({ kind: CommandKind.FOUND_MANAGEMENT, members: [1] }, 3)).toThrow(/codec level 4/);
  });

  it('is part of a snapshot', () => {
    const m = atLevel(4);
    found(m, 2, 3);
    const other = new WorkflowStateMachine({ groupId: 1 });
    other.restore(m.machine.appliedIndex, m.machine.snapshot());
    expect(other.founders).toEqual([2, 3]);
    expect(other.snapshot()).toEqual(m.machine.snapshot());
  });
});
