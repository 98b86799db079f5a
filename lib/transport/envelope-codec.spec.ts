import { describe, expect, it } from '@jest/globals';
import { isRaftoralError } from '../errors/index.js';
import { Entry, EntryType, Message, MessageType, NO_BYTES, Snapshot } from '../raft/index.js';
import { SeededRandom } from '../testing/seeded-random.js';
import { DEFAULT_FRAME_LIMITS, EnvelopeCodec } from './envelope-codec.js';
import { EnvelopeKind, SnapshotPartStatus, type Envelope, type Frame } from './transport.js';

const SAFE_MAX = Number.MAX_SAFE_INTEGER;
const codec = new EnvelopeCodec();

/** Whole numbers with all lengths of varint, ends of the range included. */
function whole(random: SeededRandom): number {
  const edge = [0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40 + 3, SAFE_MAX - 1, SAFE_MAX];
  return random.chance(0.5) ? random.pick(edge) : Math.floor(random.float() * 2 ** random.int(54));
}

function ids(random: SeededRandom): number[] {
  return Array.from({ length: random.int(4) }, () => whole(random));
}

function randomMessage(random: SeededRandom): Message {
  const type = (MessageType.Append + random.int(MessageType.ReadIndexResp - MessageType.Append + 1)) as MessageType;
  const message = new Message(type, whole(random), whole(random), whole(random));
  message.logTerm = whole(random);
  message.index = whole(random);
  message.commit = whole(random);
  message.vote = whole(random);
  message.reject = random.chance(0.5);
  message.rejectHint = whole(random);
  message.context = whole(random);
  const count = random.int(4);
  if (count !== 0) {
    message.entries = Array.from({ length: count }, () => {
      const data = random.chance(0.2) ? NO_BYTES : random.bytes(1 + random.int(40));
      return new Entry(whole(random), whole(random), random.int(3) as EntryType, data);
    });
  }
  if (random.chance(0.2)) {
    const conf = {
      voters: ids(random),
      votersOutgoing: ids(random),
      learners: ids(random),
      learnersNext: ids(random),
      autoLeave: random.chance(0.5),
    };
    message.snapshot = new Snapshot(whole(random), whole(random), conf, random.bytes(random.int(60)));
  }
  return message;
}

function randomEnvelope(random: SeededRandom): Envelope {
  const groupId = whole(random);
  const callId = whole(random);
  const kind = random.pick(Object.values(EnvelopeKind));
  switch (kind) {
    case EnvelopeKind.RAFT:
      return { kind, groupId, message: randomMessage(random) };
    case EnvelopeKind.PROPOSE:
      return { kind, groupId, callId, frames: Array.from({ length: random.int(4) }, () => random.bytes(random.int(50))) };
    case EnvelopeKind.PROPOSE_ANSWER:
      return {
        kind,
        groupId,
        callId,
        ok: random.chance(0.5),
        status: random.int(4),
        index: whole(random),
        term: whole(random),
        leaderId: whole(random),
      };
    case EnvelopeKind.REQUEST:
      return {
        kind,
        groupId,
        callId,
        method: random.pick(['query', '', 'zweite Größe', '照会']),
        remainingMs: random.between(0, 1e6),
        body: random.bytes(random.int(50)),
      };
    case EnvelopeKind.RESPONSE:
      return { kind, groupId, callId, ok: random.chance(0.5), body: random.bytes(random.int(50)) };
    case EnvelopeKind.PING:
    case EnvelopeKind.PONG:
      return { kind, nowMs: random.between(0, 2e12) };
    case EnvelopeKind.HIBERNATE:
      return { kind, groupId, term: whole(random), commitIndex: whole(random) };
    case EnvelopeKind.SNAPSHOT_PART:
      return {
        kind,
        groupId,
        term: whole(random),
        snapshotIndex: whole(random),
        snapshotTerm: whole(random),
        streamId: random.next(),
        offset: whole(random),
        aboutBytes: whole(random),
        isLast: random.chance(0.5),
        checksum: random.next(),
        part: random.bytes(random.int(80)),
      };
    case EnvelopeKind.SNAPSHOT_PART_ANSWER:
      return {
        kind,
        groupId,
        snapshotIndex: whole(random),
        streamId: random.next(),
        status: random.int(6),
        nextOffset: random.pick([0, 77, 2 ** 40]),
      };
  }
}

function randomFrame(random: SeededRandom): Frame {
  return {
    deployment: random.uuid(),
    from: whole(random),
    incarnation: whole(random),
    envelopes: Array.from({ length: random.int(5) }, () => randomEnvelope(random)),
  };
}

/** The frame, or the field that was refused; anything else is thrown on. */
function tryDecode(bytes: Uint8Array): Frame | string {
  try {
    return codec.decode(bytes);
  } catch (error) {
    if (!isRaftoralError(error, 'MALFORMED_FRAME')) throw error;
    const { field, offset } = error.details;
    if (typeof field !== 'string' || typeof offset !== 'number') throw new Error(`no field or offset in: ${error.message}`);
    if (!error.message.includes(field) || !error.message.includes(String(offset)))
      throw new Error(`message does not name ${field}: ${error.message}`);
    return field;
  }
}

/** Cheaper than expect() where it is asked a hundred thousand times. */
function assertSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  if (Buffer.compare(actual, expected) !== 0)
    throw new Error(`${Buffer.from(actual).toString('hex')} is not ${Buffer.from(expected).toString('hex')}`);
}

function heartbeat(): Frame {
  const message = new Message(MessageType.Heartbeat, 2, 1, 300);
  message.commit = 7;
  return { deployment: 'd', from: 1, incarnation: 5, envelopes: [{ kind: EnvelopeKind.RAFT, groupId: 1, message }] };
}

describe('EnvelopeCodec', () => {
  it('decode(encode(frame)) equals the frame, for 5,000 random frames of every kind', () => {
    const random = new SeededRandom(1, 'roundtrip');
    for (let i = 0; i < 5_000; i++) {
      const frame = randomFrame(random);
      const bytes = codec.encode(frame);
      const decoded = codec.decode(bytes);
      // re-encoding is the cheap comparison; a full one for some
      assertSameBytes(codec.encode(decoded), bytes);
      if (i % 20 === 0) expect(decoded).toEqual(frame);
    }
  });

  it('P8: 100,000 mutated or random inputs give a frame or MALFORMED_FRAME with field and offset, nothing else', () => {
    const random = new SeededRandom(2, 'mutations');
    const fields = new Set<string>();
    let valid = codec.encode(randomFrame(random));
    for (let i = 0; i < 100_000; i++) {
      if (i % 25 === 0) valid = codec.encode(randomFrame(random));
      const bytes = random.chance(0.1) ? random.bytes(random.int(200)) : mutate(random, valid);
      const result = tryDecode(bytes);
      if (typeof result === 'string') fields.add(result);
      else assertSameBytes(codec.encode(result), bytes);
    }
    expect(fields.size).toBeGreaterThan(30);
  });

  it('every proper prefix of a frame is refused', () => {
    const random = new SeededRandom(3, 'prefixes');
    for (let i = 0; i < 200; i++) {
      const bytes = codec.encode(randomFrame(random));
      for (let length = 0; length < bytes.length; length++) {
        if (typeof tryDecode(bytes.subarray(0, length)) !== 'string') throw new Error(`a frame cut to ${length} bytes was taken`);
      }
    }
  });

  it('version 1 is pinned: golden bytes of a heartbeat', () => {
    expect(Buffer.from(codec.encode(heartbeat())).toString('hex')).toBe('01016401050101010f000201ac0200000700000000');
  });

  it('golden bytes of a part of a snapshot, and of its answer; the kinds of its forerunner are not used again', () => {
    const names = { groupId: 7, snapshotIndex: 300, streamId: 0xfedcba98 };
    const part: Envelope = {
      kind: EnvelopeKind.SNAPSHOT_PART,
      ...names,
      term: 4,
      snapshotTerm: 3,
      offset: 262_144,
      aboutBytes: 1000,
      isLast: true,
      checksum: 0x12345678,
      part: Uint8Array.of(1, 2, 3),
    };
    const answer: Envelope = { kind: EnvelopeKind.SNAPSHOT_PART_ANSWER, ...names, status: SnapshotPartStatus.GAP, nextOffset: 131_072 };
    const frame: Frame = { deployment: 'd', from: 1, incarnation: 5, envelopes: [part, answer] };
    expect(Buffer.from(codec.encode(frame)).toString('hex')).toBe(
      '010164010502' + '0b0704ac020398f5f2f60f808010e80701f8acd1910103010203' + '0c07ac0298f5f2f60f04808008',
    );
    expect(codec.decode(codec.encode(frame))).toEqual(frame);
    for (const kind of [9, 10]) expect(tryDecode(Uint8Array.of(1, 1, 100, 1, 5, 1, kind, 1, 1))).toBe('envelope kind');
  });

  it.each([
    ['version', [9]],
    ['deployment', [1, 5, 100]],
    ['envelope kind', [1, 1, 100, 1, 5, 1, 99, 0, 0]],
    ['envelope count', [1, 1, 100, 1, 5, 100]],
    ['message type', [1, 1, 100, 1, 5, 1, 1, 1, 0, 0]],
    ['from', [1, 1, 100, 0x80, 0x00, 5, 0]],
    ['incarnation', [1, 1, 100, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0]],
    ['end', [1, 1, 100, 1, 5, 0, 0]],
  ])('names the field that is wrong: %s', (field, bytes) => {
    expect(tryDecode(new Uint8Array(bytes))).toBe(field);
  });

  it('P8: text that is not UTF-8, a count above its limit and an oversized frame are refused', () => {
    expect(tryDecode(new Uint8Array([1, 2, 0xc3, 0x28, 1, 5, 0]))).toBe('deployment');
    const small = new EnvelopeCodec({ ...DEFAULT_FRAME_LIMITS, frameBytesMax: 30, envelopesMax: 1 });
    const bytes = codec.encode({ ...heartbeat(), deployment: 'a deployment of many letters' });
    expect(() => small.decode(bytes)).toThrow(/larger than 30 bytes/);
    const two = { ...heartbeat(), envelopes: [...heartbeat().envelopes, { kind: EnvelopeKind.PING, nowMs: 1 }] };
    expect(() => small.decode(codec.encode({ ...two, envelopes: two.envelopes.slice(1) }))).not.toThrow();
    expect(() => small.encode(two)).toThrow(/above the limits/);
  });

  it('a local message is not encoded, nor a number that is no safe integer', () => {
    const frame = (message: Message): Frame => ({
      deployment: 'd',
      from: 1,
      incarnation: 1,
      envelopes: [{ kind: EnvelopeKind.RAFT, groupId: 1, message }],
    });
    expect(() => codec.encode(frame(new Message(MessageType.StorageAppend, 1, 1, 1)))).toThrow(/local type 5/);
    expect(() => codec.encode(frame(new Message(MessageType.Append, -1, 1, 1)))).toThrow(/not -1/);
    expect(() => codec.encode(frame(new Message(MessageType.Append, 2 ** 53, 1, 1)))).toThrow(/not 9007199254740992/);
    expect(codec.decode(codec.encode(heartbeat()))).toEqual(heartbeat()); // the failed attempts left nothing behind
  });

  it('every index up to 2^53-1 and every byte arrives as it was: nothing is a text or a 32-bit number on its way (dragonboat#59)', () => {
    // Each byte, each pair that is no UTF-8, and what JSON would escape.
    const payload = Uint8Array.from({ length: 1024 }, (_, i) => (i < 256 ? i : i % 2 === 0 ? 0xc0 + (i >> 5) : i & 0xff));
    for (const index of [127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 3, 2 ** 52 + 1, SAFE_MAX - 2]) {
      const message = new Message(MessageType.Append, index, index + 1, index);
      message.index = index;
      message.logTerm = index - 1;
      message.commit = index;
      message.entries = [new Entry(index + 1, index, EntryType.Normal, payload), new Entry(index + 2, index, EntryType.Normal, NO_BYTES)];
      const sent: Frame = {
        deployment: 'd',
        from: 1,
        incarnation: index,
        envelopes: [{ kind: EnvelopeKind.RAFT, groupId: index, message }],
      };
      const [envelope] = codec.decode(codec.encode(sent)).envelopes;
      if (envelope?.kind !== EnvelopeKind.RAFT) throw new Error('wrong kind');
      expect(envelope.groupId).toBe(index);
      const { logTerm, commit, entries } = envelope.message;
      expect([envelope.message.index, logTerm, commit, entries.map((one) => one.index)]).toEqual([
        index,
        index - 1,
        index,
        [index + 1, index + 2],
      ]);
      expect(Buffer.compare(entries[0]!.data, payload)).toBe(0);
    }
  });

  it('a small payload does not pin the buffer that it came in', () => {
    const frames = [new Uint8Array(10), new Uint8Array(100_000)];
    const bytes = codec.encode({
      deployment: 'd',
      from: 1,
      incarnation: 1,
      envelopes: [{ kind: EnvelopeKind.PROPOSE, groupId: 1, callId: 1, frames }],
    });
    const envelope = codec.decode(bytes).envelopes[0]!;
    if (envelope.kind !== EnvelopeKind.PROPOSE) throw new Error('wrong kind');
    expect(envelope.frames[0]!.buffer.byteLength).toBe(10);
    expect(envelope.frames[1]!.buffer).toBe(bytes.buffer);
  });

  it('decodes out of a Buffer that is a view of a larger one, and hands out plain Uint8Arrays that are not overwritten', () => {
    const pool = Buffer.alloc(500);
    const frame: Frame = {
      deployment: 'd',
      from: 1,
      incarnation: 1,
      envelopes: [{ kind: EnvelopeKind.RESPONSE, groupId: 1, callId: 1, ok: true, body: new Uint8Array([1, 2, 3]) }],
    };
    const bytes = codec.encode(frame);
    pool.set(bytes, 100);
    const decoded = codec.decode(pool.subarray(100, 100 + bytes.length));
    pool.fill(0);
    expect(decoded).toEqual(frame);
    expect(Object.getPrototypeOf((decoded.envelopes[0] as { body: Uint8Array }).body)).toBe(Uint8Array.prototype);
  });
});

function mutate(random: SeededRandom, bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes);
  switch (random.int(4)) {
    case 0:
      copy[random.int(copy.length)] = random.int(256);
      return copy;
    case 1:
      copy[random.int(copy.length)]! ^= 1 << random.int(8);
      return copy;
    case 2: {
      const at = random.int(copy.length);
      return Buffer.concat([copy.subarray(0, at), random.bytes(1 + random.int(9)), copy.subarray(at)]);
    }
    default: {
      const at = random.int(copy.length);
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1 + random.int(9))]);
    }
  }
}
