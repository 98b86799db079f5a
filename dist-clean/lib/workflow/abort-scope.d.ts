/**
 * An AbortSignal that costs nothing until somebody asks for it. Owns: the reason why work was given up.
 */
export type AbortCause = 'cancelled' | 'fenced' | 'timeout' | 'abandoned' | 'stopped' | 'removed' | 'shutdown';
/** `signal.reason` of every signal that the engine fires. */
export declare class WorkAborted extends Error {
    readonly reason: AbortCause;
    readonly name: string;
    constructor(reason: AbortCause, message: string);
}
export declare class AbortScope {
    private controller;
    private fired;
    get signal(): AbortSignal;
    get aborted(): boolean;
    abort(cause: AbortCause, message: string): void;
}
