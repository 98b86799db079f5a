/**
 * Requests between nodes about a group, and their answers. Owns: the calls without an answer yet.
 *
 * W1. A call settles once: by its answer, its deadline, or the loss of the peer. The last two are OUTCOME_UNKNOWN.
 * W2. At most `requestsInFlightMax` calls wait; one more is OVERLOADED, and nothing was sent.
 * W3. A late or repeated answer is ignored; so is one from a node that was not asked.
 * Tests: test/cluster/reads-and-requests.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { EnvelopeKind } from '../transport/transport.js';
import { decodeError, encodeError } from './request-error.js';
class Call {
    router;
    callId;
    request;
    dueAt;
    resolve;
    reject;
    heapIndex = -1;
    constructor(router, callId, request, dueAt, resolve, reject) {
        this.router = router;
        this.callId = callId;
        this.request = request;
        this.dueAt = dueAt;
        this.resolve = resolve;
        this.reject = reject;
    }
    onDue() {
        this.router.expire(this);
    }
}
export class RequestRouter {
    clock;
    deadlines;
    inFlightMax;
    send;
    calls = new Map();
    lastCallId = 0;
    constructor(clock, deadlines, inFlightMax, send) {
        this.clock = clock;
        this.deadlines = deadlines;
        this.inFlightMax = inFlightMax;
        this.send = send;
    }
    get inFlight() {
        return this.calls.size;
    }
    /** Before the first call: no number at or below is given. */
    begin(firstCallId) {
        this.lastCallId = firstCallId;
    }
    request(request) {
        if (this.calls.size >= this.inFlightMax) {
            const text = `${this.calls.size} requests to other nodes wait for an answer (requestsInFlightMax); slow down, or raise it`;
            return Promise.reject(new RaftoralError('OVERLOADED', text, { details: { limit: 'requestsInFlightMax' } }));
        }
        return new Promise((resolve, reject) => {
            const callId = ++this.lastCallId;
            const call = new Call(this, callId, request, this.clock.monotonic() + request.timeoutMs, resolve, reject);
            this.calls.set(callId, call);
            this.deadlines.add(call);
            const { groupId, to, method, body, timeoutMs } = request;
            this.send(to, { kind: EnvelopeKind.REQUEST, groupId, callId, method, remainingMs: timeoutMs, body });
        });
    }
    /** Sends a request that wants no answer. */
    tell(to, groupId, method, body) {
        this.send(to, { kind: EnvelopeKind.REQUEST, groupId, callId: 0, method, remainingMs: 0, body });
    }
    /** Runs the handler and sends its answer. */
    answer(from, envelope, handler) {
        const { groupId, callId, method } = envelope;
        const respond = (ok, body) => {
            if (callId !== 0)
                this.send(from, { kind: EnvelopeKind.RESPONSE, groupId, callId, ok, body });
        };
        if (handler === undefined) {
            respond(false, encodeError(new RaftoralError('NOT_MEMBER', `node hosts no group ${groupId} that answers to ${method}`)));
            return;
        }
        void runHandler(handler, from, envelope).then((body) => respond(true, body), (error) => respond(false, encodeError(error)));
    }
    onResponse(from, envelope) {
        const call = this.calls.get(envelope.callId);
        if (call === undefined || call.request.to !== from || call.request.groupId !== envelope.groupId)
            return;
        this.forget(call);
        if (envelope.ok)
            call.resolve(envelope.body);
        else
            call.reject(decodeError(envelope.body));
    }
    peerDown(peer) {
        for (const call of [...this.calls.values()]) {
            if (call.request.to === peer)
                this.fail(call, `node ${peer} is down`);
        }
    }
    expire(call) {
        this.fail(call, `node ${call.request.to} did not answer within ${call.request.timeoutMs} ms`);
    }
    /** No answer is awaited any more; with an error, every call is told. */
    stop(error) {
        const calls = [...this.calls.values()];
        for (const call of calls) {
            this.forget(call);
            if (error !== null)
                call.reject(error);
        }
    }
    fail(call, why) {
        this.forget(call);
        call.reject(new RaftoralError('OUTCOME_UNKNOWN', `${call.request.method} of group ${call.request.groupId}: ${why}; it may have taken effect`));
    }
    forget(call) {
        this.calls.delete(call.callId);
        this.deadlines.remove(call);
    }
}
/** A handler that throws before its first await answers as one that rejects. */
async function runHandler(handler, from, envelope) {
    return handler(from, envelope.body, envelope.remainingMs);
}
//# sourceMappingURL=request-router.js.map