/**
 * Calls that one node forwards to another (docs/adr/0064), the parts of large answers, and the routing table. Both sides by the engine's own code; what is behind the
 * answering side is a service that takes note.
 */
import { firstValueFrom, of, toArray } from 'rxjs';
import { CallRouter } from '../../../lib/client/call-router.js';
import { CallServer } from '../../../lib/client/call-server.js';
import { CALL_METHOD, PART_METHOD, decodeAnswer } from '../../../lib/client/forwarded-call.js';
import { LargeAnswers, PART_BYTES, receiveAnswer } from '../../../lib/client/large-answers.js';
import { MemberNotes } from '../../../lib/client/member-notes.js';
import { RoutedService } from '../../../lib/client/routed-service.js';
import { RoutingTable } from '../../../lib/client/routing-table.js';
import { FetchedRoutes, LocalRoutes, TOPOLOGY_METHOD, serveRoutes } from '../../../lib/client/topology-routes.js';
import type { NodeCalls } from '../../../lib/client/routing-port.js';
import type { RequestHandler } from '../../../lib/cluster/group.js';
import { decodeError, encodeError } from '../../../lib/cluster/request-error.js';
import { RaftoralError, isRaftoralError } from '../../../lib/errors/index.js';
import type {
  ClusterStanding,
  RunDescription,
  RunExplanation,
  WorkflowService,
  WorkflowStreamItem,
} from '../../../lib/workflow/service.js';
import { ManualClock } from '../../support/manual-clock.js';
import { TopologyUnderTest, idOf } from '../../support/topology-machine.js';
import { SAMPLE_EVENTS } from '../../support/workflow-samples.js';
import { RUN_ID, bytesOfText, textOfBytes, type CallScript, type Reply, type Respond } from './script.js';

const CLUSTER = 3;
const STANDING: ClusterStanding = { leaderId: 2, logTimeMs: 1_700_000_000_000.5, requestRetentionMs: 600_000 };
const REF = { workflowId: 'größe-1', runId: RUN_ID };
const WRITE = { requestId: 'request-1', timeoutMs: 1_000 };
const SINCE = new Date(1_600_000_000_000);
const NOWHERE: NodeCalls = { nodeId: 2, request: () => Promise.reject(new Error('it asks nobody')), handle: () => undefined };

const DESCRIPTION: RunDescription = {
  ...REF,
  name: 'order',
  version: 2,
  status: 'failed',
  blockedReason: null,
  owner: 2,
  epoch: 4,
  startedAt: '2023-11-14T22:13:20.000Z',
  closedAt: '2023-11-14T22:13:21.000Z',
  events: 12,
  error: { name: 'E', message: 'm', code: 'C', stack: 's', cause: null },
  cancelRequested: true,
};

const EXPLANATION: RunExplanation = {
  ...DESCRIPTION,
  summary: 'it waits',
  awaiting: [{ kind: 'sleep', key: 'k', occurrence: 1, sinceWseq: 3, attempt: 2, dueAt: '2023-11-14T22:13:20.000Z' }],
  replicas: [{ node: 2, alive: true, runsCode: true, consumedWseq: 3, stopped: null }],
  declined: [{ node: 1, reason: 'diverged', message: 'm' }],
  cluster: { clusterId: CLUSTER, leader: 2, term: 7, voters: [1, 2], live: [1, 2], hasQuorum: true },
};

const ITEMS: readonly WorkflowStreamItem[] = [
  ...SAMPLE_EVENTS.slice(0, 2).map(([, event]): WorkflowStreamItem => ({ type: 'event', ...REF, wseq: event.wseq, event })),
  { type: 'gap', ...REF, from: 8, to: 9 },
  { type: 'diverged', ...REF, node: 2, wseq: 10, method: 'm', committed: 'a', computed: 'b' },
];

/** As JSON can show it: what is not there, instants and bytes have no form of their own. */
function shown(value: unknown): unknown {
  if (value === undefined) return '(nothing)';
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return (value as readonly unknown[]).map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shown(item)]));
}

/** Answers as a cluster would, and notes what it was asked. */
function serviceOf(did: unknown[], answer: () => unknown): WorkflowService {
  return new Proxy({} as WorkflowService, {
    get: (_, method: string) => {
      if (method === 'standing') return () => STANDING;
      if (method === 'runEvents')
        return (ref: unknown, after: number) => {
          did.push([method, ref, after]);
          return of(...ITEMS);
        };
      return async (...args: unknown[]) => {
        did.push([method, ...args.map(shown)]);
        return answer();
      };
    },
  });
}

async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return { result: shown(await work) };
  } catch (error) {
    if (!isRaftoralError(error)) throw error;
    const { cause } = error as { cause?: { name?: string; code?: string } };
    return {
      refused: error.code,
      details: error.details,
      requestId: error.requestId ?? null,
      cause: cause === undefined ? null : [cause.name, cause.code ?? null],
    };
  }
}

/** The service of a node whose only peer answers as `respond` does. The mark of an answer that is whole is not part of its text. */
function asking(respond: Respond, isKnown = true): WorkflowService {
  // Whatever is waited for comes at once.
  let nowMs = 0;
  const clock = {
    monotonic: () => nowMs,
    setTimer: (delayMs: number, callback: () => void) => {
      nowMs += delayMs;
      queueMicrotask(callback);
      return { cancel: () => undefined };
    },
  };
  const request = async (_to: number, _method: string, body: Uint8Array): Promise<Uint8Array> => {
    const { ok, text } = await respond(textOfBytes(body));
    nowMs += 1_000;
    if (!ok) throw decodeError(bytesOfText(text));
    return Buffer.concat([Uint8Array.of(0), bytesOfText(text)]);
  };
  const calls: NodeCalls = { ...NOWHERE, nodeId: 1, request };
  const cluster = { clusterId: CLUSTER, isActive: true, members: [2], labels: new Map<string, string>() };
  const table = new RoutingTable(9, [cluster], new Uint32Array(4096).fill(CLUSTER));
  const notes = new MemberNotes(() => clock.monotonic());
  if (isKnown) notes.heard(CLUSTER, STANDING);
  const hosted = (): undefined => undefined;
  const requestTimeoutMs = 1_000;
  const router = new CallRouter({
    calls,
    routes: { table: () => table, refresh: async () => undefined },
    notes,
    clock,
    requestTimeoutMs,
    hosted,
  });
  const random = { uuid: () => RUN_ID };
  return new RoutedService({ router, notes, nodeId: 1, clock, random, requestTimeoutMs, hosted }, () => CLUSTER);
}

function call(
  name: string,
  ask: (service: WorkflowService) => Promise<unknown>,
  answer: () => unknown = () => undefined,
  more: { readonly isHosted?: boolean } = {},
): CallScript {
  return {
    name: `${CALL_METHOD}: ${name}`,
    method: CALL_METHOD,
    ask: (respond) => outcomeOf(ask(asking(respond))),
    serve: async (request) => {
      const handlers = new Map<string, RequestHandler>();
      const did: unknown[] = [];
      const service = serviceOf(did, answer);
      new CallServer({
        calls: { ...NOWHERE, handle: (method, handler) => void handlers.set(method, handler) },
        routes: { table: () => null, refresh: async () => undefined },
        clock: new ManualClock(0),
        hosted: () => (more.isHosted === false ? undefined : service),
      });
      const sent = await handlers.get(CALL_METHOD)!(1, bytesOfText(request), 1_000);
      const whole = await receiveAnswer(sent, () => Promise.reject(new Error('it is small')));
      decodeAnswer(whole);
      return { reply: { ok: true, text: textOfBytes(whole) }, did };
    },
  };
}

function refusal(error: RaftoralError): Reply {
  return { ok: false, text: textOfBytes(encodeError(error)) };
}

const failing = (error: RaftoralError) => (): never => {
  throw error;
};

const started = (): unknown => ({ ...REF, existing: true, requestId: WRITE.requestId });
const page = (): unknown => ({ items: [DESCRIPTION], next: 'after', positions: [{ startedMs: 1_700_000_000_000.25, cursor: 'c' }] });
const FILTER = {
  name: 'order',
  version: 2,
  status: ['failed', 'running'],
  startedAfter: SINCE,
  startedBefore: SINCE,
  consistency: 'local',
} as const;

const standing = call('standing', () => Promise.resolve());

const calls: readonly CallScript[] = [
  {
    // What a node asks first that has heard of no member of the cluster; here it goes no further.
    ...standing,
    ask: (respond) => {
      let asked = 0;
      const once: Respond = async (text) => (asked++ === 0 ? respond(text) : refusal(new RaftoralError('WORKFLOW_NOT_FOUND', 'enough')));
      return outcomeOf(asking(once, false).terminate(REF, WRITE));
    },
  },
  call(
    'start',
    (service) => service.start('order', { a: [null] }, { ...WRITE, workflowId: 'w', version: 2, onExisting: 'attach' }),
    started,
  ),
  call('start without an input', (service) => service.start('order', undefined, { ...WRITE, workflowId: 'w' }), started),
  call('signal', (service) => service.signal(REF, 'approve', 'ü', WRITE)),
  call('cancel', (service) => service.cancel(REF, 'too late', WRITE)),
  call('cancel without a reason', (service) => service.cancel({ workflowId: 'w' }, undefined, WRITE)),
  call('terminate', (service) => service.terminate(REF, WRITE)),
  call('reset', (service) => service.reset(REF, WRITE)),
  call(
    'result',
    (service) => service.result(REF, { timeoutMs: 900 }),
    () => ({ total: 7 }),
  ),
  call('result that is nothing', (service) => service.result(REF, { timeoutMs: 900 })),
  call(
    'result that is not there yet',
    (service) => service.result(REF, { timeoutMs: 900 }),
    failing(new RaftoralError('OUTCOME_UNKNOWN', 'it goes on', { details: { workflowId: REF.workflowId, runId: 'the next run' } })),
  ),
  call(
    'query',
    (service) => service.query(REF, 'current', [1, undefined], { consistency: 'local' }),
    () => [1],
  ),
  call(
    'describe',
    (service) => service.describe(REF, { consistency: 'local' }),
    () => DESCRIPTION,
  ),
  call(
    'explain',
    (service) => service.explain(REF, { consistency: 'local' }),
    () => EXPLANATION,
  ),
  call(
    'history',
    (service) => service.history(REF, { consistency: 'local' }),
    () => '{}\n',
  ),
  call('list', (service) => service.list({ ...FILTER, limit: 5, cursor: 'c', withPositions: true } as never), page),
  call(
    'count',
    (service) => service.count(FILTER),
    () => 5,
  ),
  call('events', (service) => firstValueFrom(service.runEvents(REF, 6).pipe(toArray()))),
  call('a refusal', (service) => service.describe(REF), failing(new RaftoralError('WORKFLOW_NOT_FOUND', 'none', { details: { a: 1 } }))),
  call(
    'a failure with its cause',
    (service) => service.terminate(REF, WRITE),
    failing(
      new RaftoralError('WORKFLOW_CLOSED', 'it ended', {
        requestId: WRITE.requestId,
        details: { runId: RUN_ID },
        cause: Object.assign(new RangeError('negative'), { code: 'NEGATIVE', stack: 'at x' }),
      }),
    ),
  ),
  call('not hosted', (service) => service.describe(REF, { timeoutMs: 1 }), undefined, { isHosted: false }),
];

/** In hexadecimal. The last part of an answer that is a little larger than one part. */
const part: CallScript = {
  name: PART_METHOD,
  method: PART_METHOD,
  ask: async (respond) => {
    const body = new Uint8Array(PART_BYTES + 3).fill(7);
    const first = new LargeAnswers(new ManualClock(0)).send(1, body);
    const whole = await receiveAnswer(first, async (request) => {
      const { text } = await respond(Buffer.from(request).toString('hex'));
      return Uint8Array.from(Buffer.from(text, 'hex'));
    });
    return [whole.length, Buffer.compare(whole, body)];
  },
  serve: async (request) => {
    const answers = new LargeAnswers(new ManualClock(0));
    answers.send(1, new Uint8Array(PART_BYTES + 3).fill(7));
    const sent = answers.part(1, Uint8Array.from(Buffer.from(request, 'hex')));
    return { reply: { ok: true, text: Buffer.from(sent).toString('hex') }, did: answers.keptBytes };
  },
};

function topology(name: string, knows: boolean): CallScript {
  return {
    name: `${TOPOLOGY_METHOD}: ${name}`,
    method: TOPOLOGY_METHOD,
    ask: async (respond) => {
      const request = async (_to: number, _method: string, body: Uint8Array): Promise<Uint8Array> => {
        const { ok, text } = await respond(textOfBytes(body));
        if (!ok) throw decodeError(bytesOfText(text));
        return bytesOfText(text);
      };
      const routes = new FetchedRoutes({
        calls: { ...NOWHERE, nodeId: 1, request },
        clock: new ManualClock(0),
        random: { int: () => 0 },
        seeds: () => [2],
      });
      await routes.refresh(-1);
      const table = routes.table();
      if (table === null) return null;
      const clusters = [...table.clusters.values()].map((cluster) => ({ ...cluster, labels: Object.fromEntries(cluster.labels) }));
      return { version: table.version, clusters, owners: [table.ownerOf(0), table.ownerOf(4095)] };
    },
    serve: async (request) => {
      const under = knows ? TopologyUnderTest.founded(6) : new TopologyUnderTest();
      if (knows) {
        under.record(1, 1, [1, 2, 3]);
        idOf(under.create([4, 5, 6], { metadata: [{ name: 'region', value: 'größe' }] }));
        under.nodeState(4, 'down');
      }
      const handlers = new Map<string, RequestHandler>();
      serveRoutes(
        { ...NOWHERE, handle: (method, handler) => void handlers.set(method, handler) },
        new LocalRoutes({ topology: under.topology, onTopology: () => () => undefined }),
      );
      const answer = await handlers.get(TOPOLOGY_METHOD)!(1, bytesOfText(request), 1_000);
      return { reply: { ok: true, text: textOfBytes(answer) }, did: null };
    },
  };
}

export const forwardingScripts: readonly CallScript[] = [...calls, part, topology('a table', true), topology('none', false)];
