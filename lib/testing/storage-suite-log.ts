/**
 * What every RaftStorage must do with logs: the log half of the storage suite, as named cases that any test runner can run.
 *
 * Owns the cases; they assert with node:assert and know no adapter. One case uses one storage. Cases of the second list need a storage that lasts.
 */
import assert from 'node:assert/strict';
import { isRaftoralError } from '../errors/index.js';
import { Entry, EntryType, HardState, NO_BYTES, Snapshot, type LogStorage } from '../raft/index.js';
import { TERM_COMPACTED, TERM_UNAVAILABLE, type GroupWrite, type RaftStorage } from '../storage/storage.js';
import { LogModel, playCrashes, type RaftStorageFixture } from './storage-suite-crash.js';
import { ModelState, cutOf, imageOf, positionAt } from './storage-suite-model.js';

export interface StorageCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

type CaseBody = (fixture: RaftStorageFixture) => Promise<void>;
type Cases = ReadonlyArray<readonly [string, CaseBody]>;

const GROUP = 7;

function entries(first: number, terms: readonly number[], bytes = 3): Entry[] {
  return terms.map((term, i) => new Entry(first + i, term, EntryType.Normal, new Uint8Array(bytes).fill(first + i + term)));
}

function write(changes: Partial<GroupWrite>): GroupWrite {
  return { groupId: GROUP, hardState: null, entries: [], reset: null, mustSync: true, ...changes };
}

/** A durable state at the position: a whole snapshot, or by the state store. */
async function saveState(storage: RaftStorage, groupId: number, index: number, term: number): Promise<void> {
  const position = positionAt(index, term);
  if (storage.state === null)
    await storage.saveSnapshot(groupId, new Snapshot(index, term, position.confState, new Uint8Array([index % 256])));
  else await storage.state.flush(groupId, position, cutOf(index, {}));
}

/** A received snapshot: the state first, then the log (L5). */
async function install(storage: RaftStorage, groupId: number, index: number, term: number, more: Partial<GroupWrite> = {}): Promise<void> {
  const position = positionAt(index, term);
  if (storage.state === null)
    await storage.saveSnapshot(groupId, new Snapshot(index, term, position.confState, new Uint8Array([index % 256])));
  else await storage.state.replace(groupId, position, imageOf(new ModelState(), position));
  await storage.write([write({ groupId, reset: new Snapshot(index, term, position.confState, NO_BYTES), ...more })]);
}

function read(log: LogStorage): Entry[] {
  return log.entries(log.firstIndex(), log.lastIndex() + 1, Infinity)!;
}

const bounds = (log: LogStorage): number[] => [log.firstIndex(), log.lastIndex()];
const terms = (log: LogStorage): number[] => read(log).map(({ term }) => term);

const OTHER = 8;
const CRASHES_MAX = 200;

/** Both with an installed state at 10, and entries behind it; GROUP in many rows. */
async function twoGroups(storage: RaftStorage): Promise<void> {
  await install(storage, GROUP, 10, 2, { hardState: new HardState(2, 0, 10) });
  await install(storage, OTHER, 10, 2, { hardState: new HardState(2, 0, 10), groupId: OTHER });
  for (let i = 0; i < 60; i++) await storage.write([write({ entries: entries(11 + i, [2]) })]);
  await storage.write([
    write({ entries: entries(71, [2]), hardState: new HardState(3, 2, 11) }),
    write({ groupId: OTHER, entries: entries(11, [2, 2]), hardState: new HardState(3, 2, 11) }),
  ]);
}

async function expectGone(storage: RaftStorage, groupId: number): Promise<void> {
  assert.equal(storage.groups().includes(groupId), false);
  const log = storage.log(groupId);
  assert.deepEqual([...bounds(log), log.snapshot(), log.initialState().hardState], [1, 0, null, new HardState(0, 0, 0)]);
  if (storage.state !== null) assert.equal(await storage.state.load(groupId), null);
}

async function expectOther(storage: RaftStorage): Promise<void> {
  const log = storage.log(OTHER);
  assert.deepEqual([log.firstIndex(), log.term(10), log.snapshot()!.index], [11, 2, 10]);
  assert.deepEqual(log.initialState().hardState, new HardState(3, 2, 11));
  assert.deepEqual(read(log)[0], entries(11, [2])[0]);
  if (storage.state !== null) assert.equal((await storage.state.load(OTHER))!.position.index, 10);
}

const CASES: Cases = [
  [
    'a group that is new has an empty log',
    async ({ storage }) => {
      const log = storage.log(GROUP);
      assert.deepEqual([...bounds(log), log.term(0), log.term(1), log.snapshot()], [1, 0, 0, TERM_UNAVAILABLE, null]);
      assert.deepEqual(log.initialState().hardState, new HardState(0, 0, 0));
      assert.deepEqual(log.initialState().confState.voters, []);
    },
  ],
  [
    'what a write has for several groups is in each, and in no other',
    async ({ storage }) => {
      await storage.write([
        write({ groupId: 1, entries: entries(1, [1, 1]), hardState: new HardState(1, 3, 0) }),
        write({ groupId: 2 ** 40, entries: entries(1, [4]) }),
        write({ groupId: 3, hardState: new HardState(5, 2, 0) }),
      ]);
      assert.deepEqual(
        [1, 2 ** 40, 3, 4].map((groupId) => storage.log(groupId).lastIndex()),
        [2, 1, 0, 0],
      );
      assert.deepEqual(read(storage.log(1)), entries(1, [1, 1]));
      assert.deepEqual(storage.log(1).initialState().hardState, new HardState(1, 3, 0));
      assert.deepEqual(storage.log(3).initialState().hardState, new HardState(5, 2, 0));
    },
  ],
  [
    'a hard state stays until another comes',
    async ({ storage }) => {
      await storage.write([write({ hardState: new HardState(3, 2, 0) })]);
      await storage.write([write({ entries: entries(1, [3]) })]);
      assert.deepEqual(storage.log(GROUP).initialState().hardState, new HardState(3, 2, 0));
      await storage.write([write({ hardState: new HardState(3, 2, 1), mustSync: false })]);
      assert.deepEqual(storage.log(GROUP).initialState().hardState, new HardState(3, 2, 1));
    },
  ],
  [
    'L4: entries replace whatever stands at or after the first one',
    async ({ storage }) => {
      await storage.write([write({ entries: entries(1, [1, 1, 1, 1]) })]);
      await storage.write([write({ entries: entries(3, [2]) })]);
      const log = storage.log(GROUP);
      assert.deepEqual(read(log), [...entries(1, [1, 1]), ...entries(3, [2])]);
      assert.deepEqual([log.term(3), log.term(4)], [2, TERM_UNAVAILABLE]);
      await storage.write([write({ entries: entries(1, [3, 3]) })]);
      assert.deepEqual(read(log), entries(1, [3, 3]));
    },
  ],
  [
    'entries() keeps to its limit but gives one at least, and the array is the caller’s',
    async ({ storage }) => {
      await storage.write([write({ entries: entries(1, [1, 1, 1], 100) })]);
      const log = storage.log(GROUP);
      assert.deepEqual(
        [1, 231, 232, Infinity].map((bytesMax) => log.entries(1, 4, bytesMax)!.length),
        [1, 1, 2, 3],
      );
      log.entries(1, 4, Infinity)!.length = 0;
      assert.equal(log.entries(2, 4, Infinity)!.length, 2);
      assert.throws(() => log.entries(1, 5, Infinity));
    },
  ],
  [
    'entries come back as they were: types, empty ones, every byte, a megabyte',
    async ({ storage }) => {
      const given = [
        new Entry(
          1,
          1,
          EntryType.ConfChange,
          Uint8Array.from({ length: 256 }, (_, i) => i),
        ),
        new Entry(2, 1, EntryType.ConfChangeV2, new Uint8Array(0)),
        new Entry(3, 2 ** 40, EntryType.Normal, new Uint8Array(2 ** 20).fill(200)),
      ];
      await storage.write([write({ entries: given })]);
      assert.deepEqual(read(storage.log(GROUP)), given);
    },
  ],
  [
    'L2, L3: writes overlap, resolve in the order of the calls, and are there when they do',
    async ({ storage }) => {
      const resolved: number[] = [];
      const calls: Promise<unknown>[] = [];
      for (let i = 1; i <= 60; i++) {
        const change =
          i % 5 === 0 ? { hardState: new HardState(1, 0, i - 1), mustSync: false } : { entries: entries(i - Math.floor(i / 5), [1]) };
        const written = storage.write([write(change), ...(i % 7 === 0 ? [write({ groupId: 100 + i, entries: entries(1, [1]) })] : [])]);
        const last = storage.log(GROUP);
        calls.push(
          (async () => {
            await written;
            resolved.push(i);
            assert.ok(last.lastIndex() >= i - Math.floor(i / 5));
          })(),
        );
      }
      await Promise.all(calls);
      assert.deepEqual(
        resolved,
        Array.from({ length: 60 }, (_, i) => i + 1),
      );
      assert.deepEqual(bounds(storage.log(GROUP)), [1, 48]);
    },
  ],
  [
    'L6: compaction keeps the term of its position, and what is compacted is gone',
    async ({ storage }) => {
      await storage.write([write({ entries: entries(1, [1, 2, 3, 3]) })]);
      await saveState(storage, GROUP, 3, 3);
      await storage.compact(GROUP, 2);
      const log = storage.log(GROUP);
      assert.deepEqual([...bounds(log), log.term(1), log.term(2), log.term(3)], [3, 4, TERM_COMPACTED, 2, 3]);
      assert.equal(log.entries(2, 4, Infinity), null);
      await storage.compact(GROUP, 1);
      await storage.compact(GROUP, 3);
      assert.deepEqual([...bounds(log), log.term(3), log.snapshot()!.index], [4, 4, 3, 3]);
      await storage.write([write({ entries: entries(5, [4]) })]);
      assert.deepEqual(terms(log), [3, 4]);
    },
  ],
  [
    'L6: compaction beyond the durable state is refused',
    async ({ storage }) => {
      await storage.write([write({ entries: entries(1, [1, 1, 1]) })]);
      await saveState(storage, GROUP, 2, 1);
      await assert.rejects(async () => storage.compact(GROUP, 3));
    },
  ],
  [
    'the durable state of a group says its position and membership',
    async ({ storage }) => {
      await storage.write([write({ entries: entries(1, [1, 1, 1]) })]);
      await saveState(storage, GROUP, 2, 1);
      const log = storage.log(GROUP);
      assert.deepEqual([log.snapshot()!.index, log.snapshot()!.term, log.snapshot()!.confState], [2, 1, positionAt(2, 1).confState]);
      assert.deepEqual(log.initialState().confState, positionAt(2, 1).confState);
      assert.equal(storage.log(GROUP + 1).snapshot(), null);
    },
  ],
  [
    'L5: a reset starts the log behind an installed state, with what the same write brings',
    async ({ storage }) => {
      await storage.write([write({ entries: entries(1, [1, 1]) })]);
      const far = 2 ** 52;
      await install(storage, GROUP, far, 9, { entries: entries(far + 1, [9, 9]), hardState: new HardState(9, 2, far) });
      const log = storage.log(GROUP);
      assert.deepEqual(
        [...bounds(log), log.term(far), log.term(far - 1), log.snapshot()!.index],
        [far + 1, far + 2, 9, TERM_COMPACTED, far],
      );
      assert.deepEqual(log.initialState(), { hardState: new HardState(9, 2, far), confState: positionAt(far).confState });
      await storage.write([write({ entries: entries(far + 2, [10]) })]);
      assert.deepEqual(terms(log), [9, 10]);
    },
  ],
  [
    'L5: a reset is refused before its state is durable',
    async ({ storage }) => {
      await storage.write([write({ entries: entries(1, [1]) })]);
      const reset = new Snapshot(5, 1, positionAt(5).confState, NO_BYTES);
      await assert.rejects(async () => storage.write([write({ reset })]));
    },
  ],
  [
    'L10: a group that was destroyed is as new, and all others stay as they are',
    async ({ storage }) => {
      await twoGroups(storage);
      assert.deepEqual([...storage.groups()], [GROUP, OTHER]);
      await storage.destroyGroup(GROUP);
      assert.deepEqual([...storage.groups()], [OTHER]);
      await expectGone(storage, GROUP);
      await expectOther(storage);
      await storage.destroyGroup(GROUP);
      await storage.destroyGroup(4711);
      await storage.write([write({ groupId: OTHER, entries: entries(13, [2]) })]);
      assert.deepEqual(bounds(storage.log(OTHER)), [11, 13]);
    },
  ],
  [
    'a write that would leave a gap is refused',
    async ({ storage }) => assert.rejects(async () => storage.write([write({ entries: entries(2, [1]) })])),
  ],
  [
    'a write below the compacted position is refused',
    async ({ storage }) => {
      await install(storage, GROUP, 5, 1);
      await assert.rejects(async () => storage.write([write({ entries: entries(5, [1]) })]));
    },
  ],
  [
    'a storage is of one opening at a time',
    async ({ storage }) => {
      const identity = { deployment: 'another', nodeId: 99, incarnation: 1 };
      await assert.rejects(storage.open(identity), (error) => isRaftoralError(error));
      await storage.write([write({ entries: entries(1, [1]) })]);
    },
  ],
];

const LASTING_CASES: Cases = [
  [
    'everything is there after the next start, and the incarnation is a new one (R13)',
    async (fixture) => {
      const { storage } = fixture;
      await install(storage, GROUP, 10, 2, { hardState: new HardState(2, 0, 10) });
      await storage.write([
        write({ entries: entries(11, [2, 3, 3, 3]), hardState: new HardState(3, 2, 11) }),
        write({ groupId: 8, entries: entries(1, [1]) }),
      ]);
      await storage.write([write({ entries: entries(13, [4]) })]);
      const again = await fixture.reopen({ incarnation: 1 });
      const log = again.storage.log(GROUP);
      assert.deepEqual([log.firstIndex(), log.term(10), terms(log), log.snapshot()!.index], [11, 2, [2, 3, 4], 10]);
      assert.deepEqual(read(log), [...entries(11, [2, 3]), ...entries(13, [4])]);
      assert.deepEqual(log.initialState(), { hardState: new HardState(3, 2, 11), confState: positionAt(10).confState });
      assert.deepEqual(terms(again.storage.log(8)), [1]);
      const third = await again.reopen({ incarnation: 1 });
      assert.ok(fixture.incarnation < again.incarnation && again.incarnation < third.incarnation);
    },
  ],
  [
    'L10: a group that was destroyed is not there after the next start either',
    async (fixture) => {
      await twoGroups(fixture.storage);
      await fixture.storage.destroyGroup(GROUP);
      const again = await (await fixture.reopen()).reopen();
      assert.deepEqual([...again.storage.groups()], [OTHER]);
      await expectGone(again.storage, GROUP);
      await expectOther(again.storage);
    },
  ],
  [
    'L10: a crash while a group is destroyed leaves all of it or, after the next start, nothing',
    async (fixture) => {
      const { storage } = fixture;
      await twoGroups(storage);
      const copies: Promise<RaftStorageFixture>[] = [fixture.crashCopy()];
      const destroying = { isDone: false };
      const destroyed = storage.destroyGroup(GROUP).then(() => (destroying.isDone = true));
      while (!destroying.isDone && copies.length < CRASHES_MAX) {
        // eslint-disable-next-line no-restricted-globals -- the crash is to fall while a disk is at work, and that knows no virtual time
        await new Promise((resolve) => setImmediate(resolve));
        copies.push(fixture.crashCopy());
      }
      await destroyed;
      copies.push(fixture.crashCopy());
      let wholes = 0;
      for (const copy of copies) {
        const found = await copy;
        await expectOther(found.storage);
        if (found.storage.groups().includes(GROUP)) {
          wholes++;
          assert.deepEqual([...bounds(found.storage.log(GROUP)), found.storage.log(GROUP).snapshot()!.index], [11, 71, 10]);
          await found.storage.destroyGroup(GROUP);
        }
        await expectGone(found.storage, GROUP);
        await found.dispose();
      }
      assert.ok(wholes > 0 && wholes < copies.length);
    },
  ],
  [
    'close() waits for what was written before it',
    async (fixture) => {
      const calls = Array.from({ length: 20 }, async (_, i) => fixture.storage.write([write({ entries: entries(i + 1, [1]) })]));
      const again = await fixture.reopen();
      await Promise.all(calls);
      assert.deepEqual(bounds(again.storage.log(GROUP)), [1, 20]);
    },
  ],
  [
    'R35: no start brings back a tail that was truncated, whatever was compacted [braft#119, canonical/raft#450, qdrant#2508]',
    async (fixture) => {
      let { storage } = fixture;
      let current = fixture;
      await storage.write([write({ entries: entries(1, [1, 1, 1, 1, 1, 1, 1, 1]) })]);
      await storage.write([write({ entries: entries(4, [2, 2]) })]);
      await storage.write([write({ entries: entries(6, [2]) })]);
      for (const index of [3, 4, 5, 6]) {
        await saveState(storage, GROUP, index, index === 3 ? 1 : 2);
        await storage.compact(GROUP, index);
        current = await current.reopen();
        storage = current.storage;
        const log = storage.log(GROUP);
        assert.deepEqual([log.lastIndex(), log.term(6), log.term(7)], [6, 2, TERM_UNAVAILABLE]);
      }
    },
  ],
  [
    'files of another node or of another deployment are refused, and left as they are (R42)',
    async (fixture) => {
      await fixture.storage.write([write({ entries: entries(1, [1]) })]);
      for (const changes of [{ nodeId: 4711 }, { deployment: 'another' }])
        await assert.rejects(fixture.reopen(changes), (error) => isRaftoralError(error, 'STORAGE_FOREIGN'));
      const again = await fixture.reopen();
      assert.deepEqual(terms(again.storage.log(GROUP)), [1]);
    },
  ],
  [
    'a commit index that was written without a sync is durable once what was written after it is',
    async (fixture) => {
      const { storage } = fixture;
      await storage.write([write({ entries: entries(1, [1, 1]), hardState: new HardState(1, 1, 0) })]);
      const unsynced = storage.write([write({ hardState: new HardState(1, 1, 2), mustSync: false })]);
      await storage.write([write({ entries: entries(3, [1]) })]);
      await unsynced;
      const copy = await fixture.crashCopy();
      assert.deepEqual(copy.storage.log(GROUP).initialState().hardState, new HardState(1, 1, 2));
    },
  ],
  [
    'P1: after a crash at any moment everything that was acknowledged is there, and nothing that was not asked for [etcd#14143]',
    async (fixture) => {
      const { storage } = fixture;
      const model = new LogModel();
      const put = (...writes: GroupWrite[]) => model.call(writes, () => storage.write(writes));
      await playCrashes(fixture, model, [
        () =>
          put(write({ entries: entries(1, [1, 1]), hardState: new HardState(1, 1, 0) }), write({ groupId: 8, entries: entries(1, [1]) })),
        () => put(write({ entries: entries(3, [1]) })),
        () => put(write({ hardState: new HardState(1, 1, 3), mustSync: false })),
        () => put(write({ entries: entries(4, [1, 1]) }), write({ groupId: 9, hardState: new HardState(2, 2, 0) })),
        () => put(write({ hardState: new HardState(3, 2, 3) })),
        () =>
          put(write({ entries: entries(4, [3]), hardState: new HardState(3, 2, 4) }), write({ groupId: 8, entries: entries(1, [2, 2]) })),
        () => put(write({ entries: entries(5, [3, 3], 20_000) })),
        async () => {
          await model.settle();
          await saveState(storage, GROUP, 4, 3);
          await storage.compact(GROUP, 4);
        },
        () => put(write({ entries: entries(7, [4]) }), write({ groupId: 8, entries: entries(3, [2]) })),
        () => put(write({ groupId: 9, entries: entries(1, [2]) })),
        () => put(write({ entries: entries(6, [5]), hardState: new HardState(5, 0, 5) })),
      ]);
    },
  ],
];

/** Cases that need a state store. */
const STATE_CASES: Cases = [
  [
    'R36: a crash between an installed state and the reset of the log leaves a log behind the state [raft-rs#417]',
    async (fixture) => {
      const { storage } = fixture;
      await storage.write([write({ entries: entries(1, [1, 1, 1]), hardState: new HardState(1, 2, 1) })]);
      const position = positionAt(40, 3);
      await storage.state!.replace(GROUP, position, imageOf(new ModelState(), position));
      const before = await fixture.crashCopy();
      await storage.write([write({ reset: new Snapshot(40, 3, position.confState, NO_BYTES), hardState: new HardState(3, 0, 40) })]);
      const after = await fixture.crashCopy();
      for (const copy of [before, after]) {
        const log = copy.storage.log(GROUP);
        assert.deepEqual([...bounds(log), log.term(40), log.snapshot()!.index], [41, 40, 3, 40]);
        assert.deepEqual(log.initialState().hardState, new HardState(3, 0, 40));
        await copy.storage.write([write({ entries: entries(41, [3]) })]);
        const again = await copy.reopen();
        assert.deepEqual(bounds(again.storage.log(GROUP)), [41, 41]);
        await again.dispose();
      }
    },
  ],
];

/** The cases, over storages that `create` makes. */
export function raftStorageCases(
  create: () => Promise<RaftStorageFixture>,
  { isLasting, hasStateStore }: { readonly isLasting: boolean; readonly hasStateStore: boolean },
): StorageCase[] {
  const cases = [...CASES, ...(isLasting ? LASTING_CASES : []), ...(isLasting && hasStateStore ? STATE_CASES : [])];
  return cases.map(([name, body]) => ({
    name,
    run: async () => {
      const fixture = await create();
      try {
        assert.deepEqual([fixture.storage.volatile, fixture.storage.state !== null], [!isLasting, hasStateStore]);
        await body(fixture);
      } finally {
        await fixture.dispose();
      }
    },
  }));
}
