/**
 * Calls between processes, both ways: JSON in, JSON out. Owns who waits for which answer, and the bounds.
 *
 * W2. A call is made once. Its loss is OUTCOME_UNKNOWN, because it may have been carried out.
 * K1. What a handler rejects with arrives as it was: code, message, details. What is no RaftoralError arrives as INVARIANT_VIOLATED with its text.
 * K2. Bounded: own calls in flight, calls of others in progress, bytes of each. More is OVERLOADED or PAYLOAD_TOO_LARGE.
 * Tests: peer-transport.spec.ts.
 */
import { ERROR_CODES, isRaftoralError, RaftoralError } from '../../errors/index.js';
import { decodeAnswer, decodeCall, encodeAnswer, encodeCall } from './packet-codec.js';
import { MAC_BYTES } from './seal.js';
export class CallDesk {
    clock;
    tuning;
    handlers = new Map();
    waiting = new Map();
    lastCallId = 0;
    callsIn = 0;
    constructor(clock, tuning) {
        this.clock = clock;
        this.tuning = tuning;
    }
    handle(method, handler) {
        if (this.handlers.has(method))
            throw new RaftoralError('INVALID_CONFIGURATION', `the peer call '${method}' has a handler already`);
        this.handlers.set(method, handler);
    }
    /** Throws PAYLOAD_TOO_LARGE or NOT_SERIALIZABLE. */
    encode(method, request) {
        const json = toJson(request, `the request of peer call '${method}'`);
        const { callBytesMax } = this.tuning;
        if (json.length <= callBytesMax)
            return json;
        throw new RaftoralError('PAYLOAD_TOO_LARGE', `the request of peer call '${method}' has ${json.length} bytes, at most ${callBytesMax}`);
    }
    /** Sends it on `connection` and waits at most `timeoutMs`. */
    async send(connection, method, json, timeoutMs) {
        const what = `peer call '${method}' to ${connection.remoteAddress}`;
        if (this.waiting.size >= this.tuning.callsOutMax)
            throw new RaftoralError('OVERLOADED', `${this.waiting.size} peer calls wait for their answers; ${what} was not sent`);
        if (connection.bufferedBytes > this.tuning.sendBufferBytesMax)
            throw new RaftoralError('OVERLOADED', `${connection.bufferedBytes} bytes wait to leave; ${what} was not sent`);
        const callId = ++this.lastCallId;
        return new Promise((resolve, reject) => {
            const timer = this.clock.setTimer(timeoutMs, () => {
                this.end(callId)?.reject(new RaftoralError('OUTCOME_UNKNOWN', `${what} was not answered within ${timeoutMs} ms`));
            });
            this.waiting.set(callId, { connection, what, timer, resolve, reject });
            connection.countCall(1);
            connection.send(encodeCall({ callId, method, json }, MAC_BYTES));
        });
    }
    onAnswer(connection, packet) {
        const { callId, ok, json } = decodeAnswer(packet);
        if (this.waiting.get(callId)?.connection !== connection)
            return; // it was given up before
        const call = this.end(callId);
        const body = fromJson(json);
        if (body === null)
            call.reject(new RaftoralError('MALFORMED_FRAME', `the answer to ${call.what} is not a JSON object`));
        else if (ok)
            call.resolve(body);
        else
            call.reject(toError(body));
    }
    onCall(connection, packet) {
        const { callId, method, json } = decodeCall(packet);
        const answer = (ok, bytes) => connection.send(encodeAnswer({ callId, ok, json: bytes }, MAC_BYTES));
        if (this.callsIn >= this.tuning.callsInMax) {
            const busy = new RaftoralError('OVERLOADED', `${this.callsIn} peer calls are in progress; '${method}' was not begun`);
            return answer(false, errorJson(busy));
        }
        this.callsIn++;
        connection.countCall(1);
        const { local: _local, remote } = connection;
        const from = {
            nodeId: remote.nodeId,
            incarnation: remote.incarnation,
            deployment: remote.deployment,
            address: remote.address,
            processId: remote.processId,
        };
        void this.run(from, method, json).then(({ ok, bytes }) => {
            this.callsIn--;
            answer(ok, bytes);
            connection.countCall(-1);
        });
    }
    /** A call of this process to itself. */
    async local(from, method, json) {
        const { ok, bytes } = await this.run(from, method, json);
        const body = fromJson(bytes);
        if (ok)
            return body;
        throw toError(body);
    }
    /** Its connection is gone. */
    lost(connection, why) {
        for (const [callId, call] of [...this.waiting]) {
            if (call.connection !== connection)
                continue;
            this.end(callId).reject(new RaftoralError('OUTCOME_UNKNOWN', `${call.what} was sent, but the connection ended before the answer: ${why}`));
        }
    }
    end(callId) {
        const call = this.waiting.get(callId);
        if (call === undefined)
            return undefined;
        this.waiting.delete(callId);
        call.timer.cancel();
        call.connection.countCall(-1);
        return call;
    }
    /** Never rejects. */
    async run(from, method, json) {
        try {
            const handler = this.handlers.get(method);
            if (handler === undefined)
                throw new RaftoralError('INVALID_ARGUMENT', `there is no peer call '${method}' here; is it a node of another version?`);
            const { callBytesMax } = this.tuning;
            if (json.length > callBytesMax)
                throw new RaftoralError('PAYLOAD_TOO_LARGE', `the request of peer call '${method}' has ${json.length} bytes, at most ${callBytesMax}`);
            const request = fromJson(json);
            if (request === null)
                throw new RaftoralError('MALFORMED_FRAME', `the request of peer call '${method}' is not a JSON object`);
            const bytes = toJson(await handler(from, request), `the answer of peer call '${method}'`);
            if (bytes.length > callBytesMax)
                throw new RaftoralError('PAYLOAD_TOO_LARGE', `the answer of peer call '${method}' has ${bytes.length} bytes, at most ${callBytesMax}`);
            return { ok: true, bytes };
        }
        catch (error) {
            return { ok: false, bytes: errorJson(error) };
        }
    }
}
function toJson(value, what) {
    try {
        return Buffer.from(JSON.stringify(value), 'utf8');
    }
    catch (cause) {
        throw new RaftoralError('NOT_SERIALIZABLE', `${what} is not JSON`, { cause });
    }
}
/** null: it is not a JSON object. */
function fromJson(bytes) {
    try {
        const value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
        return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
    }
    catch {
        return null;
    }
}
function errorJson(error) {
    const known = isRaftoralError(error);
    const code = known ? error.code : 'INVARIANT_VIOLATED';
    const message = error instanceof Error ? error.message : String(error);
    const plain = { code, message, details: {} };
    try {
        return Buffer.from(JSON.stringify(known ? { ...plain, details: error.details } : plain), 'utf8');
    }
    catch {
        return Buffer.from(JSON.stringify(plain), 'utf8'); // details that are no JSON stay at home
    }
}
function toError(body) {
    const code = String(body['code']);
    const message = String(body['message']);
    const given = body['details'];
    const details = typeof given === 'object' && given !== null ? given : {};
    if (Object.hasOwn(ERROR_CODES, code))
        return new RaftoralError(code, message, { details });
    return new RaftoralError('MALFORMED_FRAME', `the peer answered with an error of unknown code ${code}: ${message}`, { details });
}
//# sourceMappingURL=calls.js.map