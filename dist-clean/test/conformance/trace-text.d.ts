/**
 * English of the core's trace events, with their levels (conformance README §7). The core itself has numbers only.
 */
import { TraceEvent, type TraceSubject } from '../../lib/raft/index.js';
export declare const Level: {
    readonly DEBUG: 0;
    readonly INFO: 1;
    readonly WARN: 2;
    readonly ERROR: 3;
    readonly FATAL: 4;
    readonly NONE: 5;
};
export type Level = (typeof Level)[keyof typeof Level];
type Numbers = readonly number[];
export interface TraceLine {
    readonly level: Level;
    readonly text: string;
}
export declare function traceLine(event: TraceEvent, nodeId: number, subject: TraceSubject, numbers: Numbers): TraceLine;
export declare function levelName(level: Level): string;
export declare function levelOf(text: string): Level | undefined;
export {};
