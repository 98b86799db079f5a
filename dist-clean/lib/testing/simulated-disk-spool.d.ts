import type { SnapshotSpool } from '../storage/storage.js';
import type { SeededRandom } from './seeded-random.js';
import type { SimulatedDisk } from './simulated-disk.js';
import type { VirtualNode } from './virtual-time.js';
export interface SimulatedSpoolOptions {
    readonly disk: SimulatedDisk;
    readonly process: VirtualNode;
    readonly random: SeededRandom;
    readonly name: string;
}
export declare class SimulatedSpool implements SnapshotSpool {
    private readonly options;
    private readonly bytes;
    constructor(options: SimulatedSpoolOptions);
    append(bytes: Uint8Array): Promise<void>;
    read(offset: number, length: number): Promise<Uint8Array>;
    discard(): Promise<void>;
    private delay;
}
