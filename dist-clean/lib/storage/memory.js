/**
 * Storage that ends with the process. Owns: every group's log and latest snapshot, in memory (group-log.ts).
 *
 * Every call is done when it returns.
 * Tests: memory.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { GroupLog } from './group-log.js';
import { MemorySpool } from './memory-spool.js';
export class MemoryRaftStorage {
    volatile = true;
    state = null;
    logs = new Map();
    isOpen = false;
    async open(identity) {
        if (this.isOpen) {
            throw new RaftoralError('STORAGE_FAILED', `the memory storage of node ${identity.nodeId} is in use; give every node a storage of its own`);
        }
        this.isOpen = true;
        return { incarnation: identity.incarnation };
    }
    log(groupId) {
        let log = this.logs.get(groupId);
        if (log === undefined) {
            log = new GroupLog(groupId);
            this.logs.set(groupId, log);
        }
        return log;
    }
    write(batch) {
        for (let i = 0; i < batch.length; i++)
            this.log(batch[i].groupId).take(batch[i]);
    }
    saveSnapshot(groupId, snapshot) {
        this.log(groupId).saveSnapshot(snapshot);
    }
    compact(groupId, index) {
        this.log(groupId).compact(index);
    }
    spool() {
        return new MemorySpool();
    }
    async close() {
        this.isOpen = false;
        this.logs.clear();
    }
}
//# sourceMappingURL=memory.js.map