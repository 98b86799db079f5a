import { expect, it } from '@jest/globals';
import { comparePositions, compareUtf8 } from './runtime-list.js';
it('R43: texts are compared as their UTF-8 bytes, also where UTF-16 has another order', () => {
    const texts = [
        '',
        'a',
        'ab',
        'b',
        '\u007f',
        '\u0080',
        'é',
        '\ud7ff',
        '\ue000',
        '\uffff',
        '\u{10000}',
        '\u{10ffff}',
        'a\uffff',
        'a\u{10000}',
    ];
    for (const a of texts) {
        for (const b of texts)
            expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }
    expect('\uffff' < '\u{10000}').toBe(false); // what a plain comparison would say
});
it('runs are ordered by their start, then by their runId', () => {
    const positions = [
        { startedMs: 2, runId: 'a' },
        { startedMs: 1, runId: 'b' },
        { startedMs: 1, runId: 'a' },
    ];
    expect([...positions].sort(comparePositions)).toEqual([positions[2], positions[1], positions[0]]);
});
//# sourceMappingURL=runtime-list.spec.js.map