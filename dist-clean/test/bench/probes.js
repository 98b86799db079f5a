/**
 * What the disk gives at this minute: every durable figure hangs on it, and the disk of a virtual machine drifts. Taken beside each measure, in
 * the same folder.
 */
import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { percentile, round } from './measure.js';
const TMPFS_MAGIC = 0x01021994;
const BLOCK_BYTES = 4_096;
const ROW_BYTES = 200;
/** A folder in memory has no disk to measure. */
export function refuseMemoryFileSystem(folder) {
    if (statfsSync(folder).type !== TMPFS_MAGIC)
        return;
    throw new Error(`${folder} is a file system in memory, whose fsync costs nothing; name a folder on a disk with --data`);
}
/** Both probes, one after the other. */
export async function probe(folder, samples = 300) {
    return { fsyncUs: await probeFsync(folder, samples), commitUs: await probeCommit(folder, samples) };
}
export function probeMeasures(bench, taken) {
    const line = (name, all) => {
        const sorted = Float64Array.from(all.flatMap((one) => [...one])).sort();
        return {
            bench,
            case: name,
            samples: sorted.length,
            mean_us: round(sorted.reduce((a, b) => a + b, 0) / sorted.length),
            p50_us: round(percentile(sorted, 0.5)),
            p99_us: round(percentile(sorted, 0.99)),
        };
    };
    return [
        line('probe: write and fdatasync of 4 KiB', taken.map(({ fsyncUs }) => fsyncUs)),
        line('probe: bare sqlite commit of one row', taken.map(({ commitUs }) => commitUs)),
    ];
}
/** All bare commits of a run, µs, ascending. */
export function commitsUs(taken) {
    return Float64Array.from(taken.flatMap(({ commitUs }) => [...commitUs])).sort();
}
/** Blocks the loop for each sample, and breathes in between: a node may live in the same process. */
async function probeFsync(folder, samples) {
    const file = join(folder, 'fsync-probe');
    const descriptor = openSync(file, 'w');
    const block = Buffer.alloc(BLOCK_BYTES, 1);
    const took = new Float64Array(samples);
    for (let i = 0; i < samples; i++) {
        const began = performance.now();
        writeSync(descriptor, block);
        fdatasyncSync(descriptor);
        took[i] = (performance.now() - began) * 1_000;
        if (i % 16 === 0)
            await new Promise((resolve) => setImmediate(resolve));
    }
    closeSync(descriptor);
    rmSync(file);
    return took;
}
/** One row of 200 bytes per transaction: WAL, synchronous=FULL, a prepared statement, each awaited. */
async function probeCommit(folder, samples) {
    const file = join(folder, 'commit-probe.db');
    const database = await new Promise((resolve, reject) => {
        const opened = new sqlite3.Database(file, (error) => (error === null ? resolve(opened) : reject(error)));
    });
    await settled((done) => database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE probe (id INTEGER PRIMARY KEY, row BLOB)', done));
    const insert = database.prepare('INSERT INTO probe (row) VALUES (?)');
    const row = Buffer.alloc(ROW_BYTES, 1);
    const took = new Float64Array(samples);
    const warmUp = Math.ceil(samples / 10);
    for (let i = -warmUp; i < samples; i++) {
        const began = performance.now();
        await settled((done) => insert.run(row, done));
        if (i >= 0)
            took[i] = (performance.now() - began) * 1_000;
    }
    await settled((done) => insert.finalize(() => done(null)));
    await settled((done) => database.close(done));
    for (const suffix of ['', '-wal', '-shm'])
        rmSync(`${file}${suffix}`, { force: true });
    return took;
}
async function settled(call) {
    await new Promise((resolve, reject) => call((error) => (error === null ? resolve() : reject(error))));
}
//# sourceMappingURL=probes.js.map