/**
 * Fills the files of a node with runs, faster than a node would: the real state machine applies the commands of recorded runs, the real storage takes
 * the log, the flushes and the compaction. Left out are Raft's turns, the runtime and the workflow's code. The node is booted once before, and closed:
 * what it wrote first (membership, its hello) is its own.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock } from '../../lib/cluster/index.js';
import { RAFTORAL_CLOCK } from '../../lib/index.js';
import { Entry, EntryType, HardState } from '../../lib/raft/index.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import { bootNode, DEPLOYMENT, firstStart } from './node.js';
import { openStore } from './store.js';
const GROUP_ID = 1;
const NODE_ID = 1;
/** Bytes of commands between two flushes, about. */
const FLUSH_BYTES = 8 * 1024 * 1024;
/** As a node has it with as many workflows in flight: what is left of the log decides what a start reads. */
const ENTRIES_PER_WRITE = 64;
/**
 * Log times of what is written: runs stay for a day by default, and that is what they are spread over. The last ones have closed so long ago that no
 * answer is remembered once log time goes on; the first ones are not swept.
 */
const FIRST_MS_AGO = 23 * 3_600_000;
const LAST_MS_AGO = 3_600_000;
/** Of the first boot: log time never runs back. */
class EarlierClock extends SystemClock {
    now() {
        return super.now() - FIRST_MS_AGO;
    }
}
export async function fill(path, parts) {
    const first = await bootNode(path, 'sqlite', { overridden: [{ provide: RAFTORAL_CLOCK, useClass: EarlierClock }] });
    await firstStart(first.client);
    await first.app.close();
    const filler = await Filler.open(path);
    const runs = [];
    const now = Date.now();
    const spanMs = (FIRST_MS_AGO - LAST_MS_AGO) / parts.length;
    for (const [at, part] of parts.entries()) {
        const fromMs = now - FIRST_MS_AGO + spanMs * at;
        runs.push(await filler.add(part, (share) => Math.floor(fromMs + spanMs * share)));
    }
    await filler.close();
    return { runs, stateBytes: sizeOf(join(path, 'state.db')) };
}
export function sizeOf(file) {
    return ['', '-wal'].reduce((bytes, suffix) => bytes + (statSync(`${file}${suffix}`, { throwIfNoEntry: false })?.size ?? 0), 0);
}
class Filler {
    path;
    storage;
    machine = new WorkflowStateMachine({ groupId: GROUP_ID });
    log;
    state;
    index = 0;
    term = 0;
    waiting = [];
    waitingBytes = 0;
    constructor(path, storage) {
        this.path = path;
        this.storage = storage;
        this.log = storage.log(GROUP_ID);
        if (storage.state === null)
            throw new Error('the store has no rows of state');
        this.state = storage.state;
    }
    static async open(path) {
        const storage = openStore(path);
        await storage.open({ deployment: DEPLOYMENT, nodeId: NODE_ID, incarnation: Date.now() });
        const filler = new Filler(path, storage);
        await filler.load();
        return filler;
    }
    /** As a node does it at its start: the stored state, then the log behind it. */
    async load() {
        const stored = await this.state.load(GROUP_ID);
        if (stored === null)
            throw new Error('the node that was booted first left no state');
        this.machine.load(stored, this.state.source(GROUP_ID));
        this.index = this.log.lastIndex();
        this.term = this.log.term(this.index);
        const tail = this.log.entries(stored.position.index + 1, this.index + 1, Infinity) ?? [];
        for (const { index, term, type, data } of tail) {
            if (type !== EntryType.Normal)
                throw new Error(`entry ${index} changes the membership; the bench knows no such node`);
            if (data.length > 0)
                this.machine.apply(index, term, data);
        }
    }
    async add(part, timeAt) {
        const { run, name, count = Infinity, untilBytes = Infinity } = part;
        let runs = 0;
        for (; runs < count; runs++) {
            const bytes = sizeOf(join(this.path, 'state.db'));
            const share = count === Infinity ? bytes / untilBytes : runs / count;
            if (bytes >= untilBytes)
                break;
            for (const frame of run.frames(`${name}-${runs}`, timeAt(Math.min(share, 1))))
                this.apply(frame);
            if (this.waitingBytes >= FLUSH_BYTES)
                await this.flush();
        }
        await this.flush();
        return runs;
    }
    async close() {
        await this.storage.close();
    }
    apply(frame) {
        const answer = this.machine.apply(++this.index, this.term, frame);
        if (!answer.ok)
            throw new Error(`a recorded command was refused: ${JSON.stringify(answer)}`);
        this.waiting.push(new Entry(this.index, this.term, EntryType.Normal, frame));
        this.waitingBytes += frame.length;
    }
    async flush() {
        if (this.waiting.length === 0)
            return;
        const { index, term } = this;
        const { vote } = this.log.initialState().hardState;
        for (let at = 0; at < this.waiting.length; at += ENTRIES_PER_WRITE) {
            const entries = this.waiting.slice(at, at + ENTRIES_PER_WRITE);
            const hardState = new HardState(term, vote, entries.at(-1).index);
            await this.storage.write([{ groupId: GROUP_ID, hardState, entries, reset: null, mustSync: true }]);
        }
        this.waiting = [];
        this.waitingBytes = 0;
        const { confState } = this.log.snapshot() ?? this.log.initialState();
        await this.state.flush(GROUP_ID, { index, term, confState }, this.machine.cut());
        await this.storage.compact(GROUP_ID, index);
    }
}
//# sourceMappingURL=fill.js.map