/**
 * Random faults on a fleet, one at a time, each healed before the next: what a year brings, in minutes.
 *
 * A1. The elder is never killed and never restarted: what it keeps for good is seen on it. It is paused, cut off and slowed down like the others.
 */
import type { SeededRandom } from '../../lib/testing/index.js';
import { sleep } from '../fault/fault-case.js';
import type { Fleet } from '../fault/fleet.js';
import type { Report } from '../fault/report.js';
import { ALL_FILES } from '../fault/shim.js';
import type { TcpLinks } from './tcp-links.js';

export const ELDER = 0;
const SLOW_SYNC_MAX_US = 60_000;
const KINDS = ['kill', 'restart', 'pause', 'cut off', 'one way', 'slow disk', 'nothing'] as const;
export type FaultKind = (typeof KINDS)[number];

export interface FaultsOptions {
  readonly fleet: Fleet;
  readonly links: TcpLinks;
  readonly random: SeededRandom;
  readonly report: Report;
}

export class Faults {
  readonly counts: Record<FaultKind, number> = { kill: 0, restart: 0, pause: 0, 'cut off': 0, 'one way': 0, 'slow disk': 0, nothing: 0 };

  constructor(private readonly options: FaultsOptions) {}

  /** One fault, from its begin until all follow one leader again. Throws when they do not get there. */
  async next(): Promise<FaultKind> {
    const { fleet, random } = this.options;
    const kind = random.pick(KINDS);
    this.counts[kind]++;
    await this.strike(kind);
    await fleet.follow();
    return kind;
  }

  private async strike(kind: FaultKind): Promise<void> {
    const { fleet, links, random, report } = this.options;
    const any = random.int(fleet.size);
    const younger = 1 + random.int(fleet.size - 1);
    const others = Array.from({ length: fleet.size }, (_, index) => index).filter((index) => index !== any);
    switch (kind) {
      case 'kill':
        report.kills++;
        await fleet.kill(younger);
        await sleep(random.int(2_000));
        return fleet.bootAll();
      case 'restart':
        await fleet.victim(younger).stop();
        return fleet.bootAll();
      case 'pause':
        fleet.pause(any);
        await sleep(random.pick([200, 1_000, 3_000]) + random.int(500));
        return fleet.resume(any);
      case 'cut off':
        for (const other of others) {
          links.cut(any, other);
          links.cut(other, any);
        }
        await sleep(1_000 + random.int(4_000));
        return links.heal();
      case 'one way':
        links.cut(any, random.pick(others));
        await sleep(1_000 + random.int(4_000));
        return links.heal();
      case 'slow disk': {
        const { control } = fleet.victim(any);
        control.arm(0, { action: 'wait', files: ALL_FILES, operations: ['sync'], parameter: SLOW_SYNC_MAX_US });
        await sleep(2_000 + random.int(4_000));
        return control.disarm(0);
      }
      case 'nothing':
        return sleep(random.int(5_000));
    }
  }
}
