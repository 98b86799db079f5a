import { describe, expect, it } from '@jest/globals';
import { SAMPLE_TOPOLOGY_COMMANDS } from '../../test/support/topology-samples.js';
import { xorshift } from '../../test/support/workflow-chaos.js';
import { nodeInfo } from '../../test/support/topology-machine.js';
import { isRaftoralError } from '../errors/index.js';
import { decodeTopologyCommand, encodeTopologyCommand } from './command-codec.js';
import { TopologyKind, type TopologyCommand } from './command.js';

const refusalOf = (act: () => unknown): { readonly code: string; readonly field: unknown } => {
  try {
    act();
  } catch (error) {
    if (isRaftoralError(error)) return { code: error.code, field: error.details['field'] };
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('commands of the management cluster', () => {
  it.each(SAMPLE_TOPOLOGY_COMMANDS)('%s comes back as it was, byte for byte', (_name, command) => {
    const frame = encodeTopologyCommand(command);
    const again = decodeTopologyCommand(frame);
    expect(again).toEqual(command);
    expect(Buffer.compare(encodeTopologyCommand(again), frame)).toBe(0);
  });

  it('there is a sample of each kind', () => {
    const kinds = new Set(SAMPLE_TOPOLOGY_COMMANDS.map(([, { kind }]) => kind));
    expect(Object.values(TopologyKind).filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  it('P8: 20,000 mutated frames give a command or a typed error, never anything else', () => {
    const random = xorshift(20_261_121);
    const frames = SAMPLE_TOPOLOGY_COMMANDS.map(([, command]) => encodeTopologyCommand(command));
    const fates = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      const frame = Uint8Array.from(frames[random() % frames.length]!);
      const cut = random() % 4 === 0 ? frame.subarray(0, random() % frame.length) : frame;
      for (let flips = random() % 3; flips >= 0 && cut.length > 0; flips--) cut[random() % cut.length] = random() & 0xff;
      let fate: string;
      try {
        const command = decodeTopologyCommand(cut);
        // What is read can be written.
        encodeTopologyCommand(command);
        fate = 'read';
      } catch (error) {
        if (!isRaftoralError(error)) throw error;
        fate = error.code;
      }
      fates.set(fate, (fates.get(fate) ?? 0) + 1);
    }
    expect([...fates.keys()].sort()).toEqual(['GROUP_HALTED', 'MALFORMED_FRAME', 'read']);
    expect([...fates.values()].every((count) => count > 100)).toBe(true);
  });

  const add = (more: object): TopologyCommand => ({
    kind: TopologyKind.ADD_NODE,
    deployment: '',
    token: 't',
    above: 0,
    info: nodeInfo(more),
  });
  const move = (...ranges: ReadonlyArray<readonly [number, number]>): TopologyCommand => ({
    kind: TopologyKind.BEGIN_MOVE,
    from: 1,
    to: 2,
    ranges: ranges.map(([first, count]) => ({ first, count })),
  });

  it.each<[string, string, TopologyCommand]>([
    ['addresses', 'too many', add({ addresses: Array.from({ length: 9 }, () => 'a') })],
    ['addresses', 'too long', add({ addresses: ['a'.repeat(257)] })],
    ['zone', 'too long', add({ zone: 'z'.repeat(129) })],
    ['labels', 'not ascending', add({ labels: ['b', 'a'].map((name) => ({ name, value: '' })) })],
    ['labels', 'a name twice', add({ labels: ['a', 'a'].map((name) => ({ name, value: '' })) })],
    ['labels', 'too many', add({ labels: Array.from({ length: 33 }, (_, i) => ({ name: `l${100 + i}`, value: '' })) })],
    ['workflows', 'not ascending', add({ workflows: ['b', 'a'].map((name) => ({ name, versions: [1] })) })],
    ['workflows', 'versions not ascending', add({ workflows: [{ name: 'a', versions: [2, 1] }] })],
    ['role', 'none of them', add({ role: 'server' })],
    ['capacity', 'negative', add({ capacity: -1 })],
    ['members', 'an id twice', { kind: TopologyKind.CREATE_CLUSTER, members: [1, 1], targetSize: 3, metadata: [], decidedOn: 0 }],
    ['members', 'no id', { kind: TopologyKind.CREATE_CLUSTER, members: [0], targetSize: 3, metadata: [], decidedOn: 0 }],
    [
      'members',
      'too many',
      {
        kind: TopologyKind.CREATE_CLUSTER,
        members: Array.from({ length: 65 }, (_, i) => i + 1),
        targetSize: 3,
        metadata: [],
        decidedOn: 0,
      },
    ],
    ['ranges', 'none', move()],
    ['ranges', 'touching', move([0, 2], [2, 1])],
    ['ranges', 'overlapping', move([0, 3], [2, 4])],
    ['ranges', 'beyond the last slot', move([4095, 2])],
    ['ranges', 'empty', move([1, 0])],
    ['node', 'above 2^31 - 1', { kind: TopologyKind.REMOVE_NODE, node: 2 ** 31, decidedOn: 0 }],
  ])('%s are refused before they are sent: %s', (field, _why, command) => {
    expect(refusalOf(() => encodeTopologyCommand(command))).toEqual({ code: 'INVALID_ARGUMENT', field });
  });

  it('what a writer refuses, a reader refuses too', () => {
    const frame = encodeTopologyCommand(move([0, 2], [4, 1]));
    // The second range is made to touch the first.
    frame[frame.length - 2] = 2;
    expect(refusalOf(() => decodeTopologyCommand(frame))).toEqual({ code: 'MALFORMED_FRAME', field: 'ranges' });
  });

  it('a time stamp that is no time is MALFORMED_FRAME', () => {
    const frame = encodeTopologyCommand({ kind: TopologyKind.FINISH_MOVE, moveId: 1 });
    frame[8] = 0xff;
    expect(refusalOf(() => decodeTopologyCommand(frame)).code).toBe('MALFORMED_FRAME');
  });
});
