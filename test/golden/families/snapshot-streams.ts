/**
 * Snapshots as they travel between nodes: version 2, of rows and of a whole state. Version 1 was never released, and is refused by its number.
 */
import { RecordKind, RecordWriter, StreamForm } from '../../../lib/cluster/snapshot-codec.js';
import { ReceivedSnapshot } from '../../../lib/cluster/snapshot-received.js';
import { SnapshotStream } from '../../../lib/cluster/snapshot-stream.js';
import { isRaftoralError } from '../../../lib/errors/index.js';
import { Snapshot } from '../../../lib/raft/types.js';
import type { ImageSlice, StateImage } from '../../../lib/state-machine/index.js';
import { MemorySpool } from '../../../lib/storage/memory-spool.js';
import type { Family, GoldenCase } from '../family.js';
import { bytesOf, differenceOf, hexOf, nameOf, plain, type Plain, type PlainObject } from '../plain.js';

const PART_BYTES = 64;
const CONF_STATE = { voters: [1, 2, 300], votersOutgoing: [2, 3], learners: [7], learnersNext: [3], autoLeave: true };
const POSITION = { index: 2 ** 40, term: 5, confState: CONF_STATE };

const fill = (length: number, from: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (from + i) & 0xff);

function imageOf(slices: readonly ImageSlice[]): StateImage {
  const image = (): StateImage => {
    let at = 0;
    return {
      position: POSITION,
      group: fill(30, 9),
      runCount: slices.reduce((sum, { runs }) => sum + runs.length, 0),
      bytesAbout: 0,
      next: async () => slices[at++] ?? null,
      again: image,
      close: async () => void (at = slices.length),
    };
  };
  return image();
}

function slices(): ImageSlice[] {
  const timer = { timerId: 3, dueMs: 1_700_000_000_000.5, purpose: 'sleep', key: 'nap', occurrence: 1 };
  const open = {
    order: 1,
    runId: 'r-1',
    workflowId: 'größe',
    name: 'order',
    version: 1,
    status: 'running',
    owner: 2,
    startedMs: 5,
    closedMs: 0,
    events: 4,
  };
  const closed = { ...open, order: 300, runId: 'r-2', status: 'completed', owner: 0, closedMs: 9.5, events: 1 };
  return [
    {
      runs: [{ ...open, head: fill(40, 1), timers: [timer, { ...timer, timerId: 4, purpose: 'retry' }] }],
      history: [{ order: 1, fromWseq: 1, toWseq: 3, events: fill(20, 2) }],
      requests: [],
      closed: [],
    },
    { runs: [], history: [{ order: 1, fromWseq: 4, toWseq: 4, events: fill(5, 3) }], requests: [], closed: [] },
    {
      runs: [{ ...closed, head: fill(4, 4), timers: [] }],
      history: [{ order: 300, fromWseq: 1, toWseq: 1, events: fill(9, 5) }],
      requests: [],
      closed: [],
    },
    {
      runs: [],
      history: [],
      requests: [{ sequence: 12, lastExpiryMs: 99, requests: fill(11, 6) }],
      closed: [{ sequence: 5, lastClosedMs: 9.5, entries: fill(24, 7) }],
    },
  ];
}

async function streamed(data: Uint8Array, image: StateImage | null): Promise<Uint8Array> {
  const stream = new SnapshotStream({ snapshot: new Snapshot(POSITION.index, POSITION.term, CONF_STATE, data), image }, PART_BYTES);
  const parts: Uint8Array[] = [];
  for (let part = await stream.next(); part !== null; part = await stream.next()) parts.push(part.bytes);
  return Buffer.concat(parts);
}

/** All rows, put together again; or the code of the refusal. */
async function received(bytes: Uint8Array): Promise<PlainObject> {
  const spool = new MemorySpool();
  await spool.append(bytes);
  try {
    const snapshot = await ReceivedSnapshot.open(spool, bytes.length);
    if (!snapshot.isRows) return plain({ header: snapshot.header, whole: await snapshot.whole() }) as PlainObject;
    const rows: { [Name in keyof ImageSlice]: unknown[] } = { runs: [], history: [], requests: [], closed: [] };
    const image = snapshot.image();
    for (let slice = await image.next(); slice !== null; slice = await image.next()) {
      for (const name of Object.keys(rows) as Array<keyof ImageSlice>) rows[name].push(...slice[name]);
    }
    return plain({ header: snapshot.header, group: snapshot.group, ...rows }) as PlainObject;
  } catch (error) {
    if (!isRaftoralError(error)) throw error;
    return { refused: error.code };
  }
}

/** The same records again, from what was read. */
function writtenAgain(value: PlainObject): Uint8Array {
  const writer = new RecordWriter();
  const read = value as unknown as { header: Parameters<RecordWriter['header']>[0]; whole?: Plain; group?: Plain } & Record<
    string,
    PlainObject[]
  >;
  writer.version();
  writer.header(read.header);
  writer.piece(bytesIn(read.whole ?? read.group!) as Uint8Array);
  if (read.whole === undefined) {
    for (const run of read['runs']!) {
      writer.run(bytesIn(run) as never);
      for (const row of read['history']!) if (row['order'] === run['order']) writer.history(bytesIn(row) as never);
    }
    for (const row of read['requests']!) writer.requests(bytesIn(row) as never);
    for (const row of read['closed']!) writer.closed(bytesIn(row) as never);
  }
  writer.end();
  return Buffer.concat(writer.parts);
}

/** plain(), undone where there are bytes. */
function bytesIn(value: Plain): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Plain[]).map(bytesIn);
  const object = value as PlainObject;
  if (typeof object['hex'] === 'string') return bytesOf(object['hex']);
  return Object.fromEntries(Object.entries(object).map(([name, item]) => [name, bytesIn(item)]));
}

function recordsOf(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kinds: string[] = [];
  for (let at = 1; at < bytes.length; at += 5 + view.getUint32(at, true)) kinds.push(nameOf(RecordKind, bytes[at + 4]!));
  return kinds;
}

async function make(): Promise<GoldenCase[]> {
  const streams: ReadonlyArray<readonly [string, Uint8Array]> = [
    ['rows', await streamed(new Uint8Array(0), imageOf(slices()))],
    ['a whole state', await streamed(fill(100, 8), null)],
  ];
  return Promise.all(streams.map(async ([name, bytes]) => ({ name, bytes: hexOf(bytes), value: await received(bytes) })));
}

export const family: Family = {
  name: 'snapshot-streams',
  remedy:
    'A node of a released build may send this while a cluster is upgraded: keep reading it, and send what is new under a new version (lib/cluster/snapshot-codec.ts, Z3).',
  make,
  check: async ({ bytes: hex, value }: GoldenCase) => {
    const now = await received(bytesOf(hex as string));
    const found = differenceOf(value!, now);
    if (found !== null) return [found];
    if ('refused' in now) return [];
    const again = hexOf(writtenAgain(now));
    return again === hex ? [] : [`its bytes were ${hex as string} and are written as ${again}`];
  },
  labels: ({ bytes: hex, value }) => {
    const bytes = bytesOf(hex as string);
    const version = `version ${bytes[0]}`;
    if ('refused' in (value as PlainObject)) return [`${version} refused`];
    const { header } = value as { readonly header: { readonly form: number } };
    return [version, `form ${nameOf(StreamForm, header.form)}`, ...recordsOf(bytes).map((kind) => `record ${kind}`)];
  },
  needed: () => [
    'version 1 refused',
    'version 2',
    ...Object.keys(StreamForm).map((form) => `form ${form}`),
    ...Object.keys(RecordKind).map((kind) => `record ${kind}`),
  ],
};
