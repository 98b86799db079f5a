import { describe, expect, it } from '@jest/globals';
import type { ConfState } from '../raft/index.js';
import { checksumOf, decodeSnapshotStream, encodeSnapshotStream } from './snapshot-codec.js';

const membership: ConfState = { voters: [1, 2], votersOutgoing: [2, 3], learners: [7], learnersNext: [3], autoLeave: true };

describe('the stream of a snapshot', () => {
  it('gives back membership and bytes', () => {
    const stream = encodeSnapshotStream(membership, Uint8Array.of(1, 2, 3));
    const { confState, data } = decodeSnapshotStream(stream);
    expect(confState).toEqual(membership);
    expect([...data]).toEqual([1, 2, 3]);
    expect(data.buffer.byteLength).toBe(3);
    expect(decodeSnapshotStream(Buffer.from(stream)).data.buffer.byteLength).toBe(3);
    expect(decodeSnapshotStream(encodeSnapshotStream(membership, new Uint8Array(0))).data).toHaveLength(0);
  });

  it('any cut inside the membership, any other version, any wrong id list is MALFORMED_FRAME', () => {
    const stream = encodeSnapshotStream(membership, new Uint8Array(0));
    for (let length = 0; length < stream.length; length++) {
      expect(() => decodeSnapshotStream(stream.slice(0, length))).toThrow(expect.objectContaining({ code: 'MALFORMED_FRAME' }));
    }
    const other = stream.slice();
    other[0] = 2;
    expect(() => decodeSnapshotStream(other)).toThrow('version 2');
    for (const voters of ['no list', [0], [1.5], null]) {
      const wrong = encodeSnapshotStream({ ...membership, voters } as unknown as ConfState, new Uint8Array(0));
      expect(() => decodeSnapshotStream(wrong)).toThrow('voters');
    }
  });

  it('has a checksum that sees a flipped bit', () => {
    const stream = encodeSnapshotStream(membership, new Uint8Array(100));
    const before = checksumOf(stream);
    stream[50]! ^= 1;
    expect(checksumOf(stream)).not.toBe(before);
  });
});
