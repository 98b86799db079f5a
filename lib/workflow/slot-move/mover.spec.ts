import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { MachineUnderTest } from '../../../test/support/workflow-machine.js';
import type { RequestHandler } from '../../cluster/group.js';
import { BinaryWriter } from '../../state-machine/index.js';
import { textOfBytes } from '../canonical-json.js';
import { decodeCommand, encodeCommand } from '../command-codec.js';
import { CHILDREN_LEVEL, CODEC_LEVEL_MAX, CommandKind, MOVES_LEVEL, type SlotMoveCommand } from '../command.js';
import { slotOf } from '../slot.js';
import { SlotExporter } from './exporter.js';
import type { HostedCluster } from './move.js';
import { IMPORT_METHOD } from './move-port.js';
import { SlotMover } from './mover.js';

/** A group of so high a level. */
function machineAt(level: number, groupId: number): MachineUnderTest {
  const m = new MachineUnderTest({ groupId });
  for (const node of m.machine.voters) m.hello(node, { codecLevelMax: level });
  m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level });
  expect(m.machine.codecLevel).toBe(level);
  return m;
}

/** Sends a command as a mover elsewhere does, to the node that hosts the target. */
function senderTo(target: MachineUnderTest): (command: SlotMoveCommand) => Promise<string> {
  const handlers = new Map<string, RequestHandler>();
  const group = { propose: (frame: Uint8Array) => Promise.resolve({ result: target.apply(decodeCommand(frame)) }) };
  const cluster = { group, state: target.machine } as unknown as HostedCluster;
  const node = {
    nodeId: 4,
    request: () => Promise.reject(new Error('unused')),
    handle: (m: string, h: RequestHandler) => void handlers.set(m, h),
  };
  new SlotMover(node, new ManualClock(), (clusterId) => (clusterId === 2 ? cluster : null));
  return async (command) => {
    const writer = new BinaryWriter();
    writer.uint(2, 'clusterId');
    writer.bytes(encodeCommand(command, CODEC_LEVEL_MAX));
    return textOfBytes(await handlers.get(IMPORT_METHOD)!(1, writer.finish(), 1_000));
  };
}

describe('commands of a mover that arrive at the target', () => {
  it.each([
    ['a child', (m: MachineUnderTest) => m.startChild('a')],
    ['a workflow', (m: MachineUnderTest) => m.start('a')],
  ])('R31: a part with %s enters no log of a group whose members may not know its form', async (what, start) => {
    const source = machineAt(CODEC_LEVEL_MAX, 1);
    start(source);
    source.finish('run-a');
    const ranges = [{ first: slotOf('a'), count: 1 }];
    const items = [];
    const exporter = new SlotExporter(source.machine, ranges);
    for await (const some of exporter.ahead()) items.push(...some);
    const fates = [];
    for (const level of [MOVES_LEVEL - 1, MOVES_LEVEL, CHILDREN_LEVEL]) {
      const target = machineAt(level, 2);
      const send = senderTo(target);
      await send({ kind: CommandKind.IMPORT_BEGIN, moveId: 1, from: 1, ranges, oldestMoveId: 1 });
      fates.push(await send({ kind: CommandKind.IMPORT_PART, moveId: 1, logTimeMs: exporter.logTimeMs, items }));
      expect(target.machine.run('run-a') !== undefined).toBe(fates.at(-1) === 'done');
    }
    expect(fates).toEqual(['not-yet', what === 'a child' ? 'not-yet' : 'done', 'done']);
  });
});
