import { RaftoralError } from '../errors/index.js';
import { type ClosedIndexRow, type HistoryRow, type RequestRow, type RunRow, type StatePosition } from '../state-machine/index.js';
export declare const STREAM_VERSION = 2;
export declare const RECORD_HEAD_BYTES = 5;
/** No row is larger: its parts have limits of their own, far below. */
export declare const RECORD_BYTES_MAX: number;
export declare const RecordKind: {
    readonly HEADER: 1;
    readonly PIECE: 2;
    readonly RUN: 3;
    readonly HISTORY: 4;
    readonly REQUESTS: 5;
    readonly CLOSED: 6;
    readonly END: 7;
};
export declare const StreamForm: {
    readonly WHOLE: 1;
    readonly ROWS: 2;
};
export type StreamForm = (typeof StreamForm)[keyof typeof StreamForm];
export interface StreamHeader {
    readonly form: StreamForm;
    readonly position: StatePosition;
    readonly runCount: number;
}
export declare function checksumOf(bytes: Uint8Array, before?: number): number;
/** Records as bytes, gathered. */
export declare class RecordWriter {
    /** In order; the caller takes them out. */
    readonly parts: Uint8Array[];
    /** Of all that was ever written. */
    checksum: number;
    private readonly writer;
    version(): void;
    header({ form, position, runCount }: StreamHeader): void;
    /** Not copied. */
    piece(bytes: Uint8Array): void;
    run(run: RunRow): void;
    history(row: HistoryRow): void;
    requests(row: RequestRow): void;
    closed(row: ClosedIndexRow): void;
    end(): void;
    private record;
    private push;
}
export declare function readHeader(body: Uint8Array): StreamHeader;
export declare function readRunRow(body: Uint8Array): RunRow;
export declare function readHistoryRow(body: Uint8Array): HistoryRow;
export declare function readRequestRow(body: Uint8Array): RequestRow;
export declare function readClosedIndexRow(body: Uint8Array): ClosedIndexRow;
export declare function readEnd(body: Uint8Array): number;
export declare function malformed(what: string): RaftoralError;
