/**
 * What the log half of the storage suite asks of an adapter; crashes between the calls of a script, and what may be found after them.
 *
 * K1. Found is the log as it was after one of the calls: at the earliest the last one that was acknowledged, at the latest the last one that was made.
 *     A call for several groups may be found in some of them.
 * K2. A commit index may be older: nobody was promised one. Entries that were compacted may still be there.
 */
import assert from 'node:assert/strict';
import { HardState } from '../raft/index.js';
const NOTHING = { hardState: new HardState(0, 0, 0), entries: [] };
/** What each group had after each call, and which calls were acknowledged. Knows no resets. */
export class LogModel {
    histories = new Map();
    running = new Set();
    calls = 0;
    acknowledged = 0;
    /** Makes a call, and does not wait for it. */
    call(writes, make) {
        const number = ++this.calls;
        for (const write of writes)
            this.take(number, write);
        const made = Promise.resolve(make()).then(() => {
            assert.equal(this.acknowledged, number - 1, 'calls are acknowledged in their order');
            this.acknowledged = number;
        });
        this.running.add(made);
        void made.finally(() => this.running.delete(made)).catch(() => undefined);
    }
    async settle() {
        await Promise.all(this.running);
    }
    /** Takes note of what may be found from now on; the check comes later (K1). */
    moment() {
        const { acknowledged, calls } = this;
        return (logOf) => {
            for (const [groupId, history] of this.histories) {
                fill(history, calls + 1);
                const log = logOf(groupId);
                const first = log.firstIndex();
                const found = { hard: log.initialState().hardState, entries: log.entries(first, log.lastIndex() + 1, Infinity) };
                const isAllowed = history
                    .slice(acknowledged, calls + 1)
                    .some(({ hardState, entries }) => isSameVote(found.hard, hardState) && isSame(found.entries, entries.slice(first - 1)));
                assert.ok(isAllowed, `group ${groupId}: entries ${first}…${log.lastIndex()} (term ${log.term(log.lastIndex())}) with ${JSON.stringify(found.hard)} are not what any call from ${acknowledged} to ${calls} left`);
            }
        };
    }
    take(number, { groupId, entries, hardState }) {
        const history = this.histories.get(groupId) ?? [NOTHING];
        this.histories.set(groupId, history);
        fill(history, number);
        const before = history.at(-1);
        const kept = entries.length === 0 ? before.entries : before.entries.slice(0, entries[0].index - 1);
        history[number] = { hardState: hardState ?? before.hardState, entries: [...kept, ...entries] };
    }
}
/**
 * Makes the calls one after the other, crashes at once after each, again a little later, and once more when it is acknowledged; then looks at what each
 * crash left.
 */
export async function playCrashes(fixture, model, script) {
    const crashes = [];
    const crash = () => {
        crashes.push({ check: model.moment(), copy: fixture.crashCopy() });
    };
    crash();
    for (const [i, step] of script.entries()) {
        await step();
        crash();
        // eslint-disable-next-line no-restricted-globals -- the crash is to fall while a disk is at work, and that knows no virtual time
        await new Promise((resolve) => setImmediate(resolve));
        crash();
        // Every other call is made while the one before it may be on its way.
        if (i % 2 === 1)
            await model.settle();
        crash();
    }
    await model.settle();
    crash();
    for (const { copy, check } of crashes) {
        const found = await copy;
        check((groupId) => found.storage.log(groupId));
        await found.dispose();
    }
}
/** A call that is not for the group leaves it as it was. */
function fill(history, length) {
    while (history.length < length)
        history.push(history.at(-1));
}
const isSameVote = (a, b) => a.term === b.term && a.vote === b.vote && a.commit <= b.commit;
function isSame(a, b) {
    return (a.length === b.length &&
        a.every((entry, i) => entry.index === b[i].index && entry.term === b[i].term && Buffer.compare(entry.data, b[i].data) === 0));
}
//# sourceMappingURL=storage-suite-crash.js.map