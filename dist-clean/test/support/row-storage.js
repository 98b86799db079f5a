/**
 * A storage with a state store, in memory: the disk outlives the process that uses it. What takes effect does so when its time is over, in order,
 * and only while the process lives; every step can be watched, held, and made to fail.
 */
import { RaftoralError } from '../../lib/errors/index.js';
import { HardState, NO_BYTES, Snapshot } from '../../lib/raft/index.js';
import { GroupLog } from '../../lib/storage/group-log.js';
import { MemorySpool } from '../../lib/storage/memory-spool.js';
export class MemoryDisk {
    incarnation = 0;
    logs = new Map();
    states = new Map();
    /** Every step that took effect: 'write 1 4-6', 'reset 1 9', 'flush 1 9', 'replace 1 9', 'compact 1 4', 'image 1 9'. */
    steps = [];
    log(groupId) {
        let log = this.logs.get(groupId);
        if (log === undefined)
            this.logs.set(groupId, (log = new GroupLog(groupId)));
        return log;
    }
    stepsOf(name) {
        return this.steps.filter((step) => step.startsWith(`${name} `));
    }
}
export class RowStorage {
    options;
    volatile = false;
    state;
    /** The next step of this name fails, and everything after it. */
    failing = null;
    /** Called when a step begins ('begin …') and when it has taken effect ('done …'). */
    watch = null;
    flushesInFlight = 0;
    /** Those that were not discarded. */
    spools = new Set();
    poison = null;
    held = new Map();
    writes = Promise.resolve();
    changes = Promise.resolve();
    constructor(options) {
        this.options = options;
        this.state = {
            load: (groupId) => this.load(groupId),
            source: () => NO_SOURCE,
            flush: (groupId, position, cut) => this.flush(groupId, position, cut),
            replace: (groupId, position, image) => this.replace(groupId, position, image),
            image: (groupId) => this.image(groupId),
        };
    }
    /** Steps of this name wait until the answer is called. */
    hold(name) {
        let release = () => undefined;
        this.held.set(name, new Promise((resolve) => (release = resolve)));
        return () => {
            this.held.delete(name);
            release();
        };
    }
    async open(identity) {
        const { disk } = this.options;
        disk.incarnation = Math.max(identity.incarnation, disk.incarnation + 1);
        // An install that was interrupted between state and log is finished.
        for (const [groupId, { position }] of disk.states) {
            const log = disk.log(groupId);
            if (log.term(position.index) === position.term && log.firstIndex() - 1 <= position.index)
                continue;
            const { term, vote } = log.initialState().hardState;
            log.take({ groupId, hardState: new HardState(term, vote, position.index), entries: [], reset: snapshotOf(position), mustSync: true });
        }
        return { incarnation: disk.incarnation };
    }
    log(groupId) {
        return this.options.disk.log(groupId);
    }
    write(batch) {
        const names = batch.map(({ groupId, entries, reset }) => {
            if (reset !== null)
                return `reset ${groupId} ${reset.index}`;
            return `write ${groupId} ${entries.length === 0 ? '-' : `${entries[0].index}-${entries.at(-1).index}`}`;
        });
        // They overlap, and take effect in order.
        const before = this.writes;
        const written = this.step(names, this.options.writeMs ?? 0, before, () => {
            // What needs no sync rides with something else, or is not there after a crash.
            for (const write of batch)
                if (write.mustSync)
                    this.log(write.groupId).take(write);
        });
        this.writes = written.catch(() => undefined);
        return written;
    }
    saveSnapshot() {
        throw new Error('a storage with a state store saves no whole snapshots');
    }
    async compact(groupId, index) {
        if (this.poison !== null)
            throw this.poison;
        this.log(groupId).compact(index);
        this.options.disk.steps.push(`compact ${groupId} ${index}`);
    }
    /** Steps 'spool 1' and 'spooled 1', each with what is appended and read. */
    spool(groupId) {
        const inner = new MemorySpool();
        this.spools.add(inner);
        return {
            append: async (bytes) => {
                await this.spoolStep(`spool ${groupId}`);
                await inner.append(bytes);
            },
            read: async (offset, length) => {
                await this.spoolStep(`spooled ${groupId}`);
                return inner.read(offset, length);
            },
            discard: async () => {
                this.spools.delete(inner);
                await inner.discard();
            },
        };
    }
    /** A failure of a spool is not one of the storage. */
    async spoolStep(name) {
        this.watch?.(`begin ${name}`);
        const kind = name.slice(0, name.indexOf(' '));
        await this.held.get(kind);
        if (this.failing?.name === kind)
            throw this.failing.error;
        if (!this.options.time().alive)
            return new Promise(() => undefined);
    }
    async close() {
        await Promise.all([this.writes, this.changes]);
    }
    async load(groupId) {
        const stored = this.options.disk.states.get(groupId);
        if (stored === undefined)
            return null;
        const { position, group, runs } = stored;
        return { position, group, requests: [], closed: [], openRuns: runs, lastOrder: runs.at(-1)?.order ?? 0 };
    }
    flush(groupId, position, cut) {
        if (cut.index !== position.index)
            throw new Error(`group ${groupId}: a cut at ${cut.index} is flushed at ${position.index}`);
        return this.change(`flush ${groupId} ${position.index}`, async () => {
            const changed = [];
            this.flushesInFlight++;
            for (let slice = cut.next(2); slice !== null; slice = cut.next(2)) {
                if (slice.runs.length > 2)
                    throw new Error(`a slice of ${slice.runs.length} runs`);
                changed.push(...slice.runs);
                await this.pass(1);
            }
            this.flushesInFlight--;
            return () => {
                const before = this.options.disk.states.get(groupId);
                const rows = new Map((before?.runs ?? []).map((row) => [row.order, row]));
                for (const row of changed)
                    rows.set(row.order, row);
                this.put(groupId, { position, group: cut.group, runs: [...rows.values()] });
                cut.done();
            };
        });
    }
    replace(groupId, position, image) {
        return this.change(`replace ${groupId} ${position.index}`, async () => {
            const runs = [];
            for (let slice = await image.next(); slice !== null; slice = await image.next())
                runs.push(...slice.runs);
            await image.close();
            return () => this.put(groupId, { position, group: image.group, runs });
        });
    }
    async image(groupId) {
        if (this.poison !== null)
            throw this.poison;
        const stored = this.options.disk.states.get(groupId);
        if (stored === undefined)
            throw new RaftoralError('STORAGE_DAMAGED', `group ${groupId} has no state`);
        const { position, group, runs } = stored;
        await this.check(`image ${groupId} ${position.index}`);
        this.options.disk.steps.push(`image ${groupId} ${position.index}`);
        const read = () => {
            let next = 0;
            return {
                position,
                group,
                runCount: runs.length,
                bytesAbout: runs.reduce((sum, { head }) => sum + head.length, 0),
                next: async () => {
                    await this.pass(this.options.readMs ?? 0);
                    await this.check(`slice ${groupId} ${position.index}`);
                    return next < runs.length ? { runs: [runs[next++]], history: [], requests: [], closed: [] } : null;
                },
                again: read,
                close: async () => undefined,
            };
        };
        return read();
    }
    put(groupId, state) {
        this.options.disk.states.set(groupId, state);
        this.log(groupId).saveSnapshot(snapshotOf(state.position));
    }
    /** One writer: in the order of the calls. */
    change(name, prepare) {
        const changed = this.changes.then(async () => {
            let commit = () => undefined;
            await this.step([name], this.options.flushMs ?? 0, prepare().then((made) => (commit = made)), () => commit());
        });
        this.changes = changed.catch(() => undefined);
        return changed;
    }
    async step(names, ms, before, effect) {
        for (const name of names)
            this.watch?.(`begin ${name}`);
        await this.pass(ms);
        await before;
        for (const name of names)
            await this.check(name);
        if (!this.options.time().alive)
            return new Promise(() => undefined);
        effect();
        this.options.disk.steps.push(...names);
        for (const name of names)
            this.watch?.(`done ${name}`);
    }
    async check(name) {
        const kind = name.slice(0, name.indexOf(' '));
        await this.held.get(kind);
        if (this.failing?.name === kind)
            this.poison = this.failing.error;
        if (this.poison !== null)
            throw this.poison;
    }
    pass(ms) {
        if (ms === 0)
            return Promise.resolve();
        return new Promise((resolve) => this.options.time().setTimer(ms, resolve));
    }
}
const NO_SOURCE = {
    history: () => Promise.reject(new Error('no history is kept')),
    closedRuns: () => Promise.reject(new Error('no closed runs are kept')),
    list: () => Promise.reject(new Error('no list is kept')),
};
function snapshotOf({ index, term, confState }) {
    return new Snapshot(index, term, confState, NO_BYTES);
}
//# sourceMappingURL=row-storage.js.map