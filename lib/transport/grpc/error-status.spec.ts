import { status as grpcStatus } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES, RaftoralError, type RaftoralErrorCode } from '../../errors/index.js';
import { errorOf, GrpcStatus, statusOf } from './error-status.js';

const back = (error: RaftoralError): RaftoralError => {
  const { code, details, bytes } = statusOf(error);
  return errorOf('call', { code, details, bytes }, undefined);
};

describe('errors as gRPC statuses', () => {
  it('the numbers are those of grpc-js', () => {
    for (const [name, code] of Object.entries(GrpcStatus))
      expect([name, grpcStatus[name as keyof typeof grpcStatus]]).toEqual([name, code]);
  });

  it('E1: every code comes out as it went in, with message, retryable, requestId and details, and has a status', () => {
    for (const code of Object.keys(ERROR_CODES) as RaftoralErrorCode[]) {
      const error = new RaftoralError(code, `about ${code}: ä\u{1f600}`, {
        requestId: 'q',
        details: { a: [1, { b: null }] },
        cause: new Error('inner'),
      });
      const { code: status, details } = statusOf(error);
      expect([code, status]).not.toEqual([code, GrpcStatus.UNKNOWN]);
      expect([code, status]).not.toEqual([code, GrpcStatus.OK]);
      expect(details).toBe(error.message);
      const { cause, ...seen } = { ...pick(back(error)), cause: back(error).cause };
      expect([seen, cause]).toEqual([pick(error), undefined]);
    }
  });

  it('E2: what is too long loses its details, then the end of its message, never its code', () => {
    const long = back(new RaftoralError('CONFLICT', 'short', { requestId: 'q', details: { text: 'x'.repeat(100_000) } }));
    expect(long).toMatchObject({ code: 'CONFLICT', requestId: 'q' });
    expect(long.message).toContain('short');
    expect(JSON.stringify(long.details).length).toBeLessThan(1_000);
    const longer = statusOf(new RaftoralError('CONFLICT', 'ä'.repeat(100_000)));
    expect(longer.bytes.length).toBeLessThanOrEqual(24 * 1024);
    expect(longer.details.length).toBeLessThanOrEqual(1_024);
    expect(errorOf('call', longer, undefined)).toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/^ä+/) });
  });

  it('E2: half a character does not break the status text', () => {
    const { details } = statusOf(new RaftoralError('CONFLICT', `${'x'.repeat(1_023)}\u{1f600}`));
    expect(() => encodeURI(details)).not.toThrow();
  });

  it.each<[string, number, string, string]>([
    ['a wrong secret at a proxy', GrpcStatus.UNAUTHENTICATED, 'who are you', 'UNAUTHENTICATED'],
    ['a server that is no node', GrpcStatus.UNIMPLEMENTED, 'unknown service', 'INVALID_ARGUMENT'],
    ['a message that is too large', GrpcStatus.RESOURCE_EXHAUSTED, 'larger than max', 'PAYLOAD_TOO_LARGE'],
    ['a node that is not there', GrpcStatus.UNAVAILABLE, 'No connection established. Last error: connect ECONNREFUSED', 'NO_ROUTE'],
    ['a connection that was lost', GrpcStatus.UNAVAILABLE, 'Connection dropped', 'OUTCOME_UNKNOWN'],
    ['a deadline', GrpcStatus.DEADLINE_EXCEEDED, 'Deadline exceeded', 'OUTCOME_UNKNOWN'],
    ['a cancelled call', GrpcStatus.CANCELLED, 'Call cancelled', 'OUTCOME_UNKNOWN'],
    ['a failed server', GrpcStatus.INTERNAL, 'oops', 'OUTCOME_UNKNOWN'],
  ])('E3: without the whole error the status decides: %s', (_what, code, details, expected) => {
    const error = errorOf('call', { code, details, bytes: undefined }, 'q');
    expect(error).toMatchObject({ code: expected, message: expect.stringContaining(details) });
    if (expected === 'OUTCOME_UNKNOWN' || expected === 'NO_ROUTE') expect(error.requestId).toBe('q');
  });

  it('E3: an error that can not be read, or of a later version, leaves the outcome open', () => {
    const read = (bytes: Buffer): RaftoralError => errorOf('call', { code: GrpcStatus.NOT_FOUND, details: '', bytes }, 'q');
    for (const text of ['', '{', 'null', '[]', '{"code":1,"message":"x"}', '{"code":"CONFLICT"}'])
      expect(read(Buffer.from(text))).toMatchObject({ code: 'OUTCOME_UNKNOWN', requestId: 'q' });
    expect(read(Buffer.from('{"code":"FROM_TOMORROW","message":"x","details":{"a":1}}'))).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      details: { a: 1, code: 'FROM_TOMORROW' },
    });
    expect(read(Buffer.from('{"code":"toString","message":"x"}'))).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });
});

function pick({ code, message, retryable, requestId, details }: RaftoralError) {
  return { code, message, retryable, requestId, details };
}
