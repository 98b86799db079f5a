import type { ErrorRecord } from './event.js';
/** Thrown by a compute body: no further attempt is made, whatever the retry options say. */
export declare class NonRetryableError extends Error {
    readonly name: string;
}
/** The committed form of anything thrown. `withStack` only where one node alone ran the code. */
export declare function toErrorRecord(thrown: unknown, withStack: boolean, depth?: number): ErrorRecord;
/** A fresh error of a record: a RaftoralError where it was one, the built-in class where there is one, else an Error of that name. */
export declare function fromErrorRecord(record: ErrorRecord): Error;
export declare function sameError(a: ErrorRecord | null, b: ErrorRecord | null): boolean;
/** One line, for messages. */
export declare function describeError(record: ErrorRecord): string;
