/**
 * How many connections a port can hold: the process has a limit of open files, and where it is reached the system turns everybody away, peers and clients
 * too, before a door (door.ts) can let the oldest stranger give way.
 *
 * F1. A port takes half of what the process may open, and what was configured at most; the rest is for files, peers that are dialled, and the application.
 * F2. Where the limit can not be read (not Linux), what was configured counts.
 * Source: proc(5), /proc/pid/limits. Tests: open-files.spec.ts.
 */
import { readFileSync } from 'node:fs';

const LIMITS = '/proc/self/limits';
const OPEN_FILES = /^Max open files +(\d+)/m;

export function connectionsWithin(connectionsMax: number, limits: string = readLimits()): number {
  const openFilesMax = Number(OPEN_FILES.exec(limits)?.[1] ?? Infinity);
  return Math.max(1, Math.min(connectionsMax, Math.floor(openFilesMax / 2)));
}

function readLimits(): string {
  try {
    return readFileSync(LIMITS, 'utf8');
  } catch {
    return '';
  }
}
