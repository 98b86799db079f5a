/**
 * Port within the adapter: what the sqlite storage asks of the file that holds the states (state.db). The log side calls it.
 *
 * F1. open() is called once, after the lock on log.db is held: nobody else has the file. It leaves a file that it refuses as it was (L9), and ends
 *     with a checkpoint that truncates the WAL: what was read from the page cache is no proof that it is on disk.
 * F2. flush(), replace() and confirmInstalled() are carried out one after the other, in the order of the calls.
 * F3. The first of them that fails is told to `failure`; from then on every call rejects with failure.error and nothing is written. A failed read is
 *     the caller's matter alone.
 * F4. The log side moves log(groupId).snapshot() itself, when flush() or replace() has resolved.
 * Types only.
 */
import type { StatePosition } from '../../state-machine/rows.js';
import type { StateStore } from '../storage.js';
import type { StoreFailure } from './store-failure.js';

export interface StateFileOptions {
  /** Full path of state.db. Its folder exists, and is synced by the caller once open() has resolved. */
  readonly file: string;
  /** Shared with the log: whoever fails first fails both. */
  readonly failure: StoreFailure;
}

/** Whose file it is. */
export interface FileOwner {
  readonly deployment: string;
  readonly nodeId: number;
}

export interface OpenedGroup {
  readonly position: StatePosition;
  /** Set by replace(), cleared by the next flush() or by confirmInstalled(): the log may not have been reset to the position yet (L5, R36). */
  readonly installing: boolean;
}

/** As much as can be read of a file that may be damaged. */
export interface StateGlance {
  /** null: unreadable. */
  readonly owner: FileOwner | null;
  /** By group id; a group whose row is damaged is left out. null: not one can be read. */
  readonly positions: ReadonlyMap<number, StatePosition> | null;
  /** Those whose row is damaged. */
  readonly damagedGroups: readonly number[];
}

export interface StateFile extends StateStore {
  /** Creates the file, or checks format and owner, brings the schema up to date, and verifies every group's row. By group id. */
  open(owner: FileOwner): Promise<ReadonlyMap<number, OpenedGroup>>;
  /** The log is durably reset to the position of the last replace(): clears `installing`, if it is set. */
  confirmInstalled(groupId: number): Promise<void>;
  /** Deletes every row of the group, a bounded number at a time. What it leaves when it fails, or the process ends, the next call deletes. */
  destroy(groupId: number): Promise<void>;
  /** Before open(), instead of it: looks, changes nothing and closes again. null: there is no file. Never rejects for what the file is like. */
  glance(): Promise<StateGlance | null>;
  /** Resolves when nothing is in flight and nothing is held. Also after a failure, and after an open() that rejected. */
  close(): Promise<void>;
}
