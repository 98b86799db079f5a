/**
 * Random faults on a fleet, one at a time, each healed before the next: what a year brings, in minutes.
 *
 * A1. The elder is never killed and never restarted: what it keeps for good is seen on it. It is paused, cut off and slowed down like the others.
 * A2. Power is cut under a node that stands still: with its help nothing is acknowledged behind the instant whose disk is found.
 */
import { readFileSync } from 'node:fs';
import type { SeededRandom } from '../../lib/testing/index.js';
import { sleep } from '../fault/fault-case.js';
import type { Fleet } from '../fault/fleet.js';
import type { PowerSupply } from '../fault/power.js';
import type { Report } from '../fault/report.js';
import { ALL_FILES } from '../fault/shim.js';
import type { TcpLinks } from './tcp-links.js';

export const ELDER = 0;
const SLOW_SYNC_MAX_US = 60_000;
const KINDS = ['kill', 'power cut', 'restart', 'pause', 'cut off', 'one way', 'slow disk', 'nothing'] as const;
export type FaultKind = (typeof KINDS)[number];

export interface FaultsOptions {
  readonly fleet: Fleet;
  readonly links: TcpLinks;
  readonly random: SeededRandom;
  readonly report: Report;
  /** By seat, of all but the elder; none: no power is cut. */
  readonly supplies: ReadonlyMap<number, PowerSupply>;
}

export class Faults {
  readonly counts: Record<FaultKind, number>;
  private readonly kinds: readonly FaultKind[];

  constructor(private readonly options: FaultsOptions) {
    this.kinds = KINDS.filter((kind) => kind !== 'power cut' || options.supplies.size > 0);
    this.counts = Object.fromEntries(this.kinds.map((kind) => [kind, 0])) as Record<FaultKind, number>;
  }

  /** One fault, from its begin until all follow one leader again. Throws when they do not get there. */
  async next(): Promise<FaultKind> {
    const { fleet, random } = this.options;
    const kind = random.pick(this.kinds);
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
      case 'power cut':
        report.cuts++;
        await this.cutPower(younger);
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

  /** A2. */
  private async cutPower(index: number): Promise<void> {
    const { fleet, supplies } = this.options;
    const supply = supplies.get(index)!;
    const { pid } = fleet.victim(index);
    fleet.pause(index);
    while (!standsStill(pid)) await sleep(1);
    const cut = supply.cut();
    await fleet.kill(index);
    cut.switchOver();
  }
}

/** Behind the name, which stands in brackets: the state, T once the signal has stopped it. */
function standsStill(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
}
