import { expect, it } from '@jest/globals';
import { EnvelopeKind, type Envelope, type SnapshotChunkEnvelope } from '../transport/transport.js';
import { DEFAULT_TUNING } from './host-options.js';
import type { HostServices } from './host-services.js';
import { SILENT_LOGGER } from './logger.js';
import { checksumOf, encodeSnapshotStream } from './snapshot-codec.js';
import { SnapshotReceiver } from './snapshot-transfer.js';

const confState = { voters: [1, 2, 3], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
const stream = encodeSnapshotStream(confState, new Uint8Array(100).fill(7));

function receiver() {
  const answers: number[] = [];
  const host = {
    logger: SILENT_LOGGER,
    tuning: DEFAULT_TUNING,
    send: (_to: number, envelope: Envelope) => answers.push((envelope as { nextOffset: number }).nextOffset),
  } as unknown as HostServices;
  return { receiver: new SnapshotReceiver(1, host, 2), answers };
}

function chunk(leaderTerm: number, snapshotIndex: number, from: number, to: number): SnapshotChunkEnvelope {
  return {
    kind: EnvelopeKind.SNAPSHOT_CHUNK,
    groupId: 1,
    term: leaderTerm,
    snapshotIndex,
    snapshotTerm: 4,
    offset: from,
    totalBytes: stream.length,
    checksum: checksumOf(stream),
    chunk: stream.subarray(from, to),
  };
}

it('a half-received snapshot of a leader that died never keeps out the older one of the next leader', () => {
  const { receiver: follower, answers } = receiver();
  follower.onChunk(5, chunk(4, 245, 0, 50));
  expect(follower.onChunk(1, chunk(5, 243, 0, 50))).toBeNull();
  const message = follower.onChunk(1, chunk(5, 243, 50, stream.length));
  expect(message?.snapshot?.index).toBe(243);
  expect(answers).toEqual([50, 50, stream.length]);
});

it('an older snapshot of the same leader, that the network held back, does not replace the newer one', () => {
  const { receiver: follower, answers } = receiver();
  follower.onChunk(1, chunk(4, 245, 0, 50));
  follower.onChunk(1, chunk(4, 243, 0, 50));
  expect(follower.onChunk(1, chunk(4, 245, 50, stream.length))?.snapshot?.index).toBe(245);
  expect(answers).toEqual([50, -1, stream.length]);
});

it('a later leader that sends the same snapshot goes on where the first one stopped', () => {
  const { receiver: follower, answers } = receiver();
  follower.onChunk(5, chunk(4, 245, 0, 50));
  follower.onChunk(1, chunk(5, 245, 0, 50));
  expect(follower.onChunk(1, chunk(5, 245, 50, stream.length))?.snapshot?.index).toBe(245);
  expect(answers).toEqual([50, 50, stream.length]);
});

it('what is left of a refused snapshot is not taken for another one, and the next is received whole [hashicorp/raft#212]', () => {
  const { receiver: follower, answers } = receiver();
  follower.onChunk(1, chunk(4, 243, 0, 50));
  // One that nobody could hold: refused by its first chunk, while the rest of it is on its way already.
  const tooLarge = (from: number, to: number): SnapshotChunkEnvelope => ({
    ...chunk(5, 244, from, to),
    totalBytes: DEFAULT_TUNING.snapshotBytesMax + 1,
  });
  follower.onChunk(5, tooLarge(0, 50));
  follower.onChunk(5, tooLarge(50, stream.length));
  expect(answers).toEqual([50, -1, -1]);
  // One that was damaged on its way: refused by its last chunk. Neither left anything in front of the one that follows.
  const damaged = { ...chunk(5, 245, 50, stream.length), chunk: new Uint8Array(stream.length - 50) };
  follower.onChunk(5, chunk(5, 245, 0, 50));
  expect(follower.onChunk(5, damaged)).toBeNull();
  follower.onChunk(5, chunk(5, 245, 0, 50));
  expect(follower.onChunk(5, chunk(5, 245, 50, stream.length))?.snapshot?.data).toEqual(new Uint8Array(100).fill(7));
  expect(answers.slice(3)).toEqual([50, -1, 50, stream.length]);
});
