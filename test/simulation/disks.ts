/**
 * The disks of all nodes of a world: each outlives the processes that run on it, until its node is replaced.
 *
 * D1. A storage error has an excuse, or is a violation: a failed sync, a full disk, a flipped bit, on this very disk and of this very kind.
 */
import type { RaftoralErrorCode } from '../../lib/errors/index.js';
import type { SeededRandom } from '../../lib/testing/seeded-random.js';
import { CALM_DISK, SimulatedDisk, type DiskFaultCounts } from '../../lib/testing/simulated-disk.js';
import type { TraceHash } from '../../lib/testing/trace-hash.js';
import type { VirtualTime } from '../../lib/testing/virtual-time.js';
import type { SeedPlan } from './profile.js';

export class NodeDisks {
  /** Nodes on whose disk a bit was flipped, until they are replaced: fewer than half at any time (P1 speaks of no more). */
  readonly damaged = new Set<number>();
  private readonly disks = new Map<number, SimulatedDisk>();

  constructor(
    private readonly plan: SeedPlan,
    private readonly time: VirtualTime,
    private readonly random: SeededRandom,
    private readonly trace: TraceHash,
  ) {}

  of(nodeId: number): SimulatedDisk {
    let disk = this.disks.get(nodeId);
    if (disk === undefined) {
      const { time, trace, plan } = this;
      disk = new SimulatedDisk({ time, trace, random: this.random.fork(`${nodeId}`), profile: plan.disk?.profile ?? CALM_DISK });
      this.disks.set(nodeId, disk);
    }
    return disk;
  }

  /** D1. */
  excuses(nodeId: number, code: RaftoralErrorCode): boolean {
    const { counts } = this.of(nodeId);
    switch (code) {
      case 'STORAGE_FAILED':
        return counts.failedSyncs > 0;
      case 'STORAGE_FULL':
        return counts.fullWrites > 0;
      case 'STORAGE_DAMAGED':
        return this.damaged.has(nodeId);
      default:
        return false;
    }
  }

  heal(): void {
    for (const disk of this.disks.values()) disk.heal(CALM_DISK);
  }

  get counts(): DiskFaultCounts {
    const total: DiskFaultCounts = {
      syncs: 0,
      slowSyncs: 0,
      failedSyncs: 0,
      fullWrites: 0,
      powerCuts: 0,
      lossyCuts: 0,
      tornCuts: 0,
      flippedBits: 0,
    };
    for (const { counts } of this.disks.values()) {
      for (const name of Object.keys(total) as Array<keyof DiskFaultCounts>) total[name] += counts[name];
    }
    return total;
  }
}
