/**
 * Runs by (startedMs, runId), and which of them a query means: what the disk does by columns, for runs in memory. Pure.
 *
 * Run ids are compared as UTF-8, which is by code point: UTF-16 puts surrogates before U+E000.
 */
import type { RunQuery } from '../../state-machine/index.js';

interface Listed {
  readonly runId: string;
  readonly name: string;
  readonly version: number;
  readonly status: string;
  readonly startedMs: number;
}

export function byStart(a: Pick<Listed, 'startedMs' | 'runId'>, b: Pick<Listed, 'startedMs' | 'runId'>): number {
  return a.startedMs !== b.startedMs ? a.startedMs - b.startedMs : compareUtf8(a.runId, b.runId);
}

export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return inUtf8(x) - inUtf8(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all other units. */
function inUtf8(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** All but sweptMs and limit. */
export function matches(run: Listed, query: Omit<RunQuery, 'sweptMs' | 'limit'>): boolean {
  const { name, version, statuses, startedAfterMs, startedBeforeMs, after } = query;
  if (name !== undefined && run.name !== name) return false;
  if (version !== undefined && run.version !== version) return false;
  if (statuses !== undefined && !statuses.includes(run.status)) return false;
  if (startedAfterMs !== undefined && run.startedMs <= startedAfterMs) return false;
  if (startedBeforeMs !== undefined && run.startedMs >= startedBeforeMs) return false;
  return after === undefined || byStart(run, after) > 0;
}
