import type { ClosedIndexRow, HistoryRow, RequestRow, RunRow, ImageSlice, StateCut, StateImage, StatePosition } from '../state-machine/index.js';
import type { StateStore } from '../storage/storage.js';
export interface ModelContent {
    readonly position: StatePosition;
    readonly group: Uint8Array;
    readonly requests: readonly RequestRow[];
    readonly closed: readonly ClosedIndexRow[];
    /** Open and closed, ascending. */
    readonly runs: readonly RunRow[];
    /** Of each run, its events as one. */
    readonly events: ReadonlyArray<readonly number[]>;
}
export declare function positionAt(index: number, term?: number): StatePosition;
export declare function runRow(order: number, changes?: Partial<RunRow>): RunRow;
export interface CutParts {
    readonly runs?: readonly RunRow[];
    readonly history?: readonly HistoryRow[];
    readonly group?: Uint8Array;
    readonly requests?: readonly RequestRow[];
    readonly closed?: readonly ClosedIndexRow[];
    readonly requestsExpiredMs?: number;
    readonly sweptMs?: number;
    /** Called whenever the store asks for something. */
    readonly step?: () => void;
}
export declare function cutOf(index: number, parts: CutParts): StateCut;
export declare class ModelState {
    group: Uint8Array;
    position: StatePosition;
    requestsExpiredMs: number;
    sweptMs: number;
    private readonly runs;
    private readonly history;
    private readonly requests;
    private readonly closed;
    private fresh;
    /** A new or changed run, with `newEvents` events more. Its name, ids and start stay those of the first time. */
    run(row: RunRow, newEvents: number): void;
    historyOf(order: number): readonly HistoryRow[];
    request(row: RequestRow): void;
    closedIndex(row: ClosedIndexRow): void;
    /** What changed since the last one. */
    cut(index: number, step?: () => void): StateCut;
    flush(store: StateStore, groupId: number, position: StatePosition, step?: () => void): Promise<void>;
    content(): ModelContent;
}
/** The whole of a model as an image, in slices of two runs. */
export declare function imageOf(model: ModelState, position: StatePosition): StateImage;
export declare function slicesOf(image: StateImage): Promise<ImageSlice[]>;
/** Everything that a store has of a group, read in both ways. */
export declare function contentOf(store: StateStore, groupId: number): Promise<ModelContent | null>;
