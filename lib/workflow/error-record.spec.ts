import { expect, it } from '@jest/globals';
import { RaftoralError } from '../errors/index.js';
import { fromErrorRecord, NonRetryableError, sameError, toErrorRecord } from './error-record.js';

it('an error comes back with its name, code, message and causes, as its class where that is known', () => {
  class OutOfStock extends Error {
    override name = 'OutOfStock';
    code = 'OUT_OF_STOCK';
  }
  for (const [thrown, type] of [
    [new TypeError('bad', { cause: new OutOfStock('none') }), TypeError],
    [new OutOfStock('none'), Error],
    [new NonRetryableError('never'), NonRetryableError],
    [new RaftoralError('COMPUTE_FAILED', 'failed', { cause: new Error('why') }), RaftoralError],
  ] as const) {
    const back = fromErrorRecord(toErrorRecord(thrown, true));
    expect(back).toBeInstanceOf(type);
    expect(back).not.toBe(thrown);
    expect([back.name, back.message, (back as { code?: string }).code]).toEqual([
      thrown.name,
      thrown.message,
      (thrown as { code?: string }).code,
    ]);
    expect((back.cause as Error | undefined)?.message).toBe((thrown.cause as Error | undefined)?.message);
  }
});

it('R10: errors compare by name, code, message and causes, never by stack', () => {
  const make = (): Error => new Error('x', { cause: new Error('y') });
  const a = toErrorRecord(make(), true);
  expect(sameError(a, { ...toErrorRecord(make(), true), stack: 'elsewhere' })).toBe(true);
  expect(sameError(a, toErrorRecord(new Error('x', { cause: new Error('z') }), true))).toBe(false);
  expect(sameError(a, toErrorRecord(new TypeError('x', { cause: new Error('y') }), true))).toBe(false);
  expect(sameError(a, null)).toBe(false);
});

it('whatever is thrown has a record, and a bounded one', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  for (const thrown of ['text', 7, null, undefined, { a: 1 }, cycle, Symbol('s')]) expect(toErrorRecord(thrown, false).name).toBe('Error');
  let chain = new Error('0');
  for (let i = 1; i < 50; i++) chain = new Error(String(i), { cause: chain });
  let depth = 0;
  for (let at = toErrorRecord(chain, false).cause; at !== null; at = at.cause) depth++;
  expect(depth).toBe(8);
  expect(toErrorRecord(new Error('x'.repeat(1e6)), false).message.length).toBeLessThan(20_000);
});

it('the stack of a record is its own, another, or none, causes alike', () => {
  const error = new Error('x', { cause: new TypeError('y') });
  expect(toErrorRecord(error, true)).toMatchObject({ stack: error.stack, cause: { stack: (error.cause as Error).stack } });
  expect(toErrorRecord(error, false)).toMatchObject({ stack: '', cause: { stack: '' } });
  expect(toErrorRecord(error, ({ name }) => `of ${name}`)).toMatchObject({ stack: 'of Error', cause: { stack: 'of TypeError' } });
  expect(toErrorRecord(error, () => 's'.repeat(1e6)).stack.length).toBeLessThan(10_000);
});
