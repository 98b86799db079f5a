import { describe, expect, it } from '@jest/globals';
import { isRaftoralError } from '../errors/index.js';
import { NO_BYTES, Snapshot, type ConfState } from '../raft/index.js';
import type { ImageSlice, StateImage, StatePosition } from '../state-machine/index.js';
import { MemorySpool } from '../storage/memory-spool.js';
import { imageOf, ModelState, runRow, slicesOf } from '../testing/storage-suite-model.js';
import { SeededRandom } from '../testing/seeded-random.js';
import { ReceivedSnapshot } from './snapshot-received.js';
import { SnapshotStream, streamIdOf, type SnapshotContent } from './snapshot-stream.js';

const confState: ConfState = { voters: [1, 2], votersOutgoing: [2, 3], learners: [7], learnersNext: [3], autoLeave: true };
const position: StatePosition = { index: 300, term: 5, confState };

function populated(runs: number): ModelState {
  const model = new ModelState();
  for (let order = 1; order <= runs; order++) {
    const timers = [{ timerId: 1, dueMs: 5.5, purpose: 'sleep', key: `key ${order}`, occurrence: 2 }];
    model.run(runRow(order * 3, { closedMs: order % 3 === 0 ? 10 : 0, ...(order % 2 === 0 ? { timers } : {}) }), 1 + (order % 4));
  }
  model.request({ sequence: 4, lastExpiryMs: 7.25, requests: Uint8Array.of(1, 2) });
  model.closedIndex({ sequence: 9, lastClosedMs: 10, entries: Uint8Array.of(3) });
  model.group = Uint8Array.from({ length: 100 }, (_, i) => i);
  return model;
}

function rowsContent(model: ModelState): SnapshotContent {
  return { snapshot: new Snapshot(position.index, position.term, confState, NO_BYTES), image: imageOf(model, position) };
}

async function bytesOf(content: SnapshotContent, partBytes: number): Promise<Buffer> {
  const stream = new SnapshotStream(content, partBytes);
  const parts: Uint8Array[] = [];
  // Of parts of one byte there are tens of thousands: expect() is called for what is wrong only.
  const wrong: unknown[] = [];
  let offset = 0;
  for (let part = await stream.next(); part !== null; part = await stream.next()) {
    const { length } = part.bytes;
    if (part.offset !== offset || length > partBytes || (!part.isLast && length !== partBytes)) wrong.push({ ...part, length, offset });
    offset += length;
    parts.push(part.bytes);
    if (part.isLast) expect(await stream.next()).toBeNull();
  }
  expect(wrong).toEqual([]);
  return Buffer.concat(parts);
}

async function received(bytes: Uint8Array): Promise<ReceivedSnapshot> {
  const spool = new MemorySpool();
  for (let at = 0; at < bytes.length; at += 1000) await spool.append(bytes.subarray(at, at + 1000));
  return ReceivedSnapshot.open(spool, bytes.length);
}

/** Rows one after the other, however they are cut into slices. */
function rowsIn(slices: readonly ImageSlice[]): unknown {
  return {
    runs: slices.flatMap(({ runs }) => runs.map((run) => ({ ...run, head: [...run.head] }))),
    history: slices.flatMap(({ history }) => history.map((row) => ({ ...row, events: [...row.events] }))),
    requests: slices.flatMap(({ requests }) => requests.map((row) => ({ ...row, requests: [...row.requests] }))),
    closed: slices.flatMap(({ closed }) => closed.map((row) => ({ ...row, entries: [...row.entries] }))),
  };
}

/** Read to its end, or the code that it was refused with. */
async function fateOf(bytes: Uint8Array): Promise<string> {
  try {
    const snapshot = await received(bytes);
    await (snapshot.isRows ? snapshot.verify() : snapshot.whole());
    return 'ok';
  } catch (error) {
    if (!isRaftoralError(error)) throw error;
    return error.code;
  }
}

describe('the stream of a snapshot', () => {
  it.each([0, 1, 5, 300])('brings rows of %d runs as they were, in parts of any size', async (runs) => {
    const model = populated(runs);
    const bytes = await bytesOf(rowsContent(model), 1_000_000);
    for (const size of [1, 7, 100, 4096]) expect((await bytesOf(rowsContent(model), size)).equals(bytes)).toBe(true);
    const snapshot = await received(bytes);
    expect(snapshot.header).toEqual({ form: 2, position, runCount: runs });
    await snapshot.verify();
    const image = snapshot.image();
    expect([image.position, [...image.group], image.runCount]).toEqual([position, [...model.group], runs]);
    const expected = rowsIn(await slicesOf(imageOf(model, position)));
    expect(rowsIn(await slicesOf(image))).toEqual(expected);
    expect(rowsIn(await slicesOf(image.again()))).toEqual(expected);
  });

  it('brings the bytes of a state that is not stored in rows', async () => {
    for (const length of [0, 1, 700_000]) {
      const data = new Uint8Array(length).fill(9);
      const content: SnapshotContent = { snapshot: new Snapshot(7, 2, confState, data), image: null };
      const snapshot = await received(await bytesOf(content, 65_536));
      expect(snapshot.isRows).toBe(false);
      expect(snapshot.header.position).toEqual({ index: 7, term: 2, confState });
      expect(Buffer.compare(await snapshot.whole(), data)).toBe(0);
    }
  });

  it('a history that goes on in the next slice stands behind its run, and is whole', async () => {
    const row = (order: number, fromWseq: number) => ({ order, fromWseq, toWseq: fromWseq, events: Uint8Array.of(fromWseq) });
    const none = { requests: [], closed: [] };
    const slices: ImageSlice[] = [
      { runs: [runRow(1, { events: 1 }), runRow(2, { events: 3 })], history: [row(1, 1), row(2, 1)], ...none },
      { runs: [], history: [row(2, 2)], ...none },
      { runs: [runRow(5, { events: 1 })], history: [row(2, 3), row(5, 1)], ...none },
    ];
    const image = (): StateImage => {
      let at = 0;
      const next = async (): Promise<ImageSlice | null> => slices[at++] ?? null;
      return { position, group: NO_BYTES, runCount: 3, bytesAbout: 0, next, again: image, close: async () => undefined };
    };
    const snapshot = await received(await bytesOf({ ...rowsContent(populated(0)), image: image() }, 64));
    const all = (await slicesOf(snapshot.image())).flatMap(({ history }) => history);
    expect(all.map(({ order, fromWseq }) => `${order}/${fromWseq}`)).toEqual(['1/1', '2/1', '2/2', '2/3', '5/1']);
  });

  it('is named alike by two readings of one image, and differently for another state or another node', () => {
    const name = streamIdOf(rowsContent(populated(3)), 1);
    expect(streamIdOf(rowsContent(populated(3)), 1)).toBe(name);
    const other = populated(3);
    other.group = Uint8Array.of(1);
    for (const id of [
      streamIdOf(rowsContent(populated(3)), 2),
      streamIdOf(rowsContent(populated(4)), 1),
      streamIdOf(rowsContent(other), 1),
    ])
      expect(id).not.toBe(name);
  });

  it('golden bytes of version 2', async () => {
    const model = new ModelState();
    const timers = [{ timerId: 1, dueMs: 2, purpose: 'sleep', key: 'k', occurrence: 1 }];
    model.run({ ...runRow(1), runId: 'r', workflowId: 'w', name: 'n', status: 's', head: Uint8Array.of(1), timers }, 1);
    model.request({ sequence: 1, lastExpiryMs: 2, requests: Uint8Array.of(5) });
    model.closedIndex({ sequence: 1, lastClosedMs: 2, entries: Uint8Array.of(6) });
    model.group = Uint8Array.of(7, 8);
    expect((await bytesOf(rowsContent(model), 10_000)).toString('hex')).toBe(
      '02600000000102ac0205015a7b22766f74657273223a5b312c325d2c22766f746572734f7574676f696e67223a5b322c335d' +
        '2c226c6561726e657273223a5b375d2c226c6561726e6572734e657874223a5b335d2c226175746f4c65617665223a747275' +
        '657d0200000002070831000000030101720177016e010173010000000000488f400000000000000000010101010100000000' +
        '0000004005736c656570016b010400000004010101020a00000005010000000000000040050a000000060100000000000000' +
        '40060400000007cda06e02',
    );
    const whole: SnapshotContent = { snapshot: new Snapshot(7, 2, confState, Uint8Array.of(1, 2, 3)), image: null };
    expect((await bytesOf(whole, 10_000)).toString('hex')).toBe(
      '025f00000001010702005a7b22766f74657273223a5b312c325d2c22766f746572734f7574676f696e67223a5b322c335d2c' +
        '226c6561726e657273223a5b375d2c226c6561726e6572734e657874223a5b335d2c226175746f4c65617665223a74727565' +
        '7d030000000201020304000000071480b7e9',
    );
  });

  it('P8: every cut, and 1,000 streams with changed bytes, are MALFORMED_FRAME and nothing else', async () => {
    const bytes = await bytesOf(rowsContent(populated(4)), 10_000);
    for (let length = 0; length < bytes.length; length++) expect(await fateOf(bytes.subarray(0, length))).toBe('MALFORMED_FRAME');
    expect(await fateOf(Buffer.concat([bytes, Buffer.of(0)]))).toBe('MALFORMED_FRAME');
    const random = new SeededRandom(7, 'mutations');
    for (let round = 0; round < 1_000; round++) {
      const changed = Buffer.from(bytes);
      changed[random.int(changed.length)]! ^= 1 + random.int(255);
      expect(await fateOf(changed)).toBe('MALFORMED_FRAME');
    }
  });
});
