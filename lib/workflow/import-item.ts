/**
 * What travels from the source of a slot move to its target, in parts (R41). Types only; bytes are made and read by state-machine/import-items.ts.
 */
import type { RunEvent } from './event.js';

/** Events of a run, without gap, at least one. */
export interface EventsItem {
  readonly type: 'events';
  readonly run: {
    readonly slot: number;
    readonly workflowId: string;
    readonly runId: string;
    readonly name: string;
    readonly version: number;
    readonly inputDigest: number;
    readonly originDigest: number;
    readonly startedMs: number;
  };
  readonly events: readonly RunEvent[];
}

/** The head of a run, as the frozen source has it, or of a closed run. */
export interface FinalItem {
  readonly type: 'final';
  readonly runId: string;
  /** Length of the history. */
  readonly events: number;
  /** As in a snapshot. */
  readonly head: Uint8Array;
}

/** A remembered answer. */
export interface AnswerItem {
  readonly type: 'answer';
  /** As in a snapshot. */
  readonly entry: Uint8Array;
}

export type ImportItem = EventsItem | FinalItem | AnswerItem;
