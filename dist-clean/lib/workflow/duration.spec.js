import { expect, it } from '@jest/globals';
import { parseDuration } from './duration.js';
it.each([
    [0, 0],
    [1500, 1500],
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5 s', 1500],
    ['1h30m', 5_400_000],
    ['2 days', 172_800_000],
    ['1 week 1 hour', 608_400_000],
    ['5 minutes', 300_000],
    ['3 sec', 3000],
])('%j is %d ms', (text, ms) => expect(parseDuration(text, 'x')).toBe(ms));
it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '', 'soon', '10', '10 parsecs', '1h-30m', '10s!'])('%j is refused, and named', (text) => {
    expect(() => parseDuration(text, 'the timeout')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('the timeout is') }));
});
//# sourceMappingURL=duration.spec.js.map