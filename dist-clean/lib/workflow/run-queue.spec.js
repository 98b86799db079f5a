import { expect, it } from '@jest/globals';
import { RunQueue } from './run-queue.js';
function drained(queue) {
    const order = [];
    for (let first = queue.first(); first !== undefined; first = queue.first()) {
        order.push(`${first.runId} ${first.urgency}`);
        queue.remove(first.runId);
    }
    return order;
}
it('R33: who is asked for comes first, then owned runs, then the others, each in the order of asking', () => {
    const queue = new RunQueue();
    for (const [runId, urgency] of [
        ['o1', 'other'],
        ['w1', 'owned'],
        ['a1', 'asked'],
        ['w2', 'owned'],
        ['o2', 'other'],
        ['a2', 'asked'],
    ])
        queue.add(runId, urgency);
    expect(queue.size).toBe(6);
    expect(drained(queue)).toEqual(['a1 asked', 'a2 asked', 'w1 owned', 'w2 owned', 'o1 other', 'o2 other']);
});
it('a run stands in it once, with the highest urgency that was asked for', () => {
    const queue = new RunQueue();
    queue.add('x', 'other');
    queue.add('y', 'owned');
    queue.add('x', 'asked');
    queue.add('x', 'owned');
    queue.add('y', 'other');
    queue.add('z', 'other');
    queue.forgetOthers();
    expect(queue.size).toBe(2);
    expect(drained(queue)).toEqual(['x asked', 'y owned']);
});
//# sourceMappingURL=run-queue.spec.js.map