/**
 * Requests between nodes about a group, and their answers. Owns: the calls without an answer yet.
 *
 * W1. A call settles once: by its answer, its deadline, or the loss of the peer. The last two are OUTCOME_UNKNOWN.
 * W2. At most `requestsInFlightMax` calls wait; one more is OVERLOADED, and nothing was sent.
 * W3. A late or repeated answer is ignored; so is one from a node that was not asked.
 * W4. After close() every call under way, and every later one, rejects with why; nothing is sent.
 * Tests: test/cluster/reads-and-requests.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { EnvelopeKind, type Envelope, type RequestEnvelope, type ResponseEnvelope } from '../transport/transport.js';
import type { Clock } from './clock.js';
import type { DeadlineHeap, DeadlineItem } from './deadline-heap.js';
import type { RequestHandler } from './group.js';
import { decodeError, encodeError } from './request-error.js';

export interface OutgoingRequest {
  readonly groupId: number;
  readonly to: number;
  readonly method: string;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
}

export interface LocalRequest {
  readonly groupId: number;
  readonly from: number;
  readonly method: string;
  readonly body: Uint8Array;
  readonly remainingMs: number;
}

class Call implements DeadlineItem {
  heapIndex = -1;

  constructor(
    readonly router: RequestRouter,
    readonly callId: number,
    readonly request: OutgoingRequest,
    readonly dueAt: number,
    readonly resolve: (body: Uint8Array) => void,
    readonly reject: (error: Error) => void,
  ) {}

  onDue(): void {
    this.router.expire(this);
  }
}

export class RequestRouter {
  private readonly calls = new Map<number, Call>();
  private lastCallId = 0;
  private closedWith: RaftoralError | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly deadlines: DeadlineHeap,
    private readonly inFlightMax: number,
    private readonly send: (to: number, envelope: Envelope) => void,
  ) {}

  get inFlight(): number {
    return this.calls.size;
  }

  /** Before the first call: no number at or below is given. */
  begin(firstCallId: number): void {
    this.lastCallId = firstCallId;
  }

  request(request: OutgoingRequest): Promise<Uint8Array> {
    if (this.closedWith !== null) return Promise.reject(this.closedWith);
    if (this.calls.size >= this.inFlightMax) {
      const text = `${this.calls.size} requests to other nodes wait for an answer (requestsInFlightMax); slow down, or raise it`;
      return Promise.reject(new RaftoralError('OVERLOADED', text, { details: { limit: 'requestsInFlightMax' } }));
    }
    return new Promise<Uint8Array>((resolve, reject) => {
      const callId = ++this.lastCallId;
      const call = new Call(this, callId, request, this.clock.monotonic() + request.timeoutMs, resolve, reject);
      this.calls.set(callId, call);
      this.deadlines.add(call);
      const { groupId, to, method, body, timeoutMs } = request;
      this.send(to, { kind: EnvelopeKind.REQUEST, groupId, callId, method, remainingMs: timeoutMs, body });
    });
  }

  /** A request of this node to itself: no frame, and no deadline but the handler's own. */
  async here(handler: RequestHandler | undefined, request: LocalRequest): Promise<Uint8Array> {
    if (this.closedWith !== null) throw this.closedWith;
    if (handler === undefined) throw noHandler(request.groupId, request.method);
    return runHandler(handler, request.from, request);
  }

  /** Sends a request that wants no answer. */
  tell(to: number, groupId: number, method: string, body: Uint8Array): void {
    this.send(to, { kind: EnvelopeKind.REQUEST, groupId, callId: 0, method, remainingMs: 0, body });
  }

  /** Runs the handler and sends its answer. */
  answer(from: number, envelope: RequestEnvelope, handler: RequestHandler | undefined): void {
    const { groupId, callId, method } = envelope;
    const respond = (ok: boolean, body: Uint8Array): void => {
      if (callId !== 0) this.send(from, { kind: EnvelopeKind.RESPONSE, groupId, callId, ok, body });
    };
    if (handler === undefined) {
      respond(false, encodeError(noHandler(groupId, method)));
      return;
    }
    void runHandler(handler, from, envelope).then(
      (body) => respond(true, body),
      (error: unknown) => respond(false, encodeError(error)),
    );
  }

  onResponse(from: number, envelope: ResponseEnvelope): void {
    const call = this.calls.get(envelope.callId);
    if (call === undefined || call.request.to !== from || call.request.groupId !== envelope.groupId) return;
    this.forget(call);
    if (envelope.ok) call.resolve(envelope.body);
    else call.reject(decodeError(envelope.body));
  }

  peerDown(peer: number): void {
    for (const call of [...this.calls.values()]) {
      if (call.request.to === peer) this.fail(call, `node ${peer} is down`);
    }
  }

  expire(call: Call): void {
    this.fail(call, `node ${call.request.to} did not answer within ${call.request.timeoutMs} ms`);
  }

  /** No answer is awaited any more; with an error, every call is told. */
  stop(error: RaftoralError | null): void {
    const calls = [...this.calls.values()];
    for (const call of calls) {
      this.forget(call);
      if (error !== null) call.reject(error);
    }
  }

  /** The node ends in good order (W4). */
  close(error: RaftoralError): void {
    this.closedWith = error;
    this.stop(error);
  }

  private fail(call: Call, why: string): void {
    this.forget(call);
    call.reject(
      new RaftoralError('OUTCOME_UNKNOWN', `${call.request.method} of group ${call.request.groupId}: ${why}; it may have taken effect`),
    );
  }

  private forget(call: Call): void {
    this.calls.delete(call.callId);
    this.deadlines.remove(call);
  }
}

/** A handler that throws before its first await answers as one that rejects. */
async function runHandler(
  handler: RequestHandler,
  from: number,
  { body, remainingMs }: Pick<RequestEnvelope, 'body' | 'remainingMs'>,
): Promise<Uint8Array> {
  return handler(from, body, remainingMs);
}

function noHandler(groupId: number, method: string): RaftoralError {
  return new RaftoralError('NOT_MEMBER', `node hosts no group ${groupId} that answers to ${method}`);
}
