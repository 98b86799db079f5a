import { describe, expect, it } from '@jest/globals';
import { SAMPLE_COMMANDS, SAMPLE_ERROR } from '../../test/support/workflow-samples.js';
import { isRaftoralError } from '../errors/index.js';
import { COMMAND_FRAME_VERSION, COMMAND_KIND_OFFSET, readLogTimeStamp, stampLogTime } from '../state-machine/index.js';
import { decodeCommand, encodeCommand } from './command-codec.js';
import { CODEC_LEVEL_MAX, CommandKind, type CheckpointCommand, type WorkflowCommand } from './command.js';
import type { ErrorRecord } from './event.js';

/** Released bytes: never edit one, add a new kind or version (K1, B1). */
const GOLDEN: Readonly<Record<string, string>> = {
  MEMBER_HELLO: '010000000000000000010280d095ffbc31010262310102056f7264657202010206726566756e6400',
  SET_LIMITS: '0100000000000000000204808040c0843d03000000007099944100000000804f2241',
  RAISE_CODEC_LEVEL: '0100000000000000000302',
  NODE_DOWN: '010000000000000000040307',
  RESERVE_NODE_ID: '0100000000000000000500aaaaaaaa8f3a4c579c2e0f9a1b2c3d4eac02',
  STATE_CHECK: '01000000000000000006',
  STATE_HASH: '0100000000000000000702ac02030000000000000001000000000000ffffffffffff1f',
  FOUND_MANAGEMENT: '01000000000000000008030102ac02',
  START:
    '0100000000000000000a00aaaaaaaa8f3a4c579c2e0f9a1b2c3d4e0000fce8febc7842086f726465722d31000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e056f72646572010a7b226974656d223a377db5864edfc56509020102',
  SIGNAL: '0100000000000000000b00aaaaaaaa8f3a4c579c2e0f9a1b2c3d4e0000fce8febc7842086f726465722d310107617070726f7665052279657322',
  CANCEL:
    '0100000000000000000c00aaaaaaaa8f3a4c579c2e0f9a1b2c3d4e0000fce8febc7842086f726465722d31000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e08746f6f206c617465',
  TERMINATE: '0100000000000000000d00aaaaaaaa8f3a4c579c2e0f9a1b2c3d4e0000fce8febc7842086f726465722d3101',
  RESET: '0100000000000000000e00aaaaaaaa8f3a4c579c2e0f9a1b2c3d4e0000fce8febc7842086f726465722d3109746578742d72756e',
  CHANGE_OWNER: '0100000000000000000f000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e0503',
  CHECKPOINT: '01000000000000000014000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e020673746174757303ac02014c09597fb27b1605226e65772200',
  COMPUTE_RESULT:
    '01000000000000000015000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e020673746174757303ac02014c09597fb27b1600010a53746f636b4572726f720d6772c3b6c39f65206665686c74084e4f5f53544f434b046174207801054572726f72016d00000004',
  ATTEMPT_STARTED: '01000000000000000016000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e0209696e76656e746f72790102',
  ATTEMPT_FAILED:
    '01000000000000000017000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e0209696e76656e746f727901020000000000729740010a53746f636b4572726f720d6772c3b6c39f65206665686c74084e4f5f53544f434b046174207801054572726f72016d000000',
  SLEEP: '01000000000000000018000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e020673746174757303ac02014c09597fb27b1600000000004ced40',
  TIMER_FIRED: '01000000000000000019000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e0c',
  DECLINE: '0100000000000000001a000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e000207010f6177616974656420612074696d6572',
  FINISH:
    '0100000000000000001b000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e020b0100010a53746f636b4572726f720d6772c3b6c39f65206665686c74084e4f5f53544f434b046174207801054572726f72016d0000004d000000000000',
  CONTINUE_AS_NEW:
    '0100000000000000001c000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e020b001b5f7c1e8f3a4c579c2e0f9a1b2c3d4e02035b315d0800000000000009000000000000',
  FREEZE_SLOTS: '01000000000000000028ac0207ab02020001ac02d41d',
  UNFREEZE_SLOTS: '01000000000000000029ac02',
  DROP_SLOTS: '0100000000000000002aac02',
  IMPORT_BEGIN: '0100000000000000002bac0201ab02020001ac02d41d',
  IMPORT_PART:
    '0100000000000000002cac0200088056febc78420301086f726465722d31000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e056f7264657201080000000000000900000000000000008056febc784201010100008056febc7842035b315d02010262310102000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e014b086f726465722d31000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e056f7264657201080000000000000900000000000000008056febc7842000201026231000000000000000000000001000000033500aaaaaaaa8f3a4c579c2e0f9a1b2c3d4e0000fce8febc78420a086f726465722d3100000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e01',
  ACTIVATE_IMPORT: '0100000000000000002dac0200088056febc78420401',
  ABORT_IMPORT: '0100000000000000002eac0201',
  RETENTION_SWEEP: '0100000000000000001e00008056febc7842',
  START_CHILD:
    '0100000000000000001000aaaaaaaa8f3a4c579c2e0f9a1b2c3d4e0000fce8febc7842086f726465722d31000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e0473686970030a7b226974656d223a377db5864edfc56509000102086f726465722d30001b5f7c1e8f3a4c579c2e0f9a1b2c3d4e0b246368696c642f736869700200aaaaaaaa8f3a4c579c2e0f9a1b2c3d4e01',
  ACKNOWLEDGE_CHILD: '0100000000000000001f02000b5f7c1e8f3a4c579c2e0f9a1b2c3d4e001b5f7c1e8f3a4c579c2e0f9a1b2c3d4e',
};

function hex(frame: Uint8Array): string {
  return Buffer.from(frame).toString('hex');
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isRaftoralError(error)) return error.code;
    throw error;
  }
  return 'none';
}

const checkpoint = SAMPLE_COMMANDS.find(([name]) => name === 'CHECKPOINT')![1] as CheckpointCommand;

describe('golden frames', () => {
  it('there is one of every kind', () => {
    expect(new Set(SAMPLE_COMMANDS.map(([, command]) => command.kind))).toEqual(new Set(Object.values(CommandKind)));
    expect(Object.keys(GOLDEN)).toEqual(SAMPLE_COMMANDS.map(([name]) => name));
  });

  it.each(SAMPLE_COMMANDS)('R31: the bytes of %s are pinned', (name, command) => {
    expect(hex(encodeCommand(command, CODEC_LEVEL_MAX))).toBe(GOLDEN[name]);
    expect(decodeCommand(Buffer.from(GOLDEN[name]!, 'hex'))).toEqual(normal(command));
  });
});

/** Buffers and Uint8Arrays are told apart by toEqual. */
function normal(command: WorkflowCommand): unknown {
  return Object.fromEntries(
    Object.entries(command).map(([name, value]) => [name, value instanceof Uint8Array ? Buffer.from(value) : value]),
  );
}

describe('encoding', () => {
  it.each(SAMPLE_COMMANDS)('%s comes back as it went in', (_, command) => {
    expect(decodeCommand(encodeCommand(command, CODEC_LEVEL_MAX))).toEqual(command);
  });

  it('R23: a stamp changes the eight bytes that belong to the leader, and nothing else', () => {
    for (const [, command] of SAMPLE_COMMANDS) {
      const frame = encodeCommand(command, CODEC_LEVEL_MAX);
      expect(readLogTimeStamp(frame)).toBe(0);
      stampLogTime(frame, 1_700_000_000_123.25);
      expect(readLogTimeStamp(frame)).toBe(1_700_000_000_123.25);
      expect(decodeCommand(frame)).toEqual(command);
    }
  });

  it('an error with an endless chain of causes is cut, and still decodes', () => {
    let error: ErrorRecord = SAMPLE_ERROR;
    for (let i = 0; i < 100; i++) error = { ...SAMPLE_ERROR, cause: error };
    let depth = 0;
    const back = decodeCommand(encodeCommand({ ...checkpoint, error })) as CheckpointCommand;
    for (let at = back.error; at !== null; at = at.cause) depth++;
    expect(depth).toBe(17);
  });

  it('what no decoder would take is refused by the encoder, with the field', () => {
    expect(() => encodeCommand({ ...checkpoint, occurrence: 0 })).toThrow(/occurrence/);
    expect(() => encodeCommand({ ...checkpoint, key: 'k'.repeat(1025) })).toThrow(/key can not be encoded: it has 1025 bytes/);
    expect(() => encodeCommand({ ...checkpoint, epoch: -1 })).toThrow(/epoch/);
    expect(codeOf(() => encodeCommand({ ...checkpoint, key: '\ud800' }))).toBe('INVALID_ARGUMENT');
    expect(
      codeOf(() =>
        encodeCommand({ kind: CommandKind.DECLINE, runId: 'r', epoch: 0, node: 1, incarnation: 1, reason: 'bored' as never, message: '' }),
      ),
    ).toBe('INVALID_ARGUMENT');
    // A refusal in the middle of a frame leaves nothing behind for the next one.
    expect(decodeCommand(encodeCommand(checkpoint))).toEqual(checkpoint);
  });
});

describe('levels', () => {
  it('R31: a command of level 2 is not made for a group of level 1, and may be for one of level 2', () => {
    const command = { kind: CommandKind.RESERVE_NODE_ID, token: 't', above: 0 } as const;
    for (const encode of [() => encodeCommand(command), () => encodeCommand(command, 1)]) {
      expect(encode).toThrow(expect.objectContaining({ code: 'MEMBERSHIP_REFUSED', retryable: true }));
      expect(encode).toThrow(/level 2 for a group at level 1.*upgrade/);
    }
    expect(decodeCommand(encodeCommand(command, 2))).toEqual(command);
  });
});

describe('decoding', () => {
  it('P8: a founding that names nobody, too many, or somebody twice is malformed', () => {
    for (const members of ['00', '0101', '020201', '0201' + '01', '06010203040506']) {
      const code = codeOf(() => decodeCommand(Buffer.from(`010000000000000000` + `08${members}`, 'hex')));
      expect([members, code]).toEqual([members, members === '0101' ? 'none' : 'MALFORMED_FRAME']);
    }
  });

  it('R31: an unknown kind or version halts the group, it is not skipped', () => {
    const frame = encodeCommand(checkpoint);
    for (const kind of [0, 9, 19, 29, 39, 255]) {
      const other = frame.slice();
      other[COMMAND_KIND_OFFSET] = kind;
      expect(codeOf(() => decodeCommand(other))).toBe('GROUP_HALTED');
    }
    for (const version of [0, COMMAND_FRAME_VERSION + 1, 255]) {
      const other = frame.slice();
      other[0] = version;
      expect(codeOf(() => decodeCommand(other))).toBe('GROUP_HALTED');
    }
  });

  it('P8: a frame that is cut off anywhere, or too long, is malformed', () => {
    for (const [, command] of SAMPLE_COMMANDS) {
      const frame = encodeCommand(command, CODEC_LEVEL_MAX);
      for (let length = 0; length < frame.length; length++)
        expect(codeOf(() => decodeCommand(frame.slice(0, length)))).toBe('MALFORMED_FRAME');
      expect(codeOf(() => decodeCommand(Uint8Array.of(...frame, 0)))).toBe('MALFORMED_FRAME');
    }
  });

  it('P8: a stamp that is no time is malformed', () => {
    for (const stamp of [NaN, Infinity, -1]) {
      const frame = encodeCommand(checkpoint);
      stampLogTime(frame, stamp);
      expect(codeOf(() => decodeCommand(frame))).toBe('MALFORMED_FRAME');
    }
  });

  it('P8: 100,000 mutated frames give a command or a typed error, never anything else', () => {
    const frames = SAMPLE_COMMANDS.map(([, command]) => encodeCommand(command, CODEC_LEVEL_MAX));
    const random = xorshift(0x9e3779b9);
    const fates = new Map<string, number>();
    for (let round = 0; round < 100_000; round++) {
      const frame = mutated(frames[random() % frames.length]!, random);
      const fate = codeOf(() => {
        const command = decodeCommand(frame);
        // What decodes can be written again, and then says the same.
        if (round % 10 === 0) expect(decodeCommand(encodeCommand(command, CODEC_LEVEL_MAX))).toEqual(command);
      });
      fates.set(fate, (fates.get(fate) ?? 0) + 1);
    }
    expect([...fates.keys()].sort()).toEqual(['GROUP_HALTED', 'MALFORMED_FRAME', 'none']);
  });
});

function xorshift(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function mutated(frame: Uint8Array, random: () => number): Uint8Array {
  const bytes = [...frame];
  for (let changes = 1 + (random() % 4); changes > 0; changes--) {
    const at = random() % (bytes.length + 1);
    const how = random() % 5;
    if (how === 0) bytes[Math.min(at, bytes.length - 1)]! ^= 1 << (random() % 8);
    else if (how === 1) bytes.splice(at, 1 + (random() % 3));
    else if (how === 2) bytes.splice(at, 0, random() & 0xff);
    else if (how === 3) bytes[Math.min(at, bytes.length - 1)] = [0, 0x7f, 0x80, 0xff][random() % 4]!;
    else bytes.length = Math.max(1, at);
  }
  return Uint8Array.from(bytes);
}
