/**
 * The state store as the host sees it: the state file, joined to the log. Owns nothing.
 *
 * J1. When a flush or a replacement resolves, log(groupId).snapshot() is at its position (F4 of state-port.ts).
 * J2. After the first failure of either file every call rejects with it (L7). What fails without being one (a snapshot that can not be read, F3 of
 *     state-port.ts) is the caller's matter.
 * Tests: sqlite-storage.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';
export class PositionedStates {
    opened;
    moved;
    constructor(opened, moved) {
        this.opened = opened;
        this.moved = moved;
    }
    async load(groupId) {
        return this.use().file.load(groupId);
    }
    source(groupId) {
        return this.use().file.source(groupId);
    }
    async flush(groupId, position, cut) {
        await this.use().file.flush(groupId, position, cut);
        this.moved(groupId, position);
    }
    async replace(groupId, position, image) {
        await this.use().file.replace(groupId, position, image);
        this.moved(groupId, position);
    }
    async image(groupId) {
        return this.use().file.image(groupId);
    }
    use() {
        const opened = this.opened();
        if (opened === null)
            throw new RaftoralError('STORAGE_FAILED', 'the storage is not open');
        opened.failure.check();
        return opened;
    }
}
//# sourceMappingURL=positioned-states.js.map