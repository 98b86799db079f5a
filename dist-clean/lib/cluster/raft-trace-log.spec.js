import { describe, expect, it } from '@jest/globals';
import { TraceEvent } from '../raft/index.js';
import { RaftTraceLog, describeTraceEvent } from './raft-trace-log.js';
describe('RaftTraceLog', () => {
    it('every event of the core has a sentence, and every number in it is given', () => {
        for (const event of Object.values(TraceEvent)) {
            const text = describeTraceEvent(event, [10, 11, 12, 13, 14, 15, 16, 17, 18]);
            expect(text.length).toBeGreaterThan(10);
            expect(text).not.toMatch(/[{}?]/);
        }
    });
    it('says who and in which group, and keeps quiet about details unless asked', () => {
        const lines = [];
        const log = (isDebug) => new RaftTraceLog(7, { isDebug, log: (level, text) => lines.push([level, text]) });
        log(false).trace(TraceEvent.BecameLeader, 3, null, 9);
        log(false).trace(TraceEvent.TimeoutNowSentAtOnce, 3, null, 1);
        log(true).trace(TraceEvent.TimeoutNowSentAtOnce, 3, null, 1);
        expect(lines).toEqual([
            ['info', 'group 7: node 3 became leader in term 9'],
            ['debug', 'group 7: node 3 tells node 1, whose log is complete, to campaign now'],
        ]);
    });
});
//# sourceMappingURL=raft-trace-log.spec.js.map