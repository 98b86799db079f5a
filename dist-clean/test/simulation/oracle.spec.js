import { describe, expect, it } from '@jest/globals';
import { EventKind } from '../../lib/workflow/event.js';
import { GroupOracle } from './group-oracle.js';
import { WorkflowOracle } from './workflow-oracle.js';
const bytes = (text) => Buffer.from(text);
class Tape {
    text = '';
    apply(_index, _term, frame) {
        this.text += Buffer.from(frame).toString();
    }
    applyMembership() {
        return;
    }
    snapshot() {
        return bytes(this.text);
    }
    restore(_index, snapshot) {
        this.text = Buffer.from(snapshot).toString();
    }
}
describe('GroupOracle', () => {
    function twoNodes() {
        const oracle = new GroupOracle();
        return { oracle, one: oracle.observe(1, new Tape()), two: oracle.observe(2, new Tape()) };
    }
    it('is content with nodes that apply the same, some later, some from a snapshot', () => {
        const { oracle, one, two } = twoNodes();
        for (const index of [2, 3, 5])
            one.apply(index, 1, bytes(`${index}`));
        two.apply(2, 1, bytes('2'));
        const three = oracle.observe(3, new Tape());
        three.restore(4, bytes('23'));
        three.apply(5, 1, bytes('5'));
        two.apply(3, 1, bytes('3'));
        two.apply(5, 1, bytes('5'));
        expect(() => oracle.check()).not.toThrow();
    });
    it.each([
        ['another entry', ({ two }) => two.apply(2, 1, bytes('x'))],
        ['another term', ({ two }) => two.apply(2, 2, bytes('2'))],
        ['a skipped entry', ({ two }) => two.apply(3, 1, bytes('3'))],
        ['an entry twice', ({ one }) => one.apply(3, 1, bytes('3'))],
        ['a step back by a snapshot', ({ one }) => one.restore(2, bytes('2'))],
    ])('notices %s', (_what, misbehave) => {
        const parts = twoNodes();
        parts.one.apply(2, 1, bytes('2'));
        parts.one.apply(3, 1, bytes('3'));
        misbehave(parts);
        expect(() => parts.oracle.check()).toThrow(/^log: /);
    });
    it('notices two leaders of one term', () => {
        const { oracle } = twoNodes();
        oracle.leads(3, 1);
        oracle.leads(3, 1);
        oracle.leads(4, 2);
        oracle.check();
        oracle.leads(3, 2);
        expect(() => oracle.check()).toThrow(/nodes 1 and 2 both led in term 3/);
    });
    it('notices what was applied once and is lost at the end, and states that differ', async () => {
        const { oracle, one, two } = twoNodes();
        one.apply(2, 1, bytes('2'));
        await oracle.compareFinal([{ id: 2, appliedIndex: 1, snapshot: () => two.snapshot() }]);
        expect(() => oracle.check()).toThrow(/^P1: node 2 ended at 1/);
        const other = twoNodes();
        await other.oracle.compareFinal([
            { id: 1, appliedIndex: 0, snapshot: () => bytes('a') },
            { id: 2, appliedIndex: 0, snapshot: () => bytes('b') },
        ]);
        expect(() => other.oracle.check()).toThrow(/^states equal: node 1 and node 2/);
    });
});
describe('WorkflowOracle', () => {
    const base = { timeMs: 1, epoch: 1, key: 'k', occurrence: 1, position: { wseq: 1, ordinal: 0 }, argumentsDigest: 1, error: null };
    function watched() {
        const group = new GroupOracle();
        const oracle = new WorkflowOracle(group);
        const run = (runId, workflowId) => ({ runId, workflowId, name: 'order' });
        const started = {
            kind: EventKind.STARTED,
            wseq: 1,
            timeMs: 1,
            input: bytes(''),
            owner: 1,
            epoch: 1,
            buildId: 'b',
            continuedFrom: '',
        };
        oracle.onEvent(1, run('r', 'w'), started);
        const checkpoint = (wseq, changes = {}) => ({
            ...base,
            kind: EventKind.CHECKPOINT,
            wseq,
            value: bytes('1'),
            ...changes,
        });
        const send = (event, node = 1, runId = 'r', workflowId = 'w') => oracle.onEvent(node, run(runId, workflowId), event);
        return { group, oracle, send, checkpoint, started };
    }
    it('is content with one history on all nodes', () => {
        const { group, oracle, send, checkpoint, started } = watched();
        send(checkpoint(2));
        send(started, 2);
        send(checkpoint(2), 2);
        oracle.onOwnerCommand(1, 'r', 1);
        group.check();
    });
    it.each([
        [
            'P2: an operation with two outcomes',
            /^P2: .*k#1 was committed twice/,
            ({ send, checkpoint }) => [2, 3].forEach((wseq) => send(checkpoint(wseq))),
        ],
        [
            'P2: an event that differs on another node',
            /^P2: event 2/,
            ({ send, checkpoint }) => [send(checkpoint(2)), send(checkpoint(2, { value: bytes('2') }), 2)],
        ],
        ['P4: a write of another epoch', /^P4: .*epoch 2 took effect in epoch 1/, ({ send, checkpoint }) => send(checkpoint(2, { epoch: 2 }))],
        ['P4: a proposal of who is not the owner', /^P4: node 2 proposed as owner/, ({ oracle }) => oracle.onOwnerCommand(2, 'r', 1)],
        ['P4: a body on a node that never owned the run', /^P4: a body/, ({ oracle }) => oracle.onBody(2, 'r')],
        ['P5: one workflow id with two open runs', /^P5: /, ({ send, started }) => send(started, 1, 'r2')],
        ['P7: deterministic code that is said to diverge', /^P7: /, ({ oracle }) => oracle.onDiverged(1, 'r', 'order', 'text')],
        ['a gap in a history', /^history: /, ({ send, checkpoint }) => send(checkpoint(3))],
    ])('notices %s', (_what, message, misbehave) => {
        const parts = watched();
        parts.group.check();
        misbehave(parts);
        expect(() => parts.group.check()).toThrow(message);
    });
});
//# sourceMappingURL=oracle.spec.js.map