/**
 * What every StateStore must do: the state half of the storage suite, as named cases that any test runner can run.
 *
 *   for (const { name, run } of stateStoreSuite(harness)) it(name, run);
 *
 * Owns the cases; they assert with node:assert and know no adapter. One case uses one store. A crash is played at every moment at which the store asks
 * for the next part of what it writes: that is between any two of its steps.
 */
import assert from 'node:assert/strict';
import { isRaftoralError } from '../errors/index.js';
import type { RunQuery, RunRow, StateImage } from '../state-machine/index.js';
import type { StateStore } from '../storage/storage.js';
import { ModelState, contentOf, cutOf, imageOf, positionAt, runRow, type ModelContent } from './storage-suite-model.js';

export interface StateStoreHarness {
  /** A store with nothing in it, open. */
  create(): Promise<StateStoreFixture>;
}

export interface StateStoreFixture {
  readonly store: StateStore;
  /**
   * The store as it would be found, opened anew, if the process had been killed at this moment. Has copied what it needs when it returns its promise,
   * not when that resolves: the store goes on writing.
   */
  crashCopy(): Promise<StateStoreFixture>;
  /** Closes it and opens it again. */
  reopen(): Promise<StateStoreFixture>;
  dispose(): Promise<void>;
}

export interface StateStoreCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

const GROUP = 3;
const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);

async function expectStored(store: StateStore, model: ModelState, groupId = GROUP): Promise<void> {
  assert.deepEqual(await contentOf(store, groupId), model.content());
}

/** The driver of an adapter may make its arrays in another realm than the test runner. */
function assertRows(actual: readonly unknown[], expected: readonly unknown[], message?: string): void {
  assert.deepEqual([...actual], [...expected], message);
}

/** What a crash at any step of `work` leaves. */
async function crashesDuring(fixture: StateStoreFixture, work: (step: () => void) => Promise<void>): Promise<Array<ModelContent | null>> {
  const copies: Array<Promise<StateStoreFixture>> = [];
  await work(() => void copies.push(fixture.crashCopy()));
  const found: Array<ModelContent | null> = [];
  for (const copy of await Promise.all(copies)) {
    found.push(await contentOf(copy.store, GROUP));
    await copy.dispose();
  }
  return found;
}

/** A group with open and closed runs, timers, answers and fingerprints. */
function populated(runs = 12): ModelState {
  const model = new ModelState();
  for (let order = 1; order <= runs; order++) {
    const isClosed = order % 3 === 0;
    model.run(
      runRow(order, {
        workflowId: `order-${order % 4}`,
        name: order % 2 === 0 ? 'even' : 'odd',
        version: 1 + (order % 2),
        status: isClosed ? 'completed' : 'running',
        startedMs: 1000.25 + Math.floor(order / 2),
        closedMs: isClosed ? 2000.5 + order : 0,
        timers: isClosed ? [] : [{ timerId: 7, dueMs: 5000.5, purpose: 'sleep', key: 'né', occurrence: 2 }],
      }),
      3,
    );
  }
  model.request({ sequence: 1, lastExpiryMs: 100, requests: bytes(1) });
  model.request({ sequence: 2, lastExpiryMs: 200, requests: bytes() });
  model.closedIndex({ sequence: 1, lastClosedMs: 2003.5, entries: bytes(9) });
  return model;
}

type CaseBody = (fixture: StateStoreFixture) => Promise<void>;

const CASES: ReadonlyArray<readonly [string, CaseBody]> = [
  [
    'nothing is stored of a group that is new',
    async ({ store }) => {
      assert.equal(await store.load(GROUP), null);
      assertRows(await store.source(GROUP).list({ sweptMs: 0, limit: 10 }), []);
      assertRows(await store.source(GROUP).closedRuns({ runId: 'nobody' }), []);
    },
  ],
  [
    'what was flushed is what is loaded, also by the next process',
    async (fixture) => {
      const model = populated();
      model.run(
        runRow(2 ** 40, { runId: '🙂 ünï', workflowId: 'ﬀ', status: '', name: 'n', head: bytes(), owner: 2 ** 53 - 1, startedMs: 0.125 }),
        1,
      );
      const position = {
        ...positionAt(2 ** 53 - 1, 2 ** 40),
        confState: { ...positionAt(1).confState, learners: [4, 5], autoLeave: true },
      };
      await model.flush(fixture.store, GROUP, position);
      await expectStored(fixture.store, model);
      const again = await fixture.reopen();
      await expectStored(again.store, model);
    },
  ],
  [
    'the initial state of a group is empty, and is flushed too',
    async ({ store }) => {
      const model = new ModelState();
      model.group = bytes();
      await model.flush(store, GROUP, positionAt(1));
      await expectStored(store, model);
      assert.equal((await store.load(GROUP))?.lastOrder, 0);
    },
  ],
  [
    'R32: a flush brings changed heads, their timers and new events; what it does not name stays',
    async ({ store }) => {
      const model = populated();
      await model.flush(store, GROUP, positionAt(10));
      model.run(runRow(1, { status: 'blocked', version: 9, owner: 2, head: bytes(5, 5), timers: [] }), 2);
      model.run(
        runRow(4, {
          timers: [
            { timerId: 8, dueMs: 1, purpose: 'retry', key: '', occurrence: 0 },
            { timerId: 9, dueMs: 2, purpose: 'retry', key: 'k', occurrence: 1 },
          ],
        }),
        0,
      );
      model.run(runRow(13), 4);
      model.group = bytes(7, 7);
      await model.flush(store, GROUP, positionAt(20));
      await expectStored(store, model);
    },
  ],
  [
    'a run that closes leaves the open ones, and keeps its history',
    async ({ store }) => {
      const model = populated();
      await model.flush(store, GROUP, positionAt(10));
      model.run(runRow(1, { status: 'completed', closedMs: 3000 }), 1);
      await model.flush(store, GROUP, positionAt(11));
      await expectStored(store, model);
      const [run] = await store.source(GROUP).closedRuns({ runId: runRow(1).runId });
      assert.equal(run?.events, 4);
    },
  ],
  [
    'L8: flushes and replacements take effect in the order of the calls, and done() comes with durability',
    async (fixture) => {
      const { store } = fixture;
      const first = populated(4);
      const second = populated(2);
      const log: string[] = [];
      let copy: Promise<StateStoreFixture> | undefined;
      const done = (): void => {
        log.push('done');
        copy = fixture.crashCopy();
      };
      const cut = { ...first.cut(5), done };
      await Promise.all([
        store.flush(GROUP, positionAt(5), cut).then(() => log.push('first')),
        store.replace(GROUP, positionAt(9), imageOf(second, positionAt(9))).then(() => log.push('second')),
        store.flush(GROUP, positionAt(12), cutOf(12, { runs: [runRow(3)], group: bytes(1) })).then(() => log.push('third')),
      ]);
      assert.deepEqual(log, ['done', 'first', 'second', 'third']);
      first.position = positionAt(5);
      const durable = await copy!;
      await expectStored(durable.store, first);
      await durable.dispose();
      second.run(runRow(3), 0);
      second.group = bytes(1);
      second.position = positionAt(12);
      assert.deepEqual(await contentOf(store, GROUP), second.content());
    },
  ],
  [
    'groups do not touch each other',
    async ({ store }) => {
      const one = populated(5);
      const two = populated(9);
      await Promise.all([one.flush(store, 1, positionAt(4)), two.flush(store, 2, positionAt(8))]);
      await store.replace(1, positionAt(9), imageOf(new ModelState(), positionAt(9)));
      await expectStored(store, two, 2);
      assert.deepEqual((await store.load(1))?.openRuns, []);
    },
  ],
  [
    'L5: a replacement replaces all, and closes the image',
    async (fixture) => {
      const model = populated(12);
      await model.flush(fixture.store, GROUP, positionAt(10));
      const other = populated(5);
      other.group = bytes(4, 2);
      let closed = 0;
      const image = { ...imageOf(other, positionAt(30, 4)), close: async () => void closed++ };
      await fixture.store.replace(GROUP, positionAt(30, 4), image);
      other.position = positionAt(30, 4);
      assert.ok(closed > 0);
      await expectStored(fixture.store, other);
      assertRows(await fixture.store.source(GROUP).closedRuns({ workflowId: 'nobody' }), []);
      await expectStored((await fixture.reopen()).store, other);
    },
  ],
  [
    'an image that fails half way changes nothing, and the store goes on',
    async ({ store }) => {
      const model = populated(6);
      await model.flush(store, GROUP, positionAt(10));
      const image = imageOf(populated(9), positionAt(30));
      let slices = 0;
      let closed = 0;
      const failing: StateImage = {
        ...image,
        next: () => (++slices === 2 ? Promise.reject(new Error('the stream broke')) : image.next()),
        close: async () => void closed++,
      };
      await assert.rejects(store.replace(GROUP, positionAt(30), failing), /the stream broke/);
      assert.ok(closed > 0);
      await expectStored(store, model);
      model.run(runRow(7), 1);
      await model.flush(store, GROUP, positionAt(11));
      await expectStored(store, model);
    },
  ],
  [
    'an image is the state of one flush, however many follow while it is read',
    async ({ store }) => {
      const model = populated(40);
      await model.flush(store, GROUP, positionAt(10));
      const before = model.content();
      const image = await store.image(GROUP);
      const slices = [await image.next()];
      for (let index = 11; index < 15; index++) {
        for (let order = 1; order < 40; order += 5) {
          if (order % 3 !== 0) model.run(runRow(order, { status: `at ${index}`, closedMs: index === 14 ? 9000 : 0 }), 1);
        }
        await model.flush(store, GROUP, positionAt(index));
      }
      const second = await store.image(GROUP);
      for (let slice = await image.next(); slice !== null; slice = await image.next()) slices.push(slice);
      assert.equal(image.position.index, 10);
      assert.deepEqual(
        slices.flatMap((slice) => slice!.runs),
        before.runs,
      );
      assert.equal(slices.flatMap((slice) => slice!.history).length, before.runs.length);
      assert.equal(second.position.index, 14);
      await Promise.all([image.close(), second.close()]);
      await expectStored(store, model);
    },
  ],
  [
    'R28: swept runs, expired answers and swept fingerprints are in no image and are not loaded, deleted or not',
    async ({ store }) => {
      const model = populated(12);
      await model.flush(store, GROUP, positionAt(10));
      model.sweptMs = 2006.5; // runs 3 and 6
      model.requestsExpiredMs = 200; // the first answer
      await model.flush(store, GROUP, positionAt(11));
      assert.deepEqual(
        model.content().runs.map(({ order }) => order),
        [1, 2, 4, 5, 7, 8, 9, 10, 11, 12],
      );
      await expectStored(store, model);
      assert.equal((await store.load(GROUP))?.lastOrder, 12);
    },
  ],
  [
    'the highest order is remembered, whoever is swept',
    async (fixture) => {
      const model = new ModelState();
      model.run(runRow(41, { closedMs: 10 }), 1);
      await model.flush(fixture.store, GROUP, positionAt(1));
      model.sweptMs = 10;
      await model.flush(fixture.store, GROUP, positionAt(2));
      const again = await fixture.reopen();
      assert.equal((await again.store.load(GROUP))?.lastOrder, 41);
    },
  ],
  [
    'any range of a history is answered by the rows that hold it',
    async ({ store }) => {
      const model = populated(3);
      for (let round = 1; round <= 4; round++) {
        model.run(runRow(1), round);
        model.run(runRow(2), 1);
        await model.flush(store, GROUP, positionAt(round));
      }
      const all = model.historyOf(1);
      const last = all.at(-1)!.toWseq;
      const source = store.source(GROUP);
      for (let fromWseq = 1; fromWseq <= last; fromWseq++) {
        for (let toWseq = fromWseq; toWseq <= last; toWseq++) {
          const expected = all.filter((row) => row.toWseq >= fromWseq && row.fromWseq <= toWseq);
          assertRows(await source.history({ order: 1, fromWseq, toWseq }), expected);
        }
      }
      await assert.rejects(source.history({ order: 1, fromWseq: last, toWseq: last + 1 }), (error) =>
        isRaftoralError(error, 'STORAGE_DAMAGED'),
      );
      assertRows(await source.history({ order: 99, fromWseq: 1, toWseq: 2 }), []);
    },
  ],
  [
    'closed runs are found by workflow id and by run id: the newest at least, in the order of their start',
    async ({ store }) => {
      const model = populated(24);
      await model.flush(store, GROUP, positionAt(10));
      const source = store.source(GROUP);
      const closed = model.content().runs.filter(({ closedMs }) => closedMs > 0);
      for (const workflowId of ['order-0', 'order-1', 'order-2', 'order-3', 'nobody']) {
        for (const statuses of [undefined, ['completed'], ['nothing']]) {
          const ofId = closed.filter((run) => run.workflowId === workflowId && (statuses === undefined || statuses.includes(run.status)));
          const found = await source.closedRuns({ workflowId, ...(statuses === undefined ? {} : { statuses }) });
          const newest = [...ofId].sort((a, b) => a.closedMs - b.closedMs || a.order - b.order).at(-1);
          assert.equal(
            found.some(({ order }) => order === newest?.order),
            newest !== undefined,
            workflowId,
          );
          assertRows(
            found,
            ofId.filter(({ order }) => found.some((run) => run.order === order)),
          );
        }
      }
      for (const run of closed) assertRows(await source.closedRuns({ runId: run.runId }), [run]);
      assertRows(await source.closedRuns({ runId: runRow(1).runId }), []);
    },
  ],
  [
    'a list is open and closed runs by (startedMs, runId), filtered, page by page',
    async ({ store }) => {
      const model = populated(30);
      await model.flush(store, GROUP, positionAt(10));
      const source = store.source(GROUP);
      for (const query of QUERIES) {
        const expected = listed(model.content().runs, query);
        assertRows(await source.list({ ...query, limit: 1000 }), expected, JSON.stringify(query));
        const paged: RunRow[] = [];
        for (let page = await source.list({ ...query, limit: 4 }); page.length > 0;) {
          paged.push(...page);
          page = await source.list({ ...query, limit: 4, after: page.at(-1)! });
        }
        assert.deepEqual(paged, expected, `${JSON.stringify(query)}, page by page`);
      }
      assertRows(await source.list({ sweptMs: 0, limit: 0 }), []);
    },
  ],
  [
    'reads go on during a flush, and each sees one flush',
    async ({ store }) => {
      const model = populated(40);
      await model.flush(store, GROUP, positionAt(1));
      const source = store.source(GROUP);
      const open = model.content().runs.filter(({ closedMs }) => closedMs === 0);
      for (let index = 2; index < 8; index++) {
        for (const { order } of open) model.run(runRow(order, { status: `s${index}` }), 1);
        const flush = model.flush(store, GROUP, positionAt(index));
        for (let i = 0; i < 5; i++) {
          const [rows, history] = await Promise.all([
            source.list({ statuses: [`s${index - 1}`, `s${index}`], sweptMs: 0, limit: 1000 }),
            source.history({ order: 1, fromWseq: 1, toWseq: 3 }),
          ]);
          assert.ok(new Set(rows.map(({ status }) => status)).size <= 1, 'half of a flush');
          assert.ok(rows.length === open.length || index === 2);
          assert.equal(history[0]?.fromWseq, 1);
        }
        await flush;
      }
      await expectStored(store, model);
    },
  ],
  [
    'R34: a crash at any step of a flush leaves the flush before it, or this one, whole',
    async (fixture) => {
      const model = populated(10);
      await model.flush(fixture.store, GROUP, positionAt(10));
      const before = model.content();
      for (let order = 1; order <= 10; order++) if (order % 3 !== 0) model.run(runRow(order, { closedMs: order > 5 ? 4000 : 0 }), 2);
      model.request({ sequence: 3, lastExpiryMs: 900, requests: bytes(3) });
      model.closedIndex({ sequence: 2, lastClosedMs: 4000, entries: bytes(8) });
      model.sweptMs = 2003.5;
      model.requestsExpiredMs = 150;
      let steps = 0;
      const found = await crashesDuring(fixture, (step) =>
        model.flush(fixture.store, GROUP, positionAt(20), () => {
          steps++;
          step();
        }),
      );
      assert.ok(steps > 8, `${steps} steps`);
      for (const [at, content] of found.entries())
        assert.deepEqual(content, at < found.length - 1 ? before : model.content(), `step ${at}`);
    },
  ],
  [
    'R36: a crash at any step of a replacement leaves the state before it, whole',
    async (fixture) => {
      const model = populated(8);
      await model.flush(fixture.store, GROUP, positionAt(10));
      const before = model.content();
      const other = populated(11);
      const image = imageOf(other, positionAt(30));
      const found = await crashesDuring(fixture, (step) =>
        fixture.store.replace(GROUP, positionAt(30), {
          ...image,
          next: async () => {
            step();
            return image.next();
          },
        }),
      );
      assert.ok(found.length > 3);
      for (const content of found) assert.deepEqual(content, before);
      other.position = positionAt(30);
      const after = await fixture.crashCopy();
      await expectStored(after.store, other);
      await after.dispose();
    },
  ],
];

const QUERIES: ReadonlyArray<Omit<RunQuery, 'limit'>> = [
  { sweptMs: 0 },
  { sweptMs: 2009.5 },
  { sweptMs: 0, name: 'even' },
  { sweptMs: 0, name: 'nobody' },
  { sweptMs: 0, version: 2, statuses: ['running'] },
  { sweptMs: 0, statuses: ['completed', 'running'] },
  { sweptMs: 0, statuses: [] },
  { sweptMs: 0, startedAfterMs: 1003.25, startedBeforeMs: 1010.25 },
  { sweptMs: 2006.5, name: 'odd', statuses: ['completed'], startedAfterMs: 1001 },
];

function listed(runs: readonly RunRow[], query: Omit<RunQuery, 'limit'>): RunRow[] {
  return runs
    .filter((run) => run.closedMs === 0 || run.closedMs > query.sweptMs)
    .filter((run) => query.name === undefined || run.name === query.name)
    .filter((run) => query.version === undefined || run.version === query.version)
    .filter((run) => query.statuses === undefined || query.statuses.includes(run.status))
    .filter((run) => query.startedAfterMs === undefined || run.startedMs > query.startedAfterMs)
    .filter((run) => query.startedBeforeMs === undefined || run.startedMs < query.startedBeforeMs)
    .sort((a, b) => a.startedMs - b.startedMs || Buffer.compare(Buffer.from(a.runId), Buffer.from(b.runId)));
}

/** The cases, over stores that `harness` makes. */
export function stateStoreSuite(harness: StateStoreHarness): StateStoreCase[] {
  return CASES.map(([name, body]) => ({
    name,
    run: async () => {
      const fixture = await harness.create();
      try {
        await body(fixture);
      } finally {
        await fixture.dispose();
      }
    },
  }));
}
