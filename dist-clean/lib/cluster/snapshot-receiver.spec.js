import { describe, expect, it } from '@jest/globals';
import { RaftoralError } from '../errors/index.js';
import { Snapshot } from '../raft/index.js';
import { MemorySpool } from '../storage/memory-spool.js';
import { EnvelopeKind, SnapshotPartStatus } from '../transport/transport.js';
import { DEFAULT_TUNING } from './host-options.js';
import { SILENT_LOGGER } from './logger.js';
import { checksumOf } from './snapshot-codec.js';
import { SnapshotReceiver } from './snapshot-receiver.js';
import { SnapshotStream } from './snapshot-stream.js';
const confState = { voters: [1, 2, 3], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
const data = new Uint8Array(300).fill(7);
async function streamOf(index) {
    const content = { snapshot: new Snapshot(index, 4, confState, data), image: null };
    return (await new SnapshotStream(content, 1_000_000).next()).bytes;
}
/** Two parts of the stream of a snapshot. */
async function partsOf(index, leaderTerm) {
    const stream = await streamOf(index);
    const part = (from, to) => ({
        kind: EnvelopeKind.SNAPSHOT_PART,
        groupId: 1,
        term: leaderTerm,
        snapshotIndex: index,
        snapshotTerm: 4,
        streamId: index * 10,
        offset: from,
        aboutBytes: stream.length,
        isLast: to === stream.length,
        checksum: checksumOf(stream.subarray(from, to)),
        part: stream.subarray(from, to),
    });
    return [part(0, 150), part(150, stream.length)];
}
function receiver(more = {}) {
    const answers = [];
    const alarms = [];
    const at = { nowMs: 0, commitIndex: 0, isInstalling: false, kept: 0 };
    const names = Object.keys(SnapshotPartStatus);
    const spool = () => {
        const inner = more.spool?.() ?? new MemorySpool();
        at.kept++;
        let isKept = true;
        return {
            append: (bytes) => inner.append(bytes),
            read: (offset, length) => inner.read(offset, length),
            discard: async () => {
                if (isKept)
                    at.kept--;
                isKept = false;
                await inner.discard();
            },
        };
    };
    const host = {
        logger: SILENT_LOGGER,
        tuning: { ...DEFAULT_TUNING, ...(more.snapshotBytesMax === undefined ? {} : { snapshotBytesMax: more.snapshotBytesMax }) },
        storage: { spool },
        clock: { monotonic: () => at.nowMs },
        raiseAlarm: (text) => void alarms.push(text),
        send: (to, envelope) => {
            if (envelope.kind !== EnvelopeKind.SNAPSHOT_PART_ANSWER)
                throw new Error('it answers, and nothing else');
            answers.push(`${to} ${names[envelope.status]} ${envelope.nextOffset}`);
        },
    };
    const it = new SnapshotReceiver({
        groupId: 1,
        nodeId: 2,
        host,
        prepare: async (received) => {
            const { index, term } = received.header.position;
            const whole = await received.whole();
            await received.discard();
            return new Snapshot(index, term, received.header.position.confState, whole);
        },
        isInstalling: () => at.isInstalling,
        commitIndex: () => at.commitIndex,
        wantTurn: () => undefined,
    });
    const give = async (from, part) => {
        it.onPart(from, part);
        await idle();
        return it.takeMessage();
    };
    return { receiver: it, answers, alarms, at, give };
}
async function idle() {
    for (let i = 0; i < 50; i++)
        await Promise.resolve();
}
const END = 414;
describe('SnapshotReceiver', () => {
    it('the core sees it once, when all of it is there, as of the term in which it came', async () => {
        const { give, answers, at } = receiver();
        const [first, second] = await partsOf(245, 6);
        expect(await give(1, first)).toBeNull();
        const message = await give(1, second);
        expect([message?.term, message?.from, message?.to]).toEqual([6, 1, 2]);
        expect(message?.snapshot).toEqual(new Snapshot(245, 4, confState, data));
        expect(answers).toEqual(['1 MORE 150', `1 DONE ${END}`]);
        expect(at.kept).toBe(0);
    });
    it('a half-received snapshot of a leader that died never keeps out the older one of the next leader', async () => {
        const { give, answers, at } = receiver();
        await give(5, (await partsOf(245, 4))[0]);
        const [first, second] = await partsOf(243, 5);
        expect(await give(1, first)).toBeNull();
        expect(at.kept).toBe(1);
        expect((await give(1, second))?.snapshot?.index).toBe(243);
        expect(answers).toEqual(['5 MORE 150', '1 MORE 150', `1 DONE ${END}`]);
    });
    it('an older snapshot of the same leader, that the network held back, does not replace the newer one', async () => {
        const { give, answers } = receiver();
        const [first, second] = await partsOf(245, 4);
        await give(1, first);
        await give(1, (await partsOf(243, 4))[0]);
        expect((await give(1, second))?.snapshot?.index).toBe(245);
        expect(answers).toEqual(['1 MORE 150', '1 REFUSED 0', `1 DONE ${END}`]);
    });
    it('a later leader that sends the same stream goes on where the first one stopped', async () => {
        const { give, answers } = receiver();
        await give(5, (await partsOf(245, 4))[0]);
        const [first, second] = await partsOf(245, 5);
        await give(1, first);
        const message = await give(1, second);
        expect([message?.snapshot?.index, message?.term]).toEqual([245, 5]);
        expect(answers).toEqual(['5 MORE 150', '1 MORE 150', `1 DONE ${END}`]);
    });
    it('what is left of a refused snapshot is not taken for another one, and the next is received whole [hashicorp/raft#212]', async () => {
        const { give, answers, at } = receiver({ snapshotBytesMax: 500 });
        await give(1, (await partsOf(243, 4))[0]);
        // One that nobody could hold: refused where it is too large, while the rest of it is on its way already.
        const [large, rest] = await partsOf(244, 5);
        const bytes = new Uint8Array(600);
        await give(5, { ...large, part: bytes, checksum: checksumOf(bytes) });
        await give(5, rest);
        expect(answers).toEqual(['1 MORE 150', '5 REFUSED 0', '5 RESTART 0']);
        // One that was damaged before it was sent: refused when it is read back. Neither left anything in front of the one that follows.
        const [first, second] = await partsOf(245, 5);
        const damaged = new Uint8Array(second.part.length);
        await give(5, first);
        expect(await give(5, { ...second, part: damaged, checksum: checksumOf(damaged) })).toBeNull();
        expect(at.kept).toBe(0);
        await give(5, first);
        expect((await give(5, second))?.snapshot?.data).toEqual(data);
        expect(answers.slice(3)).toEqual(['5 MORE 150', '5 REFUSED 0', '5 MORE 150', `5 DONE ${END}`]);
    });
    it('a part that was damaged on its way is asked for again; one that came twice is not taken twice', async () => {
        const { give, answers } = receiver();
        const [first, second] = await partsOf(245, 4);
        await give(1, { ...first, part: first.part.map((byte, i) => (i === 9 ? byte ^ 1 : byte)) });
        await give(1, first);
        await give(1, first);
        await give(1, { ...second, offset: second.offset + 1 });
        expect((await give(1, second))?.snapshot?.data).toEqual(data);
        expect(answers).toEqual(['1 GAP 0', '1 MORE 150', '1 MORE 150', '1 GAP 150', `1 DONE ${END}`]);
    });
    it('a node that was restarted says that it holds nothing; one that has it already says that it is done', async () => {
        const { give, answers, at } = receiver();
        const [first, second] = await partsOf(245, 4);
        await give(1, second);
        at.isInstalling = true;
        await give(1, first);
        at.commitIndex = 245;
        await give(1, second);
        expect(answers).toEqual(['1 RESTART 0', '1 LATER 0', '1 DONE 0']);
    });
    it('a spool that is full puts off the sender, is told once, and leaves nothing; then it is received', async () => {
        let isFull = true;
        class Full extends MemorySpool {
            async append(bytes) {
                if (isFull)
                    throw new RaftoralError('STORAGE_FULL', 'snapshot.part: the disk is full');
                return super.append(bytes);
            }
        }
        const { give, answers, alarms, at } = receiver({ spool: () => new Full() });
        const [first, second] = await partsOf(245, 4);
        await give(1, first);
        await give(1, first);
        at.nowMs += DEFAULT_TUNING.snapshotPutOffMs;
        await give(1, first);
        expect(answers).toEqual(['1 LATER 0', '1 LATER 0', '1 LATER 0']);
        expect(alarms).toEqual([expect.stringContaining('the disk is full')]);
        expect(at.kept).toBe(0);
        isFull = false;
        at.nowMs += DEFAULT_TUNING.snapshotPutOffMs;
        await give(1, first);
        expect((await give(1, second))?.snapshot?.index).toBe(245);
    });
    it('what the log has gone beyond is dropped, and so is everything at the end', async () => {
        const { receiver: follower, give, at } = receiver();
        await give(1, (await partsOf(245, 4))[0]);
        expect(follower.progress).toEqual([{ direction: 'from', peer: 1, index: 245, bytes: 150, aboutBytes: END }]);
        follower.applied(244);
        expect(at.kept).toBe(1);
        follower.applied(245);
        expect([at.kept, follower.progress]).toEqual([0, []]);
        await give(1, (await partsOf(246, 4))[0]);
        follower.abort();
        expect(at.kept).toBe(0);
    });
});
//# sourceMappingURL=snapshot-receiver.spec.js.map