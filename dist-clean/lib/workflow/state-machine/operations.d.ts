import type { Timer } from './timers.js';
/** An operation without an outcome that something has been committed for. */
export declare class OpenOperation {
    failedAttempts: number;
    /** The last attempt-started: a repetition of it is ignored. */
    startedEpoch: number;
    startedAttempt: number;
    retryTimer: Timer | null;
    sleepTimer: Timer | null;
}
export declare class KeyLedger {
    watermark: number;
    sparse: Set<number> | null;
    opened: Map<number, OpenOperation> | null;
    isSettled(occurrence: number): boolean;
    find(occurrence: number): OpenOperation | undefined;
    open(occurrence: number): OpenOperation;
    settle(occurrence: number): void;
}
export declare class OperationLedger {
    private keys;
    find(key: string): KeyLedger | undefined;
    of(key: string): KeyLedger;
    get keyCount(): number;
    /** In the order in which the keys were first used. */
    entries(): Iterable<[string, KeyLedger]>;
    /** A closed run takes no more commands. */
    clear(): void;
}
