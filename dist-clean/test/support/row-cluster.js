import { TestCluster, TextMachine, textOf } from './raft-cluster.js';
import { MemoryDisk, RowStorage } from './row-storage.js';
/** A text is a run. A text that begins with 'fetch' must be fetched before it is applied. */
export class RowTextMachine extends TextMachine {
    /** Indexes of all that was applied in this process. */
    applied = [];
    cuts = [];
    loadedAt = -1;
    /** Fetches that were not let through yet. */
    fetches = [];
    index = 0;
    cutOpen = false;
    clean = 0;
    fetched = [];
    installs = 0;
    apply(index, term, bytes) {
        const text = textOf(bytes);
        if (text.startsWith('fetch') && !this.fetched.includes(text))
            throw new Error(`${text} was not fetched`);
        if (!text.startsWith('fetch') && this.fetched.length > 0 && !this.fetched.includes(text))
            throw new Error(`${text} overtakes a fetch`);
        this.fetched = this.fetched.filter((other) => other !== text);
        this.applied.push(index);
        this.index = index;
        return super.apply(index, term, bytes);
    }
    applyMembership(index, membership) {
        this.index = Math.max(this.index, index);
        super.applyMembership(index, membership);
    }
    restore(index, bytes) {
        if (this.loadedAt >= 0)
            throw new Error('rows are loaded');
        super.restore(index, bytes);
        this.index = index;
    }
    cut() {
        if (this.cutOpen)
            throw new Error('a cut before the last one was done');
        if (this.installs > 0)
            throw new Error('a cut while a snapshot is being installed');
        this.cutOpen = true;
        this.cuts.push(this.index);
        const end = this.texts.length;
        let at = this.clean;
        return {
            index: this.index,
            group: Buffer.from(`${end}`),
            requests: [],
            closed: [],
            requestsExpiredMs: 0,
            sweptMs: 0,
            next: (runsMax) => {
                if (at === end)
                    return null;
                const from = at;
                at = Math.min(end, at + runsMax);
                return { runs: this.texts.slice(from, at).map((text, offset) => rowOf(from + offset + 1, text)), history: [] };
            },
            done: () => {
                this.cutOpen = false;
                this.clean = end;
            },
        };
    }
    load(stored, _source) {
        this.texts = stored.openRuns.map((row) => Buffer.from(row.head).toString('utf8'));
        if (stored.group.length > 0 && Number(Buffer.from(stored.group).toString()) !== this.texts.length) {
            throw new Error(`${this.texts.length} rows, the group part says ${Buffer.from(stored.group).toString()}`);
        }
        this.clean = this.texts.length;
        this.index = stored.position.index;
        if (this.loadedAt < 0)
            this.loadedAt = this.index;
        else
            this.restores++;
        this.cutOpen = false;
        this.fetched = [];
        this.installs = 0;
    }
    prefetch(frames) {
        const all = frames.map(textOf);
        const texts = all.filter((text) => text.startsWith('fetch'));
        if (texts.length === 0)
            return null;
        return new Promise((resolve, reject) => {
            this.fetches.push({
                texts,
                reject,
                resolve: () => {
                    this.fetched = all;
                    resolve();
                },
            });
        });
    }
    rowsOf(position, bytes) {
        const texts = JSON.parse(Buffer.from(bytes).toString('utf8'));
        this.installs++;
        return imageOf(position, texts);
    }
    expectRows(_position, _group) {
        this.installs++;
    }
    async bytesOf(image) {
        const texts = [];
        for (let slice = await image.next(); slice !== null; slice = await image.next()) {
            for (const row of slice.runs)
                texts.push(Buffer.from(row.head).toString('utf8'));
        }
        await image.close();
        return Buffer.from(JSON.stringify(texts), 'utf8');
    }
}
function imageOf(position, texts) {
    let next = 0;
    return {
        position,
        group: Buffer.from(`${texts.length}`),
        runCount: texts.length,
        bytesAbout: 0,
        next: async () => {
            if (next === texts.length)
                return null;
            const at = next++;
            return { runs: [rowOf(at + 1, texts[at])], history: [], requests: [], closed: [] };
        },
        again: () => imageOf(position, texts),
        close: async () => undefined,
    };
}
function rowOf(order, text) {
    return {
        order,
        runId: `${order}`,
        workflowId: `${order}`,
        name: 'text',
        version: 1,
        status: 'running',
        owner: 0,
        startedMs: 1,
        closedMs: 0,
        events: 0,
        head: Buffer.from(text, 'utf8'),
        timers: [],
    };
}
export class RowCluster {
    options;
    cluster;
    disks = new Map();
    storages = new Map();
    /** Clock of the node that was added last, as soon as it has one. */
    lastTime = null;
    constructor(options = {}) {
        this.options = options;
        this.cluster = new TestCluster();
    }
    static async start(ids, options = {}) {
        const rows = new RowCluster({ members: ids, ...options });
        for (const id of ids)
            await rows.add(id);
        return rows;
    }
    get time() {
        return this.cluster.time;
    }
    disk(id) {
        let disk = this.disks.get(id);
        if (disk === undefined)
            this.disks.set(id, (disk = new MemoryDisk()));
        return disk;
    }
    storage(id) {
        return this.storages.get(id);
    }
    machine(id) {
        return this.cluster.node(id).machine;
    }
    /** Starts a node on its disk, for the first time or again. */
    add(id, more = {}) {
        return this.cluster.settled(this.open(id, more));
    }
    /** The same, while time is moved by somebody else. */
    open(id, more = {}) {
        const options = { ...this.options, ...more };
        let time = null;
        const storage = new RowStorage({ ...options, disk: this.disk(id), time: () => time });
        this.storages.set(id, storage);
        options.onStorage?.(storage);
        const onTime = (made) => (this.lastTime = time = made);
        const machine = options.machine ?? (() => (options.isPlain === true ? new TextMachine() : new RowTextMachine()));
        return this.cluster.add(id, { ...options, storage, onTime, machine });
    }
    crash(id) {
        this.cluster.crash(id);
    }
    async restart(id, more = {}) {
        if (this.cluster.node(id).time.alive)
            this.crash(id);
        return this.add(id, more);
    }
}
//# sourceMappingURL=row-cluster.js.map