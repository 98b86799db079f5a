/**
 * Tests of etcd-io/raft covered: TestProgressIsPaused, TestProgressResume, TestProgressBecomeProbe, TestProgressBecomeReplicate,
 * TestProgressBecomeSnapshot, TestProgressUpdate, TestProgressMaybeDecr, TestProgressString.
 */
import { describe, expect, it } from '@jest/globals';
import { progressText } from '../../test/conformance/format.js';
import { seededRandom } from '../../test/support/raft-network.js';
import { Inflights } from './inflights.js';
import { Progress, ProgressState } from './progress.js';
function progress(match, next, messagesMax = 256) {
    return new Progress(2, match, next, false, true, new Inflights(messagesMax, Infinity));
}
function inState(state, match, next, pendingSnapshot = 0) {
    const made = progress(match, next);
    made.state = state;
    made.pendingSnapshot = pendingSnapshot;
    return made;
}
describe('progress of a peer (§3.5)', () => {
    // TestProgressIsPaused
    it('is paused in Snapshot always, in Probe and Replicate when told so', () => {
        for (const [state, paused, expected] of [
            [ProgressState.Probe, false, false],
            [ProgressState.Probe, true, true],
            [ProgressState.Replicate, false, false],
            [ProgressState.Replicate, true, true],
            [ProgressState.Snapshot, false, true],
            [ProgressState.Snapshot, true, true],
        ]) {
            const made = inState(state, 0, 1);
            made.appendPaused = paused;
            expect(made.isPaused()).toBe(expected);
        }
    });
    // TestProgressResume
    it('a rejection or an acknowledgement that is news resumes a probe', () => {
        const rejected = progress(0, 2);
        rejected.appendPaused = true;
        expect(rejected.maybeDecrease(1, 1)).toBe(true);
        expect(rejected.appendPaused).toBe(false);
        const acknowledged = progress(0, 2);
        acknowledged.appendPaused = true;
        expect(acknowledged.maybeUpdate(2)).toBe(true);
        expect(acknowledged.appendPaused).toBe(false);
    });
    // TestProgressBecomeProbe
    it('probes after the match, and after a delivered snapshot past it', () => {
        const replicating = inState(ProgressState.Replicate, 1, 5);
        replicating.becomeProbe();
        expect([replicating.state, replicating.match, replicating.next]).toEqual([ProgressState.Probe, 1, 2]);
        const delivered = inState(ProgressState.Snapshot, 1, 5, 10);
        delivered.becomeProbe();
        expect([delivered.state, delivered.match, delivered.next]).toEqual([ProgressState.Probe, 1, 11]);
        const failed = inState(ProgressState.Snapshot, 1, 5, 0);
        failed.becomeProbe();
        expect([failed.state, failed.match, failed.next]).toEqual([ProgressState.Probe, 1, 2]);
    });
    // TestProgressBecomeReplicate, TestProgressBecomeSnapshot
    it('replicates from after the match, and waits for a snapshot with next behind it', () => {
        const made = inState(ProgressState.Probe, 1, 5);
        made.becomeReplicate();
        expect([made.state, made.match, made.next]).toEqual([ProgressState.Replicate, 1, 2]);
        made.becomeSnapshot(10);
        expect([made.state, made.match, made.next, made.pendingSnapshot]).toEqual([ProgressState.Snapshot, 1, 11, 10]);
    });
    // TestProgressUpdate
    it('an acknowledgement never lowers match or next', () => {
        for (const [index, match, next, isNews] of [
            [2, 3, 5, false],
            [3, 3, 5, false],
            [4, 4, 5, true],
            [5, 5, 6, true],
        ]) {
            const made = progress(3, 5);
            expect(made.maybeUpdate(index)).toBe(isNews);
            expect([made.match, made.next]).toEqual([match, next]);
        }
    });
    // TestProgressMaybeDecr
    it('a rejection lowers next unless it is stale, and never to the match or below', () => {
        for (const [state, match, next, rejected, hint, isNews, expectedNext] of [
            [ProgressState.Replicate, 5, 10, 5, 5, false, 10],
            [ProgressState.Replicate, 5, 10, 4, 4, false, 10],
            [ProgressState.Replicate, 5, 10, 9, 9, true, 6],
            [ProgressState.Probe, 0, 0, 0, 0, false, 0],
            [ProgressState.Probe, 0, 10, 5, 5, false, 10],
            [ProgressState.Probe, 0, 10, 9, 9, true, 9],
            [ProgressState.Probe, 0, 2, 1, 1, true, 1],
            [ProgressState.Probe, 0, 1, 0, 0, true, 1],
            [ProgressState.Probe, 0, 10, 9, 2, true, 3],
            [ProgressState.Probe, 0, 10, 9, 0, true, 1],
            [ProgressState.Probe, 5, 10, 9, 2, true, 6],
        ]) {
            const made = inState(state, match, next);
            expect(made.maybeDecrease(rejected, hint)).toBe(isNews);
            expect([made.match, made.next]).toEqual([match, expectedNext]);
        }
    });
    // TestProgressString
    it('prints every part that is not the usual one', () => {
        const made = new Progress(2, 3, 4, true, false, new Inflights(1, Infinity));
        made.becomeSnapshot(123);
        made.inflights.add(123, 1);
        expect(progressText(made)).toBe('StateSnapshot match=3 next=124 learner paused pendingSnap=123 inactive inflight=1[full]');
    });
    it('sending while waiting for a snapshot is a broken invariant', () => {
        const made = progress(1, 2);
        made.becomeSnapshot(5);
        expect(() => made.sentEntries(1, 1)).toThrow(/snapshot/);
    });
    // etcd-io/raft#149: next below match; sentCommit
    it('match < next holds over any sequence of events (etcd-io/raft#149)', () => {
        const random = seededRandom(11);
        for (let run = 0; run < 40; run++) {
            const made = progress(0, 1 + random(10), 4);
            for (let i = 0; i < 80; i++) {
                const before = made.match;
                switch (random(7)) {
                    case 0:
                        made.maybeUpdate(made.match + random(3));
                        made.inflights.freeTo(made.match);
                        break;
                    case 1:
                        made.maybeDecrease(random(made.next + 2), random(made.next + 1));
                        break;
                    case 2:
                        made.becomeProbe();
                        break;
                    case 3:
                        made.becomeReplicate();
                        break;
                    case 4:
                        made.becomeSnapshot(made.match + random(6));
                        break;
                    case 5:
                        if (!made.isPaused() && !(made.state === ProgressState.Replicate && made.inflights.isFull()))
                            made.sentEntries(random(4), 1);
                        break;
                    default:
                        made.appendPaused = false;
                }
                expect(made.match).toBeLessThan(made.next);
                expect(made.match).toBeGreaterThanOrEqual(before);
                expect(made.inflights.count).toBeLessThanOrEqual(4);
            }
        }
    });
    it('the commit index is sent again only if it can move the peer', () => {
        const made = progress(5, 8);
        expect(made.canBumpCommit(6)).toBe(true);
        made.sentCommitTo(6);
        expect(made.canBumpCommit(6)).toBe(false);
        expect(made.canBumpCommit(7)).toBe(true);
        made.sentCommitTo(7);
        // 8 is not in the peer's log yet: telling it again changes nothing.
        expect(made.canBumpCommit(9)).toBe(false);
        made.becomeProbe();
        expect(made.sentCommit).toBe(5);
    });
});
//# sourceMappingURL=progress.spec.js.map