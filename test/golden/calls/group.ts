/**
 * What the members of a group ask and tell each other beside the log: membership calls and notices (lib/cluster), questions about runs (lib/workflow), and errors.
 */
import { MEMBERSHIP_METHOD, MembershipCalls, type MembershipContext } from '../../../lib/cluster/membership-calls.js';
import type { MembershipOperation } from '../../../lib/cluster/membership-rules.js';
import { MemberNotices } from '../../../lib/cluster/member-notices.js';
import { decodeError, encodeError } from '../../../lib/cluster/request-error.js';
import { RaftoralError, isRaftoralError } from '../../../lib/errors/index.js';
import { ProposeResult } from '../../../lib/raft/index.js';
import { RuntimeQueries } from '../../../lib/workflow/runtime-queries.js';
import type { WorkflowRuntime } from '../../../lib/workflow/runtime.js';
import { ManualClock } from '../../support/manual-clock.js';
import type { RequestHandler } from '../../../lib/cluster/group.js';
import { RUN_ID, bytesOfText, textOfBytes, type CallScript, type Respond } from './script.js';

const INDEX = 300;
const TERM = 7;
const CONF_STATE = { voters: [1, 2, 3], learners: [4], votersOutgoing: [], learnersNext: [], autoLeave: false };

async function askedOf(respond: Respond, body: Uint8Array): Promise<Uint8Array> {
  const { ok, text } = await respond(textOfBytes(body));
  if (ok) return bytesOfText(text);
  throw decodeError(bytesOfText(text));
}

async function replyOf(work: Promise<Uint8Array>): Promise<{ readonly ok: boolean; readonly text: string }> {
  try {
    return { ok: true, text: textOfBytes(await work) };
  } catch (error) {
    return { ok: false, text: textOfBytes(encodeError(error)) };
  }
}

async function resultOrCode(work: Promise<unknown>): Promise<unknown> {
  try {
    return { result: (await work) ?? null };
  } catch (error) {
    if (!isRaftoralError(error)) throw error;
    return { refused: error.code, details: error.details };
  }
}

function membershipContext(more: Record<string, unknown>): MembershipContext {
  const clock = new ManualClock();
  const tuning = { requestTimeoutMs: 1_000, tickMs: 10, electionTimeoutTicks: 10, promoteLagEntriesMax: 1_000 };
  const soon = (item: { onDue(): void }): void => queueMicrotask(() => item.onDue());
  const host = { nodeId: 1, clock, tuning, deadlines: { add: soon, remove: () => undefined }, ...(more['host'] as object) };
  const context = {
    groupId: 1,
    over: () => null,
    isDown: () => false,
    wantFlush: () => undefined,
    changed: () => undefined,
    waitApplied: async () => undefined,
    ...more,
  };
  return { ...context, host } as unknown as MembershipContext;
}

/** @param isRepeated the first request was lost */
function membership(name: string, operation: MembershipOperation, isRepeated = false): CallScript {
  return {
    name: `raft.membership: ${name}`,
    method: MEMBERSHIP_METHOD,
    ask: async (respond) => {
      const waited: number[] = [];
      let lost = isRepeated;
      const request = async ({ body }: { readonly body: Uint8Array }): Promise<Uint8Array> => {
        if (!lost) return askedOf(respond, body);
        lost = false;
        throw new RaftoralError('OUTCOME_UNKNOWN', 'it was lost');
      };
      const context = membershipContext({
        host: { requests: { request } },
        raw: { id: 1, term: TERM, leaderId: 2, isLeader: false, confState: CONF_STATE },
        waitApplied: async (index: number) => void waited.push(index),
      });
      const came = await resultOrCode(new MembershipCalls(context).run(operation));
      return { came, waited };
    },
    serve: async (request) => {
      const proposed: unknown[] = [];
      const raw = {
        id: 1,
        term: TERM,
        leaderId: 1,
        isLeader: true,
        confState: CONF_STATE,
        lastIndex: INDEX,
        appliedIndex: INDEX,
        proposedIndex: INDEX,
        proposedTerm: TERM,
        status: () => ({ peers: [2, 3, 4].map((id) => ({ id, match: INDEX, isLearner: id === 4 })) }),
        proposeConfChange: (change: unknown) => (proposed.push(change), ProposeResult.Appended),
      };
      const calls = new MembershipCalls(membershipContext({ raw, removal: () => ({ isCovered: true, cover: () => undefined }) }));
      const answer = replyOf(calls.handle(bytesOfText(request)));
      calls.flush();
      calls.applied(INDEX, TERM);
      calls.covered();
      return { reply: await answer, did: proposed };
    },
  };
}

type Told = Pick<MemberNotices, 'tellRemoved' | 'tellLeaving' | 'halted'>;

function notice(method: string, tell: (notices: Told) => void): CallScript {
  const noticesOf = (tells: (method: string, body: Uint8Array) => void): { readonly notices: MemberNotices; readonly did: string[] } => {
    const did: string[] = [];
    const requests = { tell: (_to: number, _group: number, of: string, body: Uint8Array) => tells(of, body) };
    const notices = new MemberNotices({
      groupId: 1,
      host: { nodeId: 1, clock: new ManualClock(), requests } as never,
      onRemoved: (index) => did.push(`removed at ${index}`),
      onLeaving: (node) => did.push(`node ${node} wants to go`),
      onHalted: (node) => did.push(`halted on node ${node}`),
    });
    return { notices, did };
  };
  return {
    name: method,
    method,
    ask: async (respond) => {
      const told: Array<Promise<unknown>> = [];
      const { notices } = noticesOf((of, body) => {
        if (of !== method) throw new Error(`${method} is told as ${of}`);
        told.push(respond(textOfBytes(body)));
      });
      tell(notices);
      await Promise.all(told);
      return told.length;
    },
    serve: async (request) => {
      const { notices, did } = noticesOf(() => undefined);
      const reply = await replyOf(notices.handlerOf(method)!(2, bytesOfText(request), 1_000));
      return { reply, did };
    },
  };
}

interface Standing {
  /** Null: the node does not run the code. */
  readonly execution: unknown;
  readonly status?: string;
  readonly request?: (to: number, method: string, body: Uint8Array) => Promise<Uint8Array>;
}

const QUERY = 'workflow.query';
const POSITION = 'workflow.position';
const REF = { workflowId: 'größe-1', runId: RUN_ID };

function queries({ execution, status = 'running', request }: Standing): {
  readonly queries: RuntimeQueries;
  readonly handlers: Map<string, RequestHandler>;
} {
  const handlers = new Map<string, RequestHandler>();
  const run = { ...REF, name: 'order', version: 2, status, owner: 2, history: { length: 5, firstInMemory: 1 } };
  const clock = new ManualClock();
  const group = {
    groupId: 1,
    nodeId: 1,
    handle: (method: string, handler: RequestHandler) => void handlers.set(method, handler),
    livePeers: () => [1, 2],
    askWhetherRemoved: () => undefined,
    readIndex: async () => 5,
    request,
  };
  const state = {
    run: () => run,
    current: () => run,
    ownsSlotOf: () => true,
    showsSlotOf: () => true,
    hellos: new Map([[2, { node: 2, down: false, workflows: new Map([['order', [2]]]) }]]),
  };
  const table = {
    resident: () => execution ?? undefined,
    get: () => execution ?? undefined,
    unreadableReason: () => null,
  };
  const runtime = { ended: null, options: { group, state, clock }, table } as unknown as WorkflowRuntime;
  return { queries: new RuntimeQueries(runtime, 1_000), handlers };
}

function execution(answer: (query: string, args: readonly unknown[]) => unknown): unknown {
  const core = { live: true, cursor: 5, stopped: null };
  return { core, whenConsumed: async () => undefined, query: answer };
}

const ANSWERING = execution((query, args) => ({ query, args, more: null }));
const THROWING = execution(() => {
  throw new RangeError('größer');
});
const STOPPED = {
  core: { live: false, cursor: 3, stopped: { reason: 'diverged', message: 'at event 3' } },
  whenConsumed: async () => undefined,
};

function query(name: string, runsIt: unknown, args: readonly unknown[], status = 'running'): CallScript {
  return {
    name: `workflow.query ${name}`,
    method: QUERY,
    ask: async (respond) => {
      const asker = queries({ execution: null, request: (_to, _method, body) => askedOf(respond, body) });
      const consistency = args.length === 0 ? 'local' : 'linearizable';
      try {
        return { answer: (await asker.queries.query(REF, 'current', args, { consistency })) ?? null };
      } catch (error) {
        const { name: kind, message, code = null } = error as Error & { readonly code?: string };
        return isRaftoralError(error) ? { refused: error.code } : { threw: kind, message, code };
      }
    },
    serve: async (request) => {
      const reply = await replyOf(queries({ execution: runsIt, status }).handlers.get(QUERY)!(3, bytesOfText(request), 1_000));
      return { reply, did: null };
    },
  };
}

function position(name: string, of: unknown): CallScript {
  return {
    name: `workflow.position ${name}`,
    method: POSITION,
    ask: (respond) =>
      queries({ execution: null, request: (_to, _method, body) => askedOf(respond, body) }).queries.positionAt(2, RUN_ID, 500),
    serve: async (request) => ({
      reply: await replyOf(queries({ execution: of }).handlers.get(POSITION)!(3, bytesOfText(request), 500)),
      did: null,
    }),
  };
}

export const groupScripts: readonly CallScript[] = [
  membership('add-learner', { type: 'add-learner', node: 5 }),
  membership('promote', { type: 'promote', node: 4 }),
  membership('remove', { type: 'remove', node: 3 }),
  membership('replace', { type: 'replace', node: 4, lost: 3 }),
  membership('demote', { type: 'demote', node: 3 }),
  membership('exchange', { type: 'exchange', node: 4, lost: 3 }),
  membership('promote, asked again', { type: 'promote', node: 2 }, true),
  membership('remove, refused', { type: 'remove', node: 9 }),
  notice('raft.removed', (notices) => notices.tellRemoved(3, INDEX)),
  notice('raft.leaving', (notices) => notices.tellLeaving(3)),
  notice('raft.halted', (notices) => notices.halted([3])),
  query('with arguments', ANSWERING, [1, 'zwei', { b: [null], a: undefined }]),
  query('without arguments, local', ANSWERING, []),
  query('whose code throws', THROWING, []),
  query('of a run that has ended', ANSWERING, [1], 'completed'),
  query('of a node that does not run the code', null, []),
  position('of a node that runs the code', ANSWERING),
  position('of a node that stopped', STOPPED),
  position('of a node without the code', null),
];

/** Methods that a node's workflow service answers, by what it registers. */
export function workflowMethods(): readonly string[] {
  return [...queries({ execution: null }).handlers.keys()];
}
