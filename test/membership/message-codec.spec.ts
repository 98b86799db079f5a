/** Messages of the membership as bytes. */
import { describe, expect, it } from '@jest/globals';
import { isRaftoralError } from '../../lib/errors/index.js';
import {
  bytesOfRecord,
  bytesOfUpdate,
  decodeMessage,
  encodeMessage,
  MESSAGE_BYTES_MAX,
  sealMessage,
} from '../../lib/membership/swim/message-codec.js';
import { MessageKind, type GossipMessage } from '../../lib/membership/swim/message.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { SAMPLE_MESSAGES, SAMPLE_UPDATES } from './samples.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The field that is refused; the message, if it is taken. */
function look(bytes: Uint8Array): string | GossipMessage {
  try {
    return decodeMessage(bytes);
  } catch (error) {
    if (!isRaftoralError(error) || error.code !== 'MALFORMED_FRAME') throw error;
    if (typeof error.details['offset'] !== 'number') throw new Error('a refusal without an offset', { cause: error });
    return String(error.details['field']);
  }
}

/** With the checksum that fits, so that what is behind it is looked at. */
function sealed(bytes: readonly number[]): Uint8Array {
  const message = Uint8Array.from([...bytes, 0, 0, 0, 0]);
  sealMessage(message);
  return message;
}

const VERSION = 1;
const { PING, PING_REQ, GOSSIP, EXCHANGE } = MessageKind;

describe('codec of the membership', () => {
  it.each(SAMPLE_MESSAGES)('M1: %s comes back as it was, and to the same bytes', (_, message) => {
    const bytes = encodeMessage(message);
    expect(decodeMessage(bytes)).toEqual(message);
    expect(hex(encodeMessage(decodeMessage(bytes)))).toBe(hex(bytes));
  });

  it('the bytes of updates and records are what they take in a message', () => {
    const empty = encodeMessage({ kind: GOSSIP, process: 1, updates: [] }).length;
    for (const [, update] of SAMPLE_UPDATES)
      expect(encodeMessage({ kind: GOSSIP, process: 1, updates: [update] }).length - empty).toBe(bytesOfUpdate(update));
    const exchange = SAMPLE_MESSAGES.find(([name]) => name === 'EXCHANGE question')![1];
    if (exchange.kind !== EXCHANGE) throw new Error('wrong sample');
    const one = encodeMessage({ ...exchange, records: exchange.records.slice(0, 1) }).length;
    const two = encodeMessage({ ...exchange, records: exchange.records.slice(0, 2) }).length;
    expect(two - one).toBe(bytesOfRecord(exchange.records[1]!));
  });

  it('M3: any flipped bit, any cut and any tail is refused', () => {
    for (const [, message] of SAMPLE_MESSAGES) {
      const bytes = encodeMessage(message);
      for (let at = 0; at < bytes.length; at += bytes.length > 200 ? 7 : 1) {
        for (let bit = 0; bit < 8; bit++) {
          const damaged = bytes.slice();
          damaged[at]! ^= 1 << bit;
          if (look(damaged) !== 'checksum') throw new Error(`bit ${bit} of byte ${at} was taken`);
        }
        if (typeof look(bytes.subarray(0, at)) !== 'string') throw new Error(`a message cut to ${at} bytes was taken`);
      }
      expect(look(Buffer.concat([bytes, Uint8Array.of(0)]))).toBe('checksum');
    }
  });

  it('M2: mutated messages with a checksum that fits give a message that encodes to the same bytes, or MALFORMED_FRAME', () => {
    const random = new SeededRandom(11, 'gossip');
    const corpus = SAMPLE_MESSAGES.map(([, message]) => encodeMessage(message));
    let taken = 0;
    for (let i = 0; i < 10_000; i++) {
      const body = random.pick(corpus).slice(0, -4);
      const changed = random.chance(0.1) ? random.bytes(random.int(60)) : body;
      for (let n = random.int(3); n >= 0 && changed.length > 0; n--)
        changed[random.int(changed.length)] = random.pick([0, 1, 127, 128, 255, random.int(256)]);
      const bytes = sealed([...changed]);
      const message = look(bytes);
      if (typeof message === 'string') continue;
      taken++;
      if (hex(encodeMessage(message)) !== hex(bytes)) throw new Error(`taken, and encoded otherwise: ${hex(bytes)}`);
    }
    expect(taken).toBeGreaterThan(50);
  });

  it.each([
    ['version', [9, PING, 1, 1, 0]],
    ['message kind', [VERSION, 99, 1, 1, 0]],
    ['process', [VERSION, PING]],
    ['sequence', [VERSION, PING, 1]],
    ['target', [VERSION, PING_REQ, 1, 1, 0, 0]],
    ['update count', [VERSION, GOSSIP, 1, 100]],
    ['update kind', [VERSION, GOSSIP, 1, 1, 9, 1, 1, 1]],
    ['node', [VERSION, GOSSIP, 1, 1, 4, 0, 1, 1]],
    ['incarnation', [VERSION, GOSSIP, 1, 1, 4, 1, 1, 0]],
    ['by', [VERSION, GOSSIP, 1, 1, 2, 5, 1, 1, 5]],
    ['by', [VERSION, GOSSIP, 1, 1, 3, 5, 1, 1, 5]],
    ['address count', [VERSION, GOSSIP, 1, 1, 1, 5, 1, 1, 5, 1, 97, 1, 97, 1, 97, 1, 97, 1, 97, 0, 0, 0, 0]],
    ['digest', [VERSION, GOSSIP, 1, 1, 1, 5, 1, 1, 0, 33, ...Array.from({ length: 33 }, () => 7), 0, 0, 0]],
    ['flags', [VERSION, EXCHANGE, 1, 4, 0]],
    ['record count', [VERSION, EXCHANGE, 1, 2, 0]],
    ['process of the node', [VERSION, EXCHANGE, 1, 2, 1, 1, 5, 2, 1, 1, 0, 0, 0, 0, 0]],
    ['status', [VERSION, EXCHANGE, 1, 2, 1, 3, 5, 1, 1, 1, 0, 0, 0, 0, 0]],
    ['status', [VERSION, EXCHANGE, 1, 2, 1, 0, 5, 1, 1, 1, 0, 0, 0, 0, 0]],
    ['incarnation of the facts', [VERSION, EXCHANGE, 1, 2, 1, 1, 5, 1, 1, 2, 0, 0, 0, 0, 0]],
    ['end', [VERSION, GOSSIP, 1, 0, 0]],
  ])('M2, M4: names the field that is wrong: %s', (field, bytes) => {
    expect(look(sealed(bytes))).toBe(field);
  });

  it('M2: too short, and too large, is refused before anything is made of it', () => {
    expect([0, 1, 3].map((length) => look(new Uint8Array(length)))).toEqual(['checksum', 'checksum', 'checksum']);
    expect(look(new Uint8Array(MESSAGE_BYTES_MAX + 1))).toBe('message');
  });

  it('a record does not hold the message that it came in', () => {
    const buffer = encodeMessage(SAMPLE_MESSAGES.find(([name]) => name === 'GOSSIP ALIVE')![1]);
    const message = decodeMessage(buffer);
    if (message.kind !== GOSSIP || !('facts' in message.updates[0]!)) throw new Error('wrong sample');
    expect(message.updates[0].facts.workflowsDigest.buffer).not.toBe(buffer.buffer);
  });
});
