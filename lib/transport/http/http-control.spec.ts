import { afterEach, describe, expect, it } from '@jest/globals';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { CONTROL_METHODS } from '../../client/control-methods-port.js';
import type { ControlApi, ControlContext, ControlStream, Json, JsonObject } from '../../client/control-port.js';
import { RaftoralError } from '../../errors/index.js';
import { HttpCarrier, type HttpCarrierOptions, type HttpControlServing } from './http-carrier.js';
import { HttpControlClient } from './http-control-client.js';
import type { ControlGate } from './http-control.js';

const SECRET = 'sesame-sesame-sesame';

/** Lets in who says the word in `Authorization`. The real one has its own spec, and stands here in http-security.spec.ts. */
const wordGate: ControlGate = {
  checkHead: ({ authorization }) => {
    if (authorization === `Signed ${SECRET}`)
      return {
        verify: (body) => {
          if (Buffer.from(body).includes('forged')) throw new RaftoralError('UNAUTHENTICATED', 'the signature does not fit');
        },
      };
    if (authorization !== SECRET) throw new RaftoralError('UNAUTHENTICATED', 'say the word');
    return null;
  },
};

/** Records what reaches it, and answers as it is told. */
class RecordingApi implements ControlApi {
  readonly calls: Array<{ method: string; request: JsonObject; context: ControlContext }> = [];
  readonly ended: string[] = [];
  answer: (method: string, request: JsonObject, context: ControlContext) => Promise<JsonObject> = async () => ({ ok: true });
  items: (request: JsonObject, signal: AbortSignal) => AsyncGenerator<JsonObject, void> = async function* () {};
  serving = true;

  call(method: string, request: JsonObject, context: ControlContext): Promise<JsonObject> {
    this.calls.push({ method, request, context });
    return this.answer(method, request, context);
  }

  stream(method: string, request: JsonObject, context: ControlContext): ControlStream {
    this.calls.push({ method, request, context });
    const items = this.items(request, context.signal);
    const { ended } = this;
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => items.next(),
        return: async () => {
          ended.push(method);
          return { done: true as const, value: undefined };
        },
      }),
    };
  }

  isServing(): boolean {
    return this.serving;
  }
}

const cleanUps: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function serve(options: HttpCarrierOptions = {}, serving: Partial<HttpControlServing> = {}) {
  const api = new RecordingApi();
  const carrier = new HttpCarrier({ listen: '127.0.0.1:0', ...options });
  cleanUps.push(() => carrier.close());
  carrier.serveControl({ api, gate: wordGate, ...serving });
  const { address } = await carrier.listen(() => {
    throw new Error('no channel is opened here');
  });
  const client = new HttpControlClient({ address: address!, authorize: () => SECRET });
  cleanUps.push(() => client.close());
  return { api, carrier, address: address!, client, ask: asker(address!) };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: any;
}

function asker(address: string) {
  const port = Number(address.split(':')[1]);
  return (verb: string, path: string, headers: Record<string, string> = {}, body?: string | Uint8Array): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const request = httpRequest({ host: '127.0.0.1', port, method: verb, path, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = String(response.headers['content-type']).startsWith('application/json') && text !== '';
          resolve({ status: response.statusCode!, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
}

const AUTH = { authorization: SECRET };
const JSON_BODY = { ...AUTH, 'content-type': 'application/json' };

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(condition()).toBe(true);
}

describe('HttpControl: who calls', () => {
  it('no route of the table, no document and no unknown route is answered without credentials, and nothing reaches the service', async () => {
    const { api, ask } = await serve();
    const paths = CONTROL_METHODS.map(({ http }) => [http.verb, http.path.replace(/\{\w+\}/g, 'x')] as const);
    const routes = [
      ...paths,
      ['GET', '/openapi.json'],
      ['GET', '/nothing'],
      ['PUT', '/status'],
      ['OPTIONS', '/status'],
      ['HEAD', '/status'],
    ] as const;
    for (const [verb, path] of routes)
      for (const headers of [{}, { authorization: 'Bearer wrong' }] as ReadonlyArray<Record<string, string>>) {
        const { status, headers: answered } = await ask(verb, `/raftoral/v1${path}`, headers);
        expect([verb, path, status]).toEqual([verb, path, 401]);
        expect(answered['www-authenticate']).toContain('Raftoral-HMAC');
      }
    for (const path of ['/raftoral', '/raftoral/', '/raftoral/else', '/raftoral/v2/x']) expect((await ask('GET', path)).status).toBe(401);
    expect(api.calls).toEqual([]);
  });

  it('no other prefix will do, whatever its length', async () => {
    const { api, ask } = await serve();
    const others = [
      '/aftorals',
      '/RAFTORAL',
      '/raftora%6c',
      '/elsewhere',
      '',
      '//raftoral',
      '/./raftoral',
      'http://h',
      'http://127.0.0.1/raftoral',
    ];
    for (const prefix of others) {
      for (const path of ['/health', '/v1/status', '/peer/channels']) {
        expect([prefix, path, (await ask('GET', `${prefix}${path}`)).status]).toEqual([prefix, path, 401]);
        expect([prefix, path, (await ask('GET', `${prefix}${path}`, AUTH)).status]).toEqual([prefix, path, 404]);
      }
    }
    expect(api.calls).toEqual([]);
  });

  it('a signature is checked against the body before anything is done', async () => {
    const { api, ask } = await serve();
    const headers = { 'content-type': 'application/json', authorization: `Signed ${SECRET}` };
    expect((await ask('POST', '/raftoral/v1/workflows', headers, '{"name":"forged"}')).status).toBe(401);
    expect((await ask('POST', '/raftoral/v1/workflows', headers, '{"name":"real"}')).status).toBe(200);
    expect(api.calls.map(({ request }) => request)).toEqual([{ name: 'real' }]);
  });

  it('the health check is open to all, and tells nothing else', async () => {
    const { api, ask, carrier } = await serve();
    expect(await ask('GET', '/raftoral/health')).toMatchObject({ status: 200, json: { status: 'serving' } });
    expect(await ask('HEAD', '/raftoral/health')).toMatchObject({ status: 200, text: '' });
    api.serving = false;
    expect(await ask('GET', '/raftoral/health')).toMatchObject({ status: 503, json: { status: 'not-serving' } });
    expect(await ask('POST', '/raftoral/health')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    await carrier.close();
  });

  it('before there is a node to ask, the API says so', async () => {
    const carrier = new HttpCarrier({ listen: '127.0.0.1:0' });
    cleanUps.push(() => carrier.close());
    const { address } = await carrier.listen(() => ({ onMessage() {}, onDrained() {}, onClosed() {} }));
    const ask = asker(address!);
    expect(await ask('GET', '/raftoral/v1/status', AUTH)).toMatchObject({ status: 503, json: { code: 'NOT_MEMBER' } });
    expect((await ask('GET', '/raftoral/health')).status).toBe(503);
    expect((await ask('GET', '/elsewhere')).status).toBe(404);
  });
});

describe('HttpControl: what is called', () => {
  it('every method of the table is reached at its route, with its fields', async () => {
    const { api, client } = await serve();
    for (const method of CONTROL_METHODS.filter(({ isStream }) => !isStream)) {
      const request = Object.fromEntries(Object.entries(method.request).map(([name, { type }]) => [name, SAMPLES[type]!])) as JsonObject;
      expect(await client.call(method.name, request)).toEqual({ ok: true });
      expect(api.calls.pop()).toMatchObject({ method: method.name, request });
    }
  });

  it('ids are percent-decoded after the path was cut: any id may be named', async () => {
    const { api, client, ask } = await serve();
    const workflowId = 'a/b?c=d#e%2F ü 文/..';
    await client.call('workflow.describe', { workflowId });
    expect(api.calls[0]!.request).toEqual({ workflowId });
    expect(await ask('GET', '/raftoral/v1/workflows/%ff', AUTH)).toMatchObject({
      status: 400,
      json: { code: 'INVALID_ARGUMENT', details: { field: 'workflowId' } },
    });
    expect((await ask('GET', '/raftoral/v1/workflows//result', AUTH)).status).toBe(404);
  });

  it('a query string is typed by the table; what does not fit is refused by name', async () => {
    const { api, ask } = await serve();
    const list = (query: string) => ask('GET', `/raftoral/v1/workflows?${query}`, AUTH);
    await list('name=a%20b&version=3&status=running&status=failed&limit=10');
    expect(api.calls.pop()!.request).toEqual({ name: 'a b', version: 3, status: ['running', 'failed'], limit: 10 });
    for (const [query, named] of [
      ['version=three', 'version'],
      ['version=1e3', 'version'],
      ['version=99999999999999999999', 'version'],
      ['limit=1&limit=2', 'limit'],
      ['nmae=x', 'nmae'],
      ['__proto__=x', '__proto__'],
    ])
      expect(await list(query!)).toMatchObject({ status: 400, json: { code: 'INVALID_ARGUMENT', details: { field: named } } });
    expect((await ask('GET', '/raftoral/v1/workflows/x?workflowId=y', AUTH)).json.message).toContain('workflowId');
    expect(api.calls).toEqual([]);
  });

  it('a body must be a JSON object, said to be one, within its bound', async () => {
    const { api, ask } = await serve({ limits: { requestBytesMax: 100 } });
    const start = (headers: Record<string, string>, body: string | Uint8Array) => ask('POST', '/raftoral/v1/workflows', headers, body);
    expect((await start(AUTH, '{}')).status).toBe(415);
    expect((await start({ ...AUTH, 'content-type': 'text/plain' }, '{}')).status).toBe(415);
    expect((await start({ ...AUTH, 'content-type': 'application/json; charset=latin1' }, '{}')).status).toBe(415);
    for (const body of ['{', '[]', '1', 'null', new Uint8Array([0x22, 0xff, 0x22])])
      expect((await start(JSON_BODY, body)).status).toBe(400);
    expect(await start(JSON_BODY, `"${'x'.repeat(100)}"`)).toMatchObject({ status: 413, json: { code: 'PAYLOAD_TOO_LARGE' } });
    expect((await start({ ...JSON_BODY, 'transfer-encoding': 'chunked' }, `"${'x'.repeat(100)}"`)).status).toBe(413);
    expect((await ask('POST', '/raftoral/v1/workflows?name=x', JSON_BODY, '{}')).status).toBe(400);
    expect((await ask('POST', '/raftoral/v1/workflows/a/cancel', JSON_BODY, '{"workflowId":"b"}')).status).toBe(400);
    expect((await ask('GET', '/raftoral/v1/status', { ...JSON_BODY, 'content-length': '2' }, '{}')).json.message).toContain('GET');
    expect(api.calls.map(({ method, request }) => [method, request])).toEqual([]);
    expect((await start({ ...AUTH, 'content-type': 'Application/JSON; charset="UTF-8"' }, '{"name":"x"}')).status).toBe(200);
  });

  it('unknown routes are 404, other verbs 405 with Allow; HEAD has no body, OPTIONS says what is allowed', async () => {
    const { api, ask } = await serve();
    expect(await ask('GET', '/raftoral/v1/nothing', AUTH)).toMatchObject({
      status: 404,
      json: { code: 'INVALID_ARGUMENT', retryable: false },
    });
    expect(await ask('DELETE', '/raftoral/v1/workflows', AUTH)).toMatchObject({
      status: 405,
      headers: { allow: 'POST, GET, HEAD, OPTIONS' },
    });
    expect(await ask('GET', '/raftoral/v1/leave', AUTH)).toMatchObject({ status: 405, headers: { allow: 'POST, OPTIONS' } });
    expect(api.calls).toEqual([]);
    expect(await ask('HEAD', '/raftoral/v1/status', AUTH)).toMatchObject({ status: 200, text: '' });
    expect(await ask('OPTIONS', '/raftoral/v1/status', AUTH)).toMatchObject({ status: 204, headers: { allow: 'GET, HEAD, OPTIONS' } });
    expect(await ask('HEAD', '/raftoral/v1/events', AUTH)).toMatchObject({ status: 200, text: '' });
  });

  it('an error is {code, message, retryable, requestId, details} with the status of its code, and arrives as the same error', async () => {
    const { api, ask, client } = await serve();
    api.answer = async () => {
      throw new RaftoralError('OUTCOME_UNKNOWN', 'too late', { requestId: 'r1', details: { a: [1] } });
    };
    expect(await ask('GET', '/raftoral/v1/status', AUTH)).toMatchObject({
      status: 504,
      json: { code: 'OUTCOME_UNKNOWN', message: 'too late', retryable: true, requestId: 'r1', details: { a: [1] } },
    });
    await expect(client.call('admin.status', {})).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', requestId: 'r1', details: { a: [1] } });
    api.answer = async () => {
      throw new RaftoralError('OVERLOADED', 'full');
    };
    expect(await ask('GET', '/raftoral/v1/status', AUTH)).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    api.answer = () => Promise.reject(new TypeError('x is not a function'));
    expect(await ask('GET', '/raftoral/v1/status', AUTH)).toMatchObject({ status: 500, json: { code: 'INVARIANT_VIOLATED' } });
  });

  it('the time that the caller waits comes as header or field; what is none is refused', async () => {
    const { api, ask, client } = await serve();
    await client.call('admin.status', {}, { timeoutMs: 1234 });
    await client.call('workflow.describe', { workflowId: 'x', timeoutMs: 77 });
    await client.call('admin.status', {});
    expect(api.calls.map(({ context }) => context.timeoutMs)).toEqual([1234, 77, undefined]);
    expect((await ask('GET', '/raftoral/v1/status', { ...AUTH, 'raftoral-timeout-ms': '-1' })).status).toBe(400);
  });

  it('a caller that goes away aborts its call', async () => {
    const { api, client } = await serve();
    let aborted = false;
    api.answer = (_, __, { signal }) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => {
          aborted = true;
          resolve({});
        }),
      );
    const call = client.call('admin.status', {});
    await until(() => api.calls.length === 1);
    await client.close();
    await expect(call).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await until(() => aborted);
  });

  it('more requests at once than the bound are refused', async () => {
    const { api, client, ask } = await serve({ limits: { requestsMax: 2 } });
    let release: (value: JsonObject) => void = () => {};
    const gate = new Promise<JsonObject>((resolve) => (release = resolve));
    api.answer = () => gate;
    const calls = [client.call('admin.status', {}), client.call('admin.status', {})];
    await until(() => api.calls.length === 2);
    expect(await ask('GET', '/raftoral/v1/status', AUTH)).toMatchObject({ status: 429, json: { code: 'OVERLOADED' } });
    release({});
    await Promise.all(calls);
    expect((await ask('GET', '/raftoral/v1/status', AUTH)).status).toBe(200);
  });
});

describe('HttpControl: pages of other origins', () => {
  const PAGE = 'https://page.example';
  const PREFLIGHT = { origin: PAGE, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };

  it('without the option none may call, with or without credentials, and a preflight allows nothing', async () => {
    const { api, ask, address } = await serve();
    expect((await ask('GET', '/raftoral/v1/status', { ...AUTH, origin: PAGE })).status).toBe(403);
    expect((await ask('OPTIONS', '/raftoral/v1/status', PREFLIGHT)).headers['access-control-allow-origin']).toBeUndefined();
    expect(api.calls).toEqual([]);
    expect((await ask('GET', '/raftoral/v1/status', { ...AUTH, origin: `http://${address}`, host: address })).status).toBe(200);
  });

  it('those that are named may, and errors can be read by them too', async () => {
    const { ask } = await serve({}, { cors: [PAGE] });
    const preflight = await ask('OPTIONS', '/raftoral/v1/status', PREFLIGHT);
    expect([preflight.status, preflight.headers]).toMatchObject([
      204,
      { 'access-control-allow-origin': PAGE, 'access-control-allow-headers': expect.stringContaining('authorization'), vary: 'origin' },
    ]);
    expect(await ask('GET', '/raftoral/v1/status', { ...AUTH, origin: PAGE })).toMatchObject({
      status: 200,
      headers: { 'access-control-allow-origin': PAGE },
    });
    expect(await ask('GET', '/raftoral/v1/status', { origin: PAGE })).toMatchObject({
      status: 401,
      headers: { 'access-control-allow-origin': PAGE },
    });
    expect((await ask('GET', '/raftoral/v1/status', { ...AUTH, origin: 'https://other.example' })).status).toBe(403);
  });

  it('where nobody is asked for credentials, a name that leads here makes no page the node’s own (DNS rebinding)', async () => {
    const open: ControlGate = { asksNobody: true, checkHead: () => null };
    const { api, ask, address } = await serve(
      { names: ['node-1.internal', '0.0.0.0'] },
      { gate: open, cors: ['https://Page.example:8443'] },
    );
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await ask('POST', '/raftoral/v1/workflows', { 'content-type': 'application/json', ...headers }, '{"name":"x"}')).status;
    const port = address.split(':')[1]!;
    for (const host of [
      `evil.example:${port}`,
      'evil.example',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '7f000001.evil',
      'page.example.evil',
    ])
      for (const headers of [{ host }, { host, origin: `http://${host}` }] as ReadonlyArray<Record<string, string>>)
        expect([headers, await status(headers)]).toEqual([headers, 403]);
    expect(api.calls).toEqual([]);
    for (const host of [
      address,
      `localhost:${port}`,
      `LOCALHOST:${port}`,
      `[::1]:${port}`,
      'node-1.internal:80',
      'node-1.internal.',
      'page.example',
    ])
      for (const headers of [{ host }, { host, origin: `http://${host}` }] as ReadonlyArray<Record<string, string>>)
        expect([headers, await status(headers)]).toEqual([headers, 200]);
    expect(await status({ host: 'evil.example', origin: 'https://Page.example:8443' })).toBe(200);
  });

  it('where credentials are asked for, a page with them may call under any name of the server', async () => {
    const { ask } = await serve();
    const own = { host: 'app.example', origin: 'https://app.example' };
    expect((await ask('GET', '/raftoral/v1/status', { ...AUTH, ...own })).status).toBe(200);
    expect((await ask('GET', '/raftoral/v1/status', own)).status).toBe(401);
  });

  it('true lets any', async () => {
    const { ask } = await serve({}, { cors: true });
    expect((await ask('GET', '/raftoral/v1/status', { ...AUTH, origin: 'null' })).headers['access-control-allow-origin']).toBe('null');
  });
});

describe('HttpControl: streams', () => {
  const event = (wseq: number): JsonObject => ({ type: 'event', wseq, text: 'zwei\nZeilen  ' });

  async function* from(after: Json | undefined): AsyncGenerator<JsonObject, void> {
    for (let wseq = Number(after ?? 0) + 1; wseq <= 5; wseq++) yield event(wseq);
  }

  it('items arrive in order, each with its wseq as id, and the end is said', async () => {
    const { api, ask, client } = await serve();
    api.items = (request) => from(request['after']);
    const { text, headers } = await ask('GET', '/raftoral/v1/workflows/a%2Fb/events?after=3', AUTH);
    expect(headers['content-type']).toContain('text/event-stream');
    expect(text.match(/^id: .*$/gm)).toEqual(['id: 4', 'id: 5']);
    expect(text.endsWith('event: end\ndata: {}\n\n')).toBe(true);
    const items: JsonObject[] = [];
    for await (const item of client.stream('workflow.events', { workflowId: 'x' }, new AbortController().signal)) items.push(item);
    expect(items).toEqual([1, 2, 3, 4, 5].map(event));
    expect(api.ended).toHaveLength(2);
  });

  it('Last-Event-ID goes on behind what a browser has seen, whatever its address says', async () => {
    const { api, ask } = await serve();
    api.items = (request) => from(request['after']);
    const { text } = await ask('GET', '/raftoral/v1/workflows/x/events?after=1', { ...AUTH, 'last-event-id': '4' });
    expect(text.match(/^id: .*$/gm)).toEqual(['id: 5']);
    // 204 is what makes a browser stop asking.
    expect((await ask('GET', '/raftoral/v1/workflows/x/events', { ...AUTH, 'last-event-id': '5' })).status).toBe(204);
    expect((await ask('GET', '/raftoral/v1/workflows/x/events', { ...AUTH, 'last-event-id': 'four' })).status).toBe(400);
    expect((await ask('GET', '/raftoral/v1/events', { ...AUTH, 'last-event-id': '2' })).status).toBe(200);
    expect(api.calls.at(-1)!.request).toEqual({});
  });

  it('an error before the first item is a status; a later one is an event, and the same error at the client', async () => {
    const { api, ask, client } = await serve();
    const failure = new RaftoralError('WORKFLOW_NOT_FOUND', 'no x', { details: { workflowId: 'x' } });
    let items = 0;
    api.items = async function* () {
      for (let wseq = 1; wseq <= items; wseq++) yield event(wseq);
      throw failure;
    };
    expect(await ask('GET', '/raftoral/v1/workflows/x/events', AUTH)).toMatchObject({ status: 404, json: { code: 'WORKFLOW_NOT_FOUND' } });
    items = 1;
    const seen: JsonObject[] = [];
    const read = async (): Promise<void> => {
      for await (const item of client.stream('workflow.events', { workflowId: 'x' }, new AbortController().signal)) seen.push(item);
    };
    await expect(read()).rejects.toMatchObject({ code: 'WORKFLOW_NOT_FOUND', details: { workflowId: 'x' } });
    expect(seen).toEqual([event(1)]);
  });

  it('a reader that goes away ends the stream at its source', async () => {
    const { api, client } = await serve();
    let isAborted = false;
    api.items = async function* (_, signal) {
      signal.addEventListener('abort', () => (isAborted = true));
      yield event(1);
      await new Promise(() => {});
    };
    const abort = new AbortController();
    for await (const item of client.stream('workflow.watch', {}, abort.signal)) {
      expect(item).toEqual(event(1));
      abort.abort();
    }
    await until(() => isAborted && api.ended.length === 1);
  });

  it('a reader that does not read holds the source: nothing grows here', async () => {
    const { api, address } = await serve();
    let made = 0;
    api.items = async function* () {
      for (;;) yield { wseq: ++made, text: 'x'.repeat(100_000) };
    };
    const request = httpRequest({
      host: '127.0.0.1',
      port: Number(address.split(':')[1]),
      path: '/raftoral/v1/events',
      headers: AUTH,
      agent: false,
    });
    request.on('error', () => {});
    request.end();
    const response = await new Promise<NodeJS.ReadableStream>((resolve) => request.on('response', resolve));
    response.pause();
    let before = -1;
    for (let quiet = 0; quiet < 5;) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      quiet = made === before ? quiet + 1 : 0;
      before = made;
    }
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(1000);
    request.destroy();
    await until(() => api.ended.length === 1);
  });

  it('a silent stream is kept alive by comments', async () => {
    const { api, address } = await serve({ limits: { heartbeatMs: 20 } });
    let speak = (): void => undefined;
    const silence = new Promise<void>((resolve) => (speak = resolve));
    api.items = async function* () {
      await silence;
      yield event(1);
    };
    const text = await new Promise<string>((resolve) => {
      const target = { host: '127.0.0.1', port: Number(address.split(':')[1]), path: '/raftoral/v1/events', headers: AUTH, agent: false };
      httpRequest(target, (response) => {
        let heard = '';
        response.on('data', (chunk: Buffer) => {
          heard += chunk.toString();
          if (heard.match(/^: still here$/gm)?.length === 3) speak();
        });
        response.on('end', () => resolve(heard));
      }).end();
    });
    expect(text.indexOf('data:')).toBeGreaterThan(text.lastIndexOf(': still here'));
  });

  it('close() ends streams with SHUTTING_DOWN and takes no more calls', async () => {
    const { api, carrier, client } = await serve();
    api.items = async function* () {
      yield event(1);
      await new Promise(() => {});
    };
    const read = (async () => {
      for await (const _ of client.stream('workflow.watch', {}, new AbortController().signal)) void carrier.close();
    })();
    await expect(read).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    await expect(client.call('admin.status', {})).rejects.toMatchObject({ code: expect.stringMatching(/NO_ROUTE|SHUTTING_DOWN/) });
  });
});

const SAMPLES: Readonly<Record<string, Json>> = {
  text: 'a text & more',
  integer: -7,
  boolean: true,
  json: [{ a: null }, 'b'],
  texts: ['one', 'two'],
  integers: [1, 2],
};
