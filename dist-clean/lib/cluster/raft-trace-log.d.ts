/**
 * Words for the core's numeric trace events. Owns the sentences; the core owns none.
 *
 * Y1. Every event of TraceEvent has a sentence; {0}, {1}, … are its numbers in order.
 * Tests: raft-trace-log.spec.ts.
 */
import { TraceEvent, type TraceSink, type TraceSubject } from '../raft/index.js';
import type { Logger } from './logger.js';
/** One line of English for an event. */
export declare function describeTraceEvent(event: TraceEvent, numbers: readonly number[]): string;
export declare class RaftTraceLog implements TraceSink {
    private readonly groupId;
    private readonly logger;
    constructor(groupId: number, logger: Logger);
    trace(event: TraceEvent, nodeId: number, _subject: TraceSubject, ...numbers: number[]): void;
}
