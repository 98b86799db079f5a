import { describe, expect, it } from '@jest/globals';
import { WholeImage } from '../cluster/whole-rows.js';
import { Entry, EntryType, HardState, NO_BYTES, Snapshot, type ConfState } from '../raft/index.js';
import type { RunRow, StateCut, StatePosition } from '../state-machine/index.js';
import { SeededRandom } from './seeded-random.js';
import { SimulatedDatabase } from './simulated-disk-database.js';
import { LOG_DATABASE, SimulatedDiskStorage, STATE_DATABASE } from './simulated-disk-storage.js';
import { CALM_DISK, SimulatedDisk } from './simulated-disk.js';
import { VirtualTime } from './virtual-time.js';

const GROUP = 3;
const IDENTITY = { deployment: '11111111-2222-4333-8444-555555555555', nodeId: 7, incarnation: 1 };
const CONF: ConfState = { voters: [7], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };

function computer(seed: number) {
  const time = new VirtualTime();
  const random = new SeededRandom(seed, 'storage');
  const disk = new SimulatedDisk({ time, random });
  const run = <T>(promise: Promise<T>): Promise<T> => time.runUntilSettled(promise, 10_000);
  const start = async (identity = IDENTITY) => {
    const storage = new SimulatedDiskStorage({ disk, process: time.createNode(), random, checkpointFrames: 10 });
    const { incarnation } = await run(storage.open(identity));
    return { storage, incarnation };
  };
  return { time, random, disk, run, start };
}

const position = (index: number): StatePosition => ({ index, term: 1, confState: CONF });
const entry = (index: number): Entry => new Entry(index, 1, EntryType.Normal, Buffer.from(`entry ${index}`));
const write = (from: number, to: number) => ({
  groupId: GROUP,
  hardState: new HardState(1, 7, from),
  entries: Array.from({ length: to - from + 1 }, (_, i) => entry(from + i)),
  reset: null,
  mustSync: true,
});
const runRow = (order: number, closedMs: number): RunRow => ({
  order,
  runId: `run ${order}`,
  workflowId: `id ${order}`,
  name: 'order',
  version: 1,
  status: closedMs > 0 ? 'completed' : 'running',
  owner: 7,
  startedMs: 10 * order,
  closedMs,
  events: 1,
  head: Buffer.from(`head ${order}`),
  timers: [],
});

/** A cut with these runs, one event each. */
function cutOf(index: number, runs: readonly RunRow[], sweptMs = 0): StateCut & { isDone: boolean } {
  const left = [...runs];
  return {
    index,
    group: Buffer.from(`group at ${index}`),
    requests: [],
    closed: [],
    requestsExpiredMs: 0,
    sweptMs,
    isDone: false,
    next(runsMax) {
      const slice = left.splice(0, runsMax);
      if (slice.length === 0) return null;
      return {
        runs: slice,
        history: slice.map(({ order }) => ({ order, fromWseq: 1, toWseq: 1, events: Buffer.from(`events ${order}`) })),
      };
    },
    done() {
      this.isDone = true;
    },
  };
}

async function begin(seed: number) {
  const parts = computer(seed);
  const { storage } = await parts.start();
  const first = new Snapshot(1, 1, CONF, NO_BYTES);
  const nothing = new WholeImage(position(1), NO_BYTES);
  await parts.run(storage.state.replace(GROUP, position(1), nothing));
  await parts.run(storage.write([{ groupId: GROUP, hardState: new HardState(1, 0, 1), entries: [], reset: first, mustSync: true }]));
  return { ...parts, storage };
}

describe('SimulatedDiskStorage', () => {
  it('what a resolved write held is there after a power cut, and the incarnation has risen (G1, G4)', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { storage, run, disk, start } = await begin(seed);
      await run(storage.write([write(2, 4)]));
      void storage.write([write(5, 6)]);
      disk.cutPower();
      const { storage: again, incarnation } = await start();
      const log = again.log(GROUP);
      expect(log.entries(2, 5, Infinity)!.map(({ data }) => Buffer.from(data).toString())).toEqual(['entry 2', 'entry 3', 'entry 4']);
      expect([4, 6]).toContain(log.lastIndex());
      expect(incarnation).toBe(2);
    }
  });

  it('a group that is being destroyed when the power is cut is there as a whole, or gone after the start (G5, L10)', async () => {
    const outcomes = new Set<boolean>();
    for (let seed = 1; seed <= 40; seed++) {
      const { storage, run, disk, start, time } = await begin(seed);
      await run(storage.write([write(2, 9)]));
      for (let i = 10; i < 80; i++) await run(storage.write([write(i, i)]));
      await run(storage.state.flush(GROUP, position(8), cutOf(8, [runRow(1, 50), runRow(2, 0)])));
      storage.destroyGroup(GROUP).catch(() => undefined);
      await time.advance((seed - 1) / 8);
      disk.cutPower();
      const { storage: again } = await start();
      const isThere = again.groups().includes(GROUP);
      outcomes.add(isThere);
      expect([again.log(GROUP).lastIndex(), (await run(again.state.load(GROUP)))?.position.index ?? 0]).toEqual(isThere ? [79, 8] : [0, 0]);
      if (isThere) await run(again.destroyGroup(GROUP));
      expect([...again.groups()]).toEqual([]);
    }
    expect(outcomes.size).toBe(2);
  });

  it('a state is loaded as it was flushed, open runs only; closed ones are found by id until they are swept', async () => {
    const { storage, run, disk, start } = await begin(1);
    await run(storage.write([write(2, 9)]));
    const cut = cutOf(8, [runRow(1, 50), runRow(2, 0), runRow(3, 90), runRow(4, 0)]);
    await run(storage.state.flush(GROUP, position(8), cut));
    expect(cut.isDone).toBe(true);
    disk.cutPower();
    const { storage: again } = await start();
    const stored = (await run(again.state.load(GROUP)))!;
    expect(stored).toMatchObject({ position: position(8), lastOrder: 4 });
    expect(stored.openRuns.map(({ order }) => order)).toEqual([2, 4]);
    const source = again.state.source(GROUP);
    expect(await run(source.closedRuns({ workflowId: 'id 3' }))).toMatchObject([{ order: 3 }]);
    expect(await run(source.history({ order: 3, fromWseq: 1, toWseq: 1 }))).toMatchObject([{ events: Buffer.from('events 3') }]);
    const listed = await run(source.list({ sweptMs: 50, limit: 2, after: { startedMs: 20, runId: 'run 2' } }));
    expect(listed.map(({ order }) => order)).toEqual([3, 4]);
    await run(again.state.flush(GROUP, position(9), cutOf(9, [], 50)));
    expect(await run(source.closedRuns({ runId: 'run 1' }))).toEqual([]);
  });

  it('an image is the state of its moment, whatever is flushed while it is read', async () => {
    const { storage, run } = await begin(2);
    await run(storage.write([write(2, 9)]));
    await run(
      storage.state.flush(
        GROUP,
        position(5),
        cutOf(
          5,
          [1, 2, 3, 4].map((order) => runRow(order, 0)),
        ),
      ),
    );
    const image = await run(storage.state.image(GROUP));
    await run(
      storage.state.flush(
        GROUP,
        position(9),
        cutOf(
          9,
          [1, 2, 3, 4, 5].map((order) => runRow(order, 99)),
        ),
      ),
    );
    const seen: RunRow[] = [];
    for (let slice = await run(image.next()); slice !== null; slice = await run(image.next())) seen.push(...slice.runs);
    expect(seen.map(({ order, closedMs }) => [order, closedMs])).toEqual([1, 2, 3, 4].map((order) => [order, 0]));
    expect(image.position.index).toBe(5);
  });

  it('rows of the log are deleted behind the state, and the log begins there at the next start (G2)', async () => {
    const { storage, run, disk, start } = await begin(3);
    for (let index = 2; index <= 9; index++) await run(storage.write([write(index, index)]));
    await run(storage.state.flush(GROUP, position(7), cutOf(7, [])));
    await run(storage.compact(GROUP, 6));
    await run(storage.write([write(10, 10)]));
    expect(storage.work['rowsDeleted']).toBeGreaterThan(3);
    disk.cutPower();
    const log = (await start()).storage.log(GROUP);
    expect([log.firstIndex(), log.lastIndex()]).toEqual([7, 10]);
    expect(log.snapshot()).toMatchObject({ index: 7, confState: CONF });
  });

  it('an install that ended between state and log is finished at the next start (R36)', async () => {
    const { storage, run, start } = await begin(4);
    await run(storage.write([write(2, 4)]));
    const image = new WholeImage(position(20), Buffer.from('x'));
    await run(storage.state.replace(GROUP, position(20), image));
    const { storage: again } = await start();
    expect(again.work['finishedInstalls']).toBe(1);
    expect([again.log(GROUP).firstIndex(), again.log(GROUP).lastIndex()]).toEqual([21, 20]);
  });

  it('the first failure of either file fails everything after it with the same code (G3)', async () => {
    const { storage, run, disk } = await begin(5);
    disk.full = 'any';
    await expect(run(storage.write([write(2, 2)]))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    disk.heal(CALM_DISK);
    await expect(run(storage.write([write(2, 2)]))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    await expect(run(storage.state.flush(GROUP, position(1), cutOf(1, [])))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  });

  it("a flipped bit in a row that is needed, or another node's files, are refused", async () => {
    let refused = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const { storage, run, disk, random, start } = await begin(seed);
      await run(storage.write([write(2, 9)]));
      await run(storage.state.flush(GROUP, position(8), cutOf(8, [runRow(1, 0)])));
      await start();
      SimulatedDatabase.damage(disk, random.pick([LOG_DATABASE, STATE_DATABASE]), random);
      try {
        await run((await start()).storage.state.source(GROUP).history({ order: 1, fromWseq: 1, toWseq: 1 }));
      } catch (error) {
        expect(error).toMatchObject({ code: 'STORAGE_DAMAGED' });
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(10);
    const { start } = await begin(1);
    await expect(start({ ...IDENTITY, nodeId: 8 })).rejects.toMatchObject({ code: 'STORAGE_FOREIGN' });
  });
});
