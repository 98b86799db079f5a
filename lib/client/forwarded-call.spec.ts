import { describe, expect, it } from '@jest/globals';
import { RaftoralError } from '../errors/index.js';
import { SAMPLE_EVENTS } from '../../test/support/workflow-samples.js';
import type { WorkflowStreamItem } from '../workflow/service.js';
import {
  decodeAnswer,
  decodeCall,
  encodeAnswer,
  encodeCall,
  encodeFailure,
  filterOf,
  forwardedFilter,
  forwardedItem,
  itemOf,
} from './forwarded-call.js';

const HEAD = { standing: { leaderId: 2, logTimeMs: 1.5, requestRetentionMs: 600_000 }, topology: 7 };
const through = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('forwarded calls', () => {
  it('come back from their bytes', () => {
    const call = { method: 'describe', clusterId: 3, request: { ref: { workflowId: 'ü' }, consistency: 'local' } } as const;
    expect(decodeCall(encodeCall(call))).toEqual(call);
    expect(decodeAnswer(encodeAnswer(HEAD, { a: [1] }))).toEqual({ ...HEAD, answer: { a: [1] } });
    expect(decodeAnswer(encodeAnswer({ standing: null, topology: -1 }, undefined))).toEqual({ standing: null, topology: -1, answer: null });
  });

  it('W2: an error keeps code, message, details, requestId and causes', () => {
    const cause = Object.assign(new RangeError('negative', { cause: new Error('deeper') }), { code: 'NEGATIVE' });
    const error = new RaftoralError('WORKFLOW_FAILED', 'it failed', { requestId: 'q', details: { runId: 'r' }, cause });
    const answered = decodeAnswer(encodeFailure(HEAD, error));
    if (!('error' in answered)) throw new Error('no error');
    expect(answered.error).toBeInstanceOf(RaftoralError);
    expect(answered.error).toMatchObject({
      code: 'WORKFLOW_FAILED',
      message: 'it failed',
      requestId: 'q',
      details: { runId: 'r' },
      retryable: false,
    });
    expect(answered.error.cause).toBeInstanceOf(RangeError);
    expect(answered.error.cause).toMatchObject({ code: 'NEGATIVE', message: 'negative', cause: { message: 'deeper' } });
  });

  it('W2: what is none of ours keeps its text, and so does a code that is not known', () => {
    const of = (body: Uint8Array): unknown => (decodeAnswer(body) as { error: unknown }).error;
    expect(of(encodeFailure(HEAD, new TypeError('x is undefined')))).toMatchObject({
      code: 'INVARIANT_VIOLATED',
      message: 'x is undefined',
    });
    const later = Buffer.from(JSON.stringify({ ...HEAD, error: { code: 'LATER', message: 'of tomorrow', details: {} } }));
    expect(of(later)).toMatchObject({ code: 'MALFORMED_FRAME', message: expect.stringContaining('LATER: of tomorrow') });
  });

  it('every event comes back as it was', () => {
    for (const [, event] of SAMPLE_EVENTS) {
      const item: WorkflowStreamItem = { type: 'event', workflowId: 'w', runId: 'r', wseq: event.wseq, event };
      const again = itemOf(through(forwardedItem(item)));
      expect(JSON.stringify(again, asHex)).toBe(JSON.stringify(item, asHex));
    }
    const gap: WorkflowStreamItem = { type: 'gap', workflowId: 'w', runId: 'r', from: 1, to: 5 };
    expect(itemOf(through(forwardedItem(gap)))).toEqual(gap);
  });

  it('a filter keeps its instants', () => {
    const filter = { name: 'x', startedAfter: new Date(5), limit: 3 };
    expect(filterOf(through(forwardedFilter(filter)))).toEqual(filter);
    expect(filterOf(through(forwardedFilter({})))).toEqual({});
  });

  it.each(['', 'x', 'null', '[]', '{}', '{"method":"describe","clusterId":1}', '{"method":1,"clusterId":1,"request":{}}'])(
    'P8: %j is MALFORMED_FRAME',
    (body) => {
      expect(() => decodeCall(Buffer.from(body))).toThrow(expect.objectContaining({ code: 'MALFORMED_FRAME' }));
    },
  );

  it.each(['later', 'constructor', '__proto__'])('a call %j that this version does not have is refused by name', (method) => {
    const body = Buffer.from(JSON.stringify({ method, clusterId: 1, request: {} }));
    expect(() => decodeCall(body)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(method) }));
  });
});

/** Bytes as text, so that views of larger buffers compare by what is in them. */
function asHex(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}
