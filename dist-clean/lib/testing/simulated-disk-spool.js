/**
 * The stream of a snapshot while it is received by a simulated node: it takes time, it finds the disk full, and it ends with the process.
 *
 * P1. What it holds is in the memory of the process, as what a crash leaves of the real one is removed at the start. The disk is asked whether there
 *     is room, and nothing else.
 * Tests: simulated-disk-storage.spec.ts, and profile `disk` of the simulator.
 */
import { RaftoralError } from '../errors/index.js';
import { MemorySpool } from '../storage/memory-spool.js';
const ACCESS_MS_MAX = 1;
export class SimulatedSpool {
    options;
    bytes = new MemorySpool();
    constructor(options) {
        this.options = options;
    }
    async append(bytes) {
        await this.delay();
        const { disk, name } = this.options;
        if (disk.full !== 'no') {
            disk.counts.fullWrites++;
            throw new RaftoralError('STORAGE_FULL', `${name}: could not keep a snapshot that is being received: the disk is full`);
        }
        await this.bytes.append(bytes);
    }
    async read(offset, length) {
        await this.delay();
        return this.bytes.read(offset, length);
    }
    discard() {
        return this.bytes.discard();
    }
    delay() {
        const { process, random } = this.options;
        return new Promise((resolve) => void process.setTimer(random.float() * ACCESS_MS_MAX, resolve));
    }
}
//# sourceMappingURL=simulated-disk-spool.js.map