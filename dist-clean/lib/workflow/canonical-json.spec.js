import { expect, it } from '@jest/globals';
import { canonicalText, decodeCanonical, encodeCanonical } from './canonical-json.js';
it('R7: equal values have equal text: keys in order, -0 as 0, no white space, undefined properties left out', () => {
    expect(canonicalText({ b: 1, a: [-0, 0.1, 1e21, 'é\n'], c: undefined, A: null }, 'v')).toBe('{"A":null,"a":[0,0.1,1e+21,"é\\n"],"b":1}');
    expect(canonicalText({ b: 1, a: 2 }, 'v')).toBe(canonicalText({ a: 2, b: 1 }, 'v'));
});
it('what went in comes back, and undefined is told apart from null', () => {
    for (const value of [null, undefined, true, 0, -1.5, '', 'text', '\ud83d\ude00', '\ud800', [], {}, [[{}]], { '': 1, __proto__x: 2 }]) {
        expect(decodeCanonical(encodeCanonical(value, 'v'))).toEqual(value);
    }
});
class Money {
    amount;
    constructor(amount) {
        this.amount = amount;
    }
}
it('instances of plain classes count as their own properties', () => {
    expect(canonicalText({ price: new Money(5), bare: Object.assign(Object.create(null), { x: 1 }) }, 'v')).toBe('{"bare":{"x":1},"price":{"amount":5}}');
});
const cycle = { list: [] };
cycle.list.push({ back: cycle });
let deep = 1;
for (let i = 0; i < 300; i++)
    deep = [deep];
it.each([
    ['NaN', { a: [1, Number.NaN] }, 'a[1]', 'is NaN'],
    ['Infinity', Number.POSITIVE_INFINITY, '', 'is Infinity'],
    ['BigInt', { n: 1n }, '.n', 'is a bigint'],
    ['a function', { 'on-done': () => 1 }, '["on-done"]', 'is a function'],
    ['a symbol', [Symbol('s')], '[0]', 'is a symbol'],
    ['undefined in an array', [1, undefined], '[1]', 'is undefined'],
    ['a hole', [1, , 3], '[1]', 'is undefined'],
    ['a Map', { m: { inner: new Map() } }, '.m.inner', 'is a Map'],
    ['a Date', { when: new Date(0) }, '.when', 'is a Date'],
    ['an Error', { e: new Error('x') }, '.e', 'is a Error'],
    ['a Uint8Array', { bytes: new Uint8Array(1) }, '.bytes', 'is a Uint8Array'],
    ['an object with toJSON', { u: new URL('http://a') }, '.u', 'is a'],
    ['a promise', { p: Promise.resolve() }, '.p', 'is a Promise'],
    ['a cycle', cycle, '.list[0].back', 'refers to an object that contains it'],
])('R7: %s is refused with its path', (_what, value, path, reason) => {
    expect(() => canonicalText(value, 'the input')).toThrow(expect.objectContaining({
        code: 'NOT_SERIALIZABLE',
        message: expect.stringContaining(reason),
        details: { path: expect.stringContaining(path) },
    }));
});
it('what is nested too deep to be safe is refused', () => {
    expect(() => canonicalText(deep, 'v')).toThrow(/nested deeper than 256/);
});
it('the same object twice is no cycle', () => {
    const shared = { x: 1 };
    expect(canonicalText([shared, shared], 'v')).toBe('[{"x":1},{"x":1}]');
});
it('R7: a value that throws when it is read is refused with its path, and the cause', () => {
    const cause = new TypeError('no');
    const value = {
        order: {
            get total() {
                throw cause;
            },
        },
    };
    expect(() => canonicalText(value, 'the input')).toThrow(expect.objectContaining({
        code: 'NOT_SERIALIZABLE',
        cause,
        message: expect.stringContaining('the input at order throws when it is read'),
    }));
});
//# sourceMappingURL=canonical-json.spec.js.map