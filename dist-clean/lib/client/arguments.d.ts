import type { CallOptions, ListFilter, QueryOptions, StartOptions, WriteOptions } from '../workflow/service.js';
export declare function checkCall(call: string, options: CallOptions & {
    readonly requestId?: unknown;
}): void;
export declare function checkTimeout(call: string, argument: string, value: unknown, requestId?: string): void;
export declare function checkWrite(call: string, options: WriteOptions): void;
export declare function checkStart(call: string, options: StartOptions): void;
/** A text that an untyped caller may have taken from a request body. */
export declare function checkText(call: string, argument: string, value: unknown, requestId?: string): void;
export declare function checkQuery(call: string, options: QueryOptions): void;
export declare function checkList(filter: ListFilter, call?: string): void;
