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
export declare function byStart(a: Pick<Listed, 'startedMs' | 'runId'>, b: Pick<Listed, 'startedMs' | 'runId'>): number;
export declare function compareUtf8(a: string, b: string): number;
/** All but sweptMs and limit. */
export declare function matches(run: Listed, query: Omit<RunQuery, 'sweptMs' | 'limit'>): boolean;
export {};
