import { type FaultCase } from './fault-case.js';
export declare const clockJumpCase: FaultCase;
/** Why clocks can not be moved here; null if they can. */
export declare function fakeTimeMissing(): string | null;
