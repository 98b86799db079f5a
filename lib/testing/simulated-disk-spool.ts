/**
 * The stream of a snapshot while it is received by a simulated node: it takes time, it finds the disk full, and it ends with the process.
 *
 * P1. What it holds is in the memory of the process, as what a crash leaves of the real one is removed at the start. The disk is asked whether there
 *     is room, and nothing else.
 * Tests: simulated-disk-storage.spec.ts, and profile `disk` of the simulator.
 */
import { RaftoralError } from '../errors/index.js';
import { MemorySpool } from '../storage/memory-spool.js';
import type { SnapshotSpool } from '../storage/storage.js';
import type { SeededRandom } from './seeded-random.js';
import type { SimulatedDisk } from './simulated-disk.js';
import type { VirtualNode } from './virtual-time.js';

const ACCESS_MS_MAX = 1;

export interface SimulatedSpoolOptions {
  readonly disk: SimulatedDisk;
  readonly process: VirtualNode;
  readonly random: SeededRandom;
  readonly name: string;
}

export class SimulatedSpool implements SnapshotSpool {
  private readonly bytes = new MemorySpool();

  constructor(private readonly options: SimulatedSpoolOptions) {}

  async append(bytes: Uint8Array): Promise<void> {
    await this.delay();
    const { disk, name } = this.options;
    if (disk.full !== 'no') {
      disk.counts.fullWrites++;
      throw new RaftoralError('STORAGE_FULL', `${name}: could not keep a snapshot that is being received: the disk is full`);
    }
    await this.bytes.append(bytes);
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    await this.delay();
    return this.bytes.read(offset, length);
  }

  discard(): Promise<void> {
    return this.bytes.discard();
  }

  private delay(): Promise<void> {
    const { process, random } = this.options;
    return new Promise((resolve) => void process.setTimer(random.float() * ACCESS_MS_MAX, resolve));
  }
}
