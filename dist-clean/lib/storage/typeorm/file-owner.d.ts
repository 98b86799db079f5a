/**
 * Whose a file is, and whether a node may put its files aside and rejoin empty. Pure.
 *
 * O1. A file of another node or of another deployment is never used (R42).
 * O2. Files are put aside only under a new node id, only of the same deployment, and never the only copy: what can not be read counts as that.
 * Tests: file-owner.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';
import type { KnownVoters } from './log-database.js';
import type { FileOwner, StateGlance } from './state-port.js';
/** Throws STORAGE_FOREIGN. */
export declare function checkOwner(file: string, found: FileOwner, expected: FileOwner): void;
/** Whether rejoining empty is a remedy at all. A file of another version is not: the version that wrote it can read it. */
export declare function isRejoinable(error: unknown): error is RaftoralError;
export interface RejoinQuestion {
    readonly folder: string;
    readonly identity: FileOwner;
    /** What could be read of either file; null: nothing. */
    readonly log: {
        readonly owner: FileOwner;
        readonly voters: KnownVoters;
    } | null;
    readonly state: StateGlance | null;
    /** Why the files can not be used. */
    readonly cause: RaftoralError;
}
/** O2. Throws REJOIN_REFUSED. */
export declare function checkRejoin(question: RejoinQuestion): void;
/** Voters of a configuration, joint ones included, ascending. */
export declare function distinctVoters({ voters, votersOutgoing, }: {
    readonly voters: readonly number[];
    readonly votersOutgoing: readonly number[];
}): number[];
