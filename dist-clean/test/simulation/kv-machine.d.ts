import { type StateMachine } from '../../lib/state-machine/index.js';
export interface Put {
    readonly client: number;
    /** Grows by one with every put of the client; a retry keeps it. */
    readonly sequence: number;
    readonly key: string;
    readonly value: string;
}
export interface Register {
    readonly value: string;
    /** Index of the entry that wrote it. */
    readonly version: number;
}
export interface PutResult {
    readonly version: number;
    /** The put was applied before. */
    readonly repeated: boolean;
}
export declare function encodePut(put: Put): Uint8Array;
export declare class KvMachine implements StateMachine<PutResult> {
    readonly registers: Map<string, Register>;
    private readonly sessions;
    apply(index: number, _term: number, frame: Uint8Array): PutResult;
    applyMembership(): void;
    snapshot(): Uint8Array;
    restore(_index: number, bytes: Uint8Array): void;
}
