import { describe, expect, it } from '@jest/globals';
import type { RequestHandler } from '../cluster/group.js';
import { RaftoralError } from '../errors/index.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import type { WorkflowService } from '../workflow/service.js';
import { CallServer, type CallServerParts } from './call-server.js';
import { CALL_METHOD, decodeAnswer, encodeCall, type ForwardedCall } from './forwarded-call.js';
import { receiveAnswer } from './large-answers.js';

interface Noted {
  readonly method: string;
  readonly args: readonly unknown[];
  readonly answer: (value: unknown) => void;
}

/** A server over a service whose calls wait until they are answered by hand. */
function serve(more: Partial<CallServerParts> = {}): { ask: (call: object) => Promise<unknown>; noted: Noted[] } {
  const handlers = new Map<string, RequestHandler>();
  const noted: Noted[] = [];
  const service = new Proxy(
    {},
    {
      get: (_, method: string) => {
        if (method === 'standing') return () => ({ leaderId: 1, logTimeMs: 5, requestRetentionMs: 9 });
        return (...args: unknown[]) => new Promise((resolve) => noted.push({ method, args, answer: resolve }));
      },
    },
  ) as WorkflowService;
  new CallServer({
    calls: {
      nodeId: 1,
      request: () => Promise.reject(new Error('it asks nobody')),
      handle: (method, handler) => void handlers.set(method, handler),
    },
    routes: { table: () => null, refresh: () => Promise.resolve() },
    clock: new ManualClock(),
    hosted: (clusterId) => (clusterId === 1 ? service : undefined),
    ...more,
  });
  const ask = async (call: object): Promise<unknown> => {
    const first = await handlers.get(CALL_METHOD)!(7, encodeCall(call as ForwardedCall), 2_000);
    const answered = decodeAnswer(await receiveAnswer(first, () => Promise.reject(new Error('small'))));
    if ('error' in answered) throw answered.error;
    return answered.answer;
  };
  return { ask, noted };
}

const describeCall = { method: 'describe', clusterId: 1, request: { ref: { workflowId: 'w' } } };
const resultCall = { method: 'result', clusterId: 1, request: { ref: { workflowId: 'w' }, waitMs: 5_000 } };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('CallServer', () => {
  it('passes fields on as they were given, with the time that is left, and the fixed ids and expiry of a write', async () => {
    const { ask, noted } = serve();
    const write = { requestId: 'q', expiryMs: 77 };
    const start = ask({
      method: 'start',
      clusterId: 1,
      request: { ...write, name: 'n', input: '', workflowId: 'w', version: 3, onExisting: 'attach' },
    });
    const signal = ask({ method: 'signal', clusterId: 1, request: { ...write, ref: { workflowId: 'w' }, signal: 's', payload: 'null' } });
    const query = ask({
      method: 'query',
      clusterId: 1,
      request: { ref: { workflowId: 'w' }, query: 'q', args: ['1', ''], consistency: 'local' },
    });
    await turn();
    const options = { ...write, timeoutMs: 2_000 };
    expect(noted.map(({ method, args }) => [method, ...args])).toEqual([
      ['start', 'n', undefined, { ...options, workflowId: 'w', version: 3, onExisting: 'attach' }],
      ['signal', { workflowId: 'w' }, 's', null, options],
      ['query', { workflowId: 'w' }, 'q', [1, undefined], { consistency: 'local', timeoutMs: 2_000 }],
    ]);
    noted[0]!.answer({ workflowId: 'w' });
    noted[1]!.answer(undefined);
    noted[2]!.answer(undefined);
    expect(await Promise.all([start, signal, query])).toEqual([{ workflowId: 'w' }, null, '']);
  });

  it('a start whose caller waits for the result is answered with it, if the run ends within that time and a quarter of the time of the caller', async () => {
    const { ask, noted } = serve();
    const request = { requestId: 'q', expiryMs: 77, name: 'n', input: '', workflowId: 'w' };
    const started = { workflowId: 'w', runId: 'r', existing: false, requestId: 'q' };
    const start = async (resultWithinMs: unknown): Promise<Promise<unknown>[]> => {
      const answer = ask({ method: 'start', clusterId: 1, request: { ...request, resultWithinMs } });
      await turn();
      noted.at(-1)!.answer(started);
      await turn();
      return [answer];
    };
    const [soon] = await start(50);
    expect(noted.at(-1)).toMatchObject({ method: 'result', args: [{ workflowId: 'w', runId: 'r' }, { timeoutMs: 50 }] });
    noted.at(-1)!.answer({ a: 1 });
    expect(await soon).toEqual({ ...started, value: '{"a":1}' });
    const [nothing] = await start(60_000);
    expect(noted.at(-1)!.args[1]).toEqual({ timeoutMs: 100 });
    noted.at(-1)!.answer(undefined);
    expect(await nothing).toEqual({ ...started, value: '' });
    const [late] = await start(50);
    noted.at(-1)!.answer(Promise.reject(new RaftoralError('OUTCOME_UNKNOWN', 'not yet')));
    expect(await late).toEqual(started);
    const [failed] = await start(50);
    noted.at(-1)!.answer(Promise.reject(new RaftoralError('WORKFLOW_FAILED', 'it threw')));
    expect(await failed).toEqual(started);
    for (const unusable of [0, -1, null, 'x', {}]) expect(await (await start(unusable))[0]).toEqual(started);
  });

  it('S1: what is not hosted here is NOT_MEMBER', async () => {
    await expect(serve().ask({ ...describeCall, clusterId: 2 })).rejects.toMatchObject({ code: 'NOT_MEMBER', details: { clusterId: 2 } });
  });

  it('S3: a wait ends when the time of its caller is up, or before, as it was asked for', async () => {
    const { ask, noted } = serve();
    void ask(resultCall);
    void ask({ ...resultCall, request: { ...resultCall.request, waitMs: 300 } });
    await turn();
    expect(noted.map(({ args }) => args[1])).toEqual([{ timeoutMs: 2_000 }, { timeoutMs: 300 }]);
  });

  it('S2: calls and waits are bounded, each for itself, and room comes back', async () => {
    const { ask, noted } = serve({ callsMax: 1, waitsMax: 2 });
    const calls = [ask(describeCall), ask(resultCall), ask(resultCall)];
    await turn();
    await expect(ask(describeCall)).rejects.toMatchObject({ code: 'OVERLOADED', retryable: true });
    await expect(ask(resultCall)).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(noted).toHaveLength(3);
    for (const { answer } of noted) answer(1);
    await Promise.all(calls);
    const again = ask(describeCall);
    await turn();
    noted.at(-1)!.answer({ workflowId: 'w' });
    expect(await again).toEqual({ workflowId: 'w' });
  });

  it('S2: so are the bytes of what is asked', async () => {
    const { ask, noted } = serve({ requestBytesMax: 300 });
    const large = { method: 'signal', clusterId: 1, request: { ref: { workflowId: 'w' }, signal: 's', payload: `"${'x'.repeat(150)}"` } };
    const first = ask(large);
    await turn();
    await expect(ask(large)).rejects.toMatchObject({ code: 'OVERLOADED' });
    noted[0]!.answer(undefined);
    await first;
  });
});
