import { describe, expect, it } from '@jest/globals';
import { EMPTY_CONF_STATE, Message, MessageType, Snapshot } from '../raft/index.js';
import { WritePipeline } from './write-pipeline.js';
/** A storage whose every step is ended by hand. */
class HandStorage {
    steps = [];
    write(batch) {
        return this.step(`write ${batch.map((write) => write.groupId).join()}`);
    }
    saveSnapshot(groupId) {
        return this.step(`save ${groupId}`);
    }
    get open() {
        return this.steps.map((step) => step.name);
    }
    /** Ends the step of this name and lets everything that it causes happen. */
    async end(name, error) {
        const [step] = this.steps.splice(this.steps.findIndex((candidate) => candidate.name === name), 1);
        if (error === undefined)
            step.resolve();
        else
            step.reject(error);
        for (let i = 0; i < 10; i++)
            await Promise.resolve();
    }
    step(name) {
        return new Promise((resolve, reject) => this.steps.push({ name, resolve, reject }));
    }
}
function pipeline() {
    const storage = new HandStorage();
    const failures = [];
    const under = new WritePipeline(storage, (groupId) => storage.saveSnapshot(groupId), () => undefined, (error) => failures.push(error));
    const group = { name: 'g', appended: () => undefined };
    const add = (groupId, isReset = false) => {
        const reset = isReset ? new Snapshot(9, 1, EMPTY_CONF_STATE, new Uint8Array(0)) : null;
        const write = { groupId, hardState: null, entries: [], reset, mustSync: true };
        return under.writeNow([group], [new Message(MessageType.StorageAppend, -1, 1, groupId)], 1, [write]);
    };
    const done = () => under.takeDone().map((batch) => batch.appends[0].term);
    return { storage, failures, under, add, done };
}
describe('WritePipeline', () => {
    it('many writes are in flight, and delivered in their order, whichever ends first', async () => {
        const { storage, add, done } = pipeline();
        expect([add(1), add(2), add(3)]).toEqual([false, false, false]);
        expect(storage.open).toEqual(['write 1', 'write 2', 'write 3']);
        await storage.end('write 2');
        expect(done()).toEqual([]);
        await storage.end('write 1');
        expect(done()).toEqual([1, 2]);
        await storage.end('write 3');
        expect(done()).toEqual([3]);
        expect(done()).toEqual([]);
    });
    it('R36: a snapshot is saved after what stands before it, and nothing behind it starts until it is durable', async () => {
        const { storage, add, done } = pipeline();
        add(1);
        add(2, true);
        add(3);
        expect(storage.open).toEqual(['write 1']);
        await storage.end('write 1');
        expect(done()).toEqual([1]);
        expect(storage.open).toEqual(['save 2']);
        add(4);
        expect(storage.open).toEqual(['save 2']);
        await storage.end('save 2');
        done();
        expect(storage.open).toEqual(['write 2', 'write 3', 'write 4']);
        for (const name of ['write 3', 'write 4', 'write 2'])
            await storage.end(name);
        expect(done()).toEqual([2, 3, 4]);
    });
    it('W3: when one of several snapshots can not even begin to be saved, nobody is left with the failures of the others', async () => {
        const failures = [];
        const unhandled = [];
        const note = (error) => void unhandled.push(error);
        const save = (groupId) => {
            if (groupId === 2)
                throw new Error('group 2: not announced');
            return Promise.reject(new Error('group 1: disk full'));
        };
        const under = new WritePipeline({ write: () => undefined }, save, () => undefined, (error) => failures.push(error));
        const reset = new Snapshot(9, 1, EMPTY_CONF_STATE, new Uint8Array(0));
        const writes = [1, 2].map((groupId) => ({ groupId, hardState: null, entries: [], reset, mustSync: true }));
        process.on('unhandledRejection', note);
        try {
            under.writeNow([], [], 0, writes);
            await new Promise((resolve) => setImmediate(resolve));
        }
        finally {
            process.off('unhandledRejection', note);
        }
        expect([failures.map(String), unhandled]).toEqual([['Error: group 2: not announced'], []]);
    });
    it('after a failed write nothing is delivered, not even what had ended, and nothing is written any more', async () => {
        const { storage, failures, under, add, done } = pipeline();
        add(1);
        add(2);
        await storage.end('write 2');
        await storage.end('write 1', new Error('no space left'));
        expect(failures).toHaveLength(1);
        expect(done()).toEqual([]);
        expect(add(3)).toBe(false);
        expect(storage.open).toEqual([]);
        expect(under.inFlight).toBe(0);
    });
});
//# sourceMappingURL=write-pipeline.spec.js.map