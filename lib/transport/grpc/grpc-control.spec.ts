/** The control API over gRPC: what goes in comes out on the other side, answers, errors, streams, deadlines and the end of them. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { CONTROL_METHODS, type ControlField } from '../../client/control-methods-port.js';
import type { ControlApi, ControlContext, ControlStream, Json, JsonObject } from '../../client/control-port.js';
import { RaftoralError, isRaftoralError } from '../../errors/index.js';
import { GrpcCarrier } from './grpc-carrier.js';
import { GrpcControlClient } from './grpc-control-client.js';

interface Call {
  readonly method: string;
  readonly request: JsonObject;
  readonly context: ControlContext;
}

class Api implements ControlApi {
  readonly calls: Call[] = [];
  answer: (call: Call) => Promise<JsonObject> = async () => ({});
  items: (call: Call) => AsyncIterable<JsonObject> = async function* () {};

  call(method: string, request: JsonObject, context: ControlContext): Promise<JsonObject> {
    const call = { method, request, context };
    this.calls.push(call);
    return this.answer(call);
  }

  stream(method: string, request: JsonObject, context: ControlContext): ControlStream {
    const call = { method, request, context };
    this.calls.push(call);
    return this.items(call);
  }

  isServing(): boolean {
    return true;
  }
}

const CHANNEL = { onMessage: () => undefined, onDrained: () => undefined, onClosed: () => undefined };
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function pair(): Promise<{ api: Api; client: GrpcControlClient; carrier: GrpcCarrier; address: string }> {
  const api = new Api();
  const carrier = new GrpcCarrier({ listen: '127.0.0.1:0' });
  carrier.serveControl({ api, gate: { checkHead: () => null } });
  const { address } = await carrier.listen(() => CHANNEL);
  const client = new GrpcControlClient({ address: address! });
  closers.push(
    () => client.close(),
    () => carrier.close(),
  );
  return { api, client, carrier, address: address! };
}

const SAMPLES: Readonly<Record<ControlField['type'], Json>> = {
  text: 'tëxt ✓',
  integer: 2 ** 53 - 1,
  boolean: true,
  json: { a: [1, null, { b: 'c' }], d: 'é' },
  texts: ['running', 'blocked'],
  integers: [1, 2 ** 40],
};

async function failureOf(promise: Promise<unknown>): Promise<RaftoralError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(isRaftoralError(error)).toBe(true);
  return error as RaftoralError;
}

describe('the control API over gRPC', () => {
  it.each(CONTROL_METHODS.filter(({ isStream }) => isStream !== true).map((method) => [method.name, method] as const))(
    '%s: every field arrives as it was sent, and the answer as it was given',
    async (name, method) => {
      const { api, client } = await pair();
      const request = Object.fromEntries(Object.entries(method.request).map(([field, { type }]) => [field, SAMPLES[type]]));
      const answer = {
        requestId: 'r',
        leader: 3,
        voters: [1, 2],
        learners: [],
        result: null,
        next: null,
        waiting: [],
        address: 'not a number',
        wholly: { new: [1] },
      };
      api.answer = async () => answer;
      const heard = await client.call(name, request);
      expect(api.calls).toHaveLength(1);
      expect(api.calls[0]).toMatchObject({ method: name, request });
      expect(Object.keys(api.calls[0]!.request).sort()).toEqual(Object.keys(request).sort());
      expect(heard).toEqual(answer);
    },
  );

  it('what is not given does not arrive; a write gets a requestId of its own, the same one that its error bears', async () => {
    const { api, client, carrier } = await pair();
    api.answer = async ({ request }) => ({ requestId: request['requestId'] as string });
    const { requestId } = await client.call('workflow.start', { name: 'order' });
    expect(api.calls[0]!.request).toEqual({ name: 'order', requestId });
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    await client.call('workflow.list', {});
    expect(api.calls[1]!.request).toEqual({});
    api.answer = () => new Promise(() => undefined);
    const lost = failureOf(client.call('workflow.start', { name: 'order' }));
    while (api.calls.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    await carrier.close();
    const error = await lost;
    expect(error.code).toBe('OUTCOME_UNKNOWN');
    expect(error.requestId).toBe(api.calls[2]!.request['requestId']);
  });

  it.each<[string, JsonObject, RegExp]>([
    ['a field that the call has not', { workflowId: 'w', colour: 'red' }, /colour/],
    ['a text that is a number', { workflowId: 7 }, /workflowId/],
    ['a whole number that is none', { workflowId: 'w', timeoutMs: 1.5 }, /timeoutMs/],
  ])('%s is INVALID_ARGUMENT that names it, before anything is sent', async (_, request, text) => {
    const { api, client } = await pair();
    const error = await failureOf(client.call('workflow.describe', request));
    expect([error.code, error.message]).toEqual(['INVALID_ARGUMENT', expect.stringMatching(text)]);
    expect(api.calls).toHaveLength(0);
  });

  it('an error arrives as it was thrown: code, message, retryable, requestId, details', async () => {
    const { api, client } = await pair();
    const details = { workflowId: 'w-1', cause: { name: 'Error', message: 'no stock', more: [1, { a: null }] } };
    for (const code of ['WORKFLOW_FAILED', 'OVERLOADED', 'NOT_LEADER', 'ALREADY_EXISTS', 'OUTCOME_UNKNOWN', 'INVALID_ARGUMENT'] as const) {
      api.answer = async () => {
        throw new RaftoralError(code, `says: "${code}"\n%20 ✗ \ud800`, { details, requestId: 'r-9' });
      };
      const error = await failureOf(client.call('workflow.result', { workflowId: 'w-1' }));
      expect({ ...error.toJSON(), message: error.message.slice(0, 12) }).toEqual({
        name: 'RaftoralError',
        code,
        message: `says: "${code}`.slice(0, 12),
        retryable: new RaftoralError(code, '').retryable,
        requestId: 'r-9',
        details,
      });
    }
  });

  it('details that no metadata can hold are left out, and the rest of the error still arrives', async () => {
    const { api, client } = await pair();
    api.answer = async () => {
      throw new RaftoralError('WORKFLOW_FAILED', 'é'.repeat(200_000), { details: { stack: 'x'.repeat(200_000) }, requestId: 'r' });
    };
    const error = await failureOf(client.call('workflow.result', { workflowId: 'w' }));
    expect(error).toMatchObject({ code: 'WORKFLOW_FAILED', requestId: 'r', details: { isShortened: true } });
    expect(error.message).toMatch(/^é{1000,}…$/);
  });

  it('an error that is no RaftoralError arrives as INVARIANT_VIOLATED, with its text and no stack', async () => {
    const { api, client } = await pair();
    api.answer = async () => {
      throw new TypeError('broken');
    };
    const error = await failureOf(client.call('admin.status', {}));
    expect([error.code, error.message]).toEqual(['INVARIANT_VIOLATED', 'admin.status: broken']);
  });

  it('nobody listens: NO_ROUTE; a closed client: SHUTTING_DOWN', async () => {
    const { client, carrier } = await pair();
    await client.call('admin.status', {});
    await carrier.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await failureOf(client.call('admin.status', {}))).code).toBe('NO_ROUTE');
    await client.close();
    expect((await failureOf(client.call('admin.status', {}))).code).toBe('SHUTTING_DOWN');
  });

  it("the client's time travels; when it is up without an answer of the node, the outcome is unknown and the node is told", async () => {
    const { api, client } = await pair();
    let aborted = false;
    api.answer = ({ context }) =>
      new Promise(() => {
        context.signal.addEventListener('abort', () => (aborted = true));
      });
    const error = await failureOf(client.call('workflow.result', { workflowId: 'w' }, { timeoutMs: 100 }));
    expect(error.code).toBe('OUTCOME_UNKNOWN');
    expect(api.calls[0]!.request).toEqual({ workflowId: 'w', timeoutMs: 100 });
    expect(api.calls[0]!.context.timeoutMs).toBeGreaterThan(100);
    expect(api.calls[0]!.context.timeoutMs).toBeLessThanOrEqual(1_100);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(aborted).toBe(true);
  });

  it('a stream brings every item in order, ends with the node, and its error arrives', async () => {
    const { api, client } = await pair();
    const items: JsonObject[] = [
      { type: 'event', workflowId: 'w', runId: 'r', wseq: 1, event: { kind: 'started', input: null } },
      { type: 'gap', workflowId: 'w', runId: 'r', from: 2, to: 9 },
      { type: 'diverged', workflowId: 'w', runId: 'r', node: 3, wseq: 10, method: 'run', committed: 'a', computed: 'b' },
    ];
    api.items = async function* () {
      yield* items;
    };
    const read = async (): Promise<JsonObject[]> => {
      const heard: JsonObject[] = [];
      for await (const item of client.stream('workflow.events', { workflowId: 'w', after: 0 }, new AbortController().signal))
        heard.push(item);
      return heard;
    };
    expect(await read()).toEqual(items);
    expect(api.calls[0]!.request).toEqual({ workflowId: 'w', after: 0 });
    api.items = async function* () {
      yield items[0]!;
      throw new RaftoralError('WORKFLOW_NOT_FOUND', 'no such run', { details: { workflowId: 'w' } });
    };
    expect(await failureOf(read())).toMatchObject({ code: 'WORKFLOW_NOT_FOUND', message: 'no such run', details: { workflowId: 'w' } });
  });

  it('a reader that stops, by its signal or by leaving the loop, ends the stream on the node', async () => {
    const { api, client } = await pair();
    for (const way of ['signal', 'break'] as const) {
      let end = (): void => undefined;
      const ended = new Promise<void>((resolve) => (end = resolve));
      api.items = async function* ({ context }) {
        try {
          for (let wseq = 1; ; wseq++) {
            yield { type: 'event', wseq };
            if (wseq >= 3) await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()));
            if (context.signal.aborted) return;
          }
        } finally {
          end();
        }
      };
      const stop = new AbortController();
      const heard: JsonObject[] = [];
      for await (const item of client.stream('workflow.watch', {}, stop.signal)) {
        heard.push(item);
        if (heard.length < 3) continue;
        if (way === 'break') break;
        stop.abort();
      }
      await ended;
      expect(heard.map(({ wseq }) => wseq)).toEqual([1, 2, 3]);
    }
  });

  it('H2: a reader that does not read keeps the node from reading on', async () => {
    const { api, client } = await pair();
    let asked = 0;
    const text = 'x'.repeat(100_000);
    api.items = async function* () {
      for (; asked < 5_000; asked++) yield { type: 'event', event: text };
    };
    const stop = new AbortController();
    const reader = client.stream('workflow.watch', {}, stop.signal)[Symbol.asyncIterator]();
    await reader.next();
    let before = -1;
    while (asked !== before) {
      before = asked;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(asked).toBeLessThan(1_000);
    for (let count = 0; count < 300; count++) await reader.next();
    expect(asked).toBeGreaterThan(before);
    stop.abort();
    await reader.return!(undefined);
  });
});
