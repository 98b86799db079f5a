import type { Operation } from './operation.js';
export type SignalHandler = (payload: unknown) => unknown;
export declare class SignalMailbox {
    private readonly boxes;
    private box;
    /** What the arrival of a signal sets going: a handler, an operation, or nothing now. */
    receive(name: string, payload: Uint8Array): SignalHandler | Operation | null;
    /** The oldest signal that was kept, or undefined. */
    take(name: string): {
        readonly payload: unknown;
    } | undefined;
    wait(name: string, operation: Operation): void;
    unwait(name: string, operation: Operation): void;
    handle(name: string, handler: SignalHandler): void;
}
