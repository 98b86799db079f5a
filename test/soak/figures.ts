/**
 * What is sampled of a node that runs for hours, and by which bound it is judged. Owns the samples.
 *
 * F1. Memory and descriptors are judged on the one process that lives from the begin to the end; folders on all nodes, for they outlive processes.
 * F2. What comes before the warm-up is over is shown and not judged: retained runs, caches and the log reach their size by then.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { judgeGrowth, type Growth, type GrowthBound, type Sample } from './growth.js';

const MIB = 1024 * 1024;

/**
 * Generous, for V8 and SQLite take and give back memory in steps: of the heap after a collection what a few thousand more open and retained runs take; of what
 * the kernel counts more, for collections are late; of the folders what a checkpoint of two write-ahead logs and free pages come to. Descriptors: connections
 * that a fault left half open, until they are found dead.
 */
export const BOUNDS = {
  heap_mib: { absolute: 16, share: 0.25 },
  rss_mib: { absolute: 96, share: 0.4 },
  descriptors: { absolute: 24, share: 0 },
  disk_mib: { absolute: 48, share: 0.5 },
} as const satisfies Readonly<Record<string, GrowthBound>>;
export type FigureName = keyof typeof BOUNDS;

export interface Verdict extends Growth {
  readonly node: number;
  readonly figure: FigureName;
}

export class Figures {
  private readonly series = new Map<string, { readonly node: number; readonly figure: FigureName; readonly samples: Sample[] }>();

  note(node: number, figure: FigureName, ms: number, value: number): void {
    const key = `${node} ${figure}`;
    const known = this.series.get(key) ?? { node, figure, samples: [] };
    this.series.set(key, known);
    known.samples.push({ ms, value });
  }

  judge(warmUpMs: number): Verdict[] {
    return [...this.series.values()].map(({ node, figure, samples }) => ({
      node,
      figure,
      ...judgeGrowth(
        samples.filter(({ ms }) => ms >= warmUpMs),
        BOUNDS[figure],
      ),
    }));
  }
}

export function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

export function folderMib(folder: string): number {
  let bytes = 0;
  for (const name of readdirSync(folder)) {
    try {
      bytes += statSync(join(folder, name)).size;
    } catch {
      continue; // gone a moment ago
    }
  }
  return bytes / MIB;
}

export function toMib(bytes: number): number {
  return bytes / MIB;
}
