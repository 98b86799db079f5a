import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from './seeded-random.js';
import { SimulatedDatabase, type SimulatedDatabaseOptions } from './simulated-disk-database.js';
import { CALM_DISK, SimulatedDisk } from './simulated-disk.js';
import { VirtualTime } from './virtual-time.js';

function computer(seed: number, options: Partial<SimulatedDatabaseOptions> = {}) {
  const time = new VirtualTime();
  const random = new SeededRandom(seed, 'disk');
  const disk = new SimulatedDisk({ time, random, profile: { ...CALM_DISK, tearBytes: random.pick([512, 4096]) } });
  const open = () =>
    time.runUntilSettled(
      SimulatedDatabase.open({ disk, process: time.createNode(), name: 'db', checkpointFrames: 5, random, ...options }),
      10_000,
    );
  return { time, random, disk, open, run: <T>(promise: Promise<T>) => time.runUntilSettled(promise, 10_000) };
}

const put = (key: string, value: string) => ({ table: 't', key, value: Buffer.from(value) });
const rowsOf = (database: SimulatedDatabase) =>
  Object.fromEntries(Array.from(database.table('t'), ({ key, value }) => [key, Buffer.from(value).toString()]));

describe('SimulatedDatabase', () => {
  it('B1, B2: after a power cut at any moment whole commits are there, every reported one among them, and at most one more', async () => {
    for (let seed = 1; seed <= 150; seed++) {
      const { time, random, disk, open } = computer(seed);
      const database = await open();
      const count = 1 + random.int(12);
      let reported = 0;
      for (let i = 1; i <= count; i++) {
        const values = [put('a', `${i}`), put('b', `${i}`.repeat(1 + random.int(5000))), put(`c${i}`, '')];
        void database.commit(values).then(() => (reported = i));
      }
      await time.advance(random.between(0, count * 0.6));
      disk.cutPower();
      const after = await open();
      const found = Number(rowsOf(after)['a'] ?? '0');
      expect(found).toBeGreaterThanOrEqual(reported);
      expect(found).toBeLessThanOrEqual(reported + 1);
      expect(Object.keys(rowsOf(after))).toHaveLength(found === 0 ? 0 : 2 + found);
      if (found > 0) expect(new Set(rowsOf(after)['b']!.split(`${found}`))).toEqual(new Set(['']));
    }
  });

  it('B5: what was read from the page cache after a failed sync stands when open() has resolved', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const { disk, open, run } = computer(seed);
      const database = await open();
      await run(database.commit([put('a', '1')]));
      disk.failNextSync();
      await expect(run(database.commit([put('a', '2')]))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      await expect(run(database.commit([put('a', '3')]))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      expect(rowsOf(await open())).toEqual({ a: '2' });
      disk.cutPower();
      expect(rowsOf(await open())).toEqual({ a: '2' });
    }
  });

  it('B6: a full disk fails the commit that met it and all after it; the rows before it are there', async () => {
    const { disk, open, run } = computer(3, { checkpointFrames: 1000 });
    const database = await open();
    await run(database.commit([put('a', '1')]));
    disk.full = 'growth';
    await expect(run(database.commit([put('b', '2'.repeat(20_000))]))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    disk.heal(CALM_DISK);
    await expect(run(database.commit([put('a', '3')]))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(rowsOf(await open())).toEqual({ a: '1' });
  });

  it('B4: a flipped bit changes one row or is reported, never more', async () => {
    let damaged = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const { disk, random, open, run } = computer(seed);
      const database = await open();
      await run(database.commit([put('a', 'x'.repeat(100)), put('b', 'y'.repeat(100))]));
      await open();
      expect(SimulatedDatabase.damage(disk, 'db', random)).toBe(true);
      try {
        const rows = rowsOf(await open());
        const changed = [rows['a'] !== 'x'.repeat(100), rows['b'] !== 'y'.repeat(100)].filter(Boolean);
        expect(changed).toHaveLength(1);
      } catch (error) {
        expect(error).toMatchObject({ code: 'STORAGE_DAMAGED' });
        damaged++;
      }
    }
    expect(damaged).toBeGreaterThan(0);
    expect(damaged).toBeLessThan(30);
  });

  it('a database that answers before it has synced loses what it reported', async () => {
    let lost = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const { disk, open, run } = computer(seed, { answersBeforeSync: true });
      await run((await open()).commit([put('a', '1')]));
      disk.cutPower();
      if (rowsOf(await open())['a'] === undefined) lost++;
    }
    expect(lost).toBeGreaterThan(3);
  });
});
