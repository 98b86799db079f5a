import { Observable, from } from 'rxjs';
import { RaftoralError, isRaftoralError } from '../../errors/index.js';
import { decodeRequest, encodeResponse } from './control-codec.js';
import { ERROR_METADATA, statusOf } from './error-status.js';
/** An error as grpc-js takes it. */
class StatusError extends Error {
    code;
    details;
    metadata;
    constructor(code, details, metadata) {
        super(details);
        this.code = code;
        this.details = details;
        this.metadata = metadata;
    }
}
export function unaryHandler(grpc, rpc, control) {
    const answer = async (request, call) => {
        const context = contextOf(call);
        const result = await ready(rpc, control).call(rpc.method.name, decodeRequest(rpc, request), context);
        return encodeResponse(rpc, result);
    };
    return (request, _metadata, call) => from(answer(request, call).catch((error) => {
        throw statusError(grpc, rpc, error);
    }));
}
export function streamHandler(grpc, rpc, control) {
    const run = async (request, call) => {
        const context = contextOf(call);
        const items = ready(rpc, control).stream(rpc.method.name, decodeRequest(rpc, request), context);
        // Tells the caller that it is listened to, also while nothing happens.
        call.sendMetadata(new grpc.Metadata());
        for await (const item of items) {
            if (context.signal.aborted)
                return;
            await written(call, encodeResponse(rpc, item), context.signal);
        }
    };
    return (request, _metadata, call) => 
    // Nest's own loop would gather what a slow reader does not take; so the items are written here, and it only learns of the end.
    new Observable((subscriber) => {
        run(request, call).then(() => subscriber.complete(), (error) => subscriber.error(statusError(grpc, rpc, error)));
    });
}
function ready(rpc, control) {
    const api = control();
    if (api !== null)
        return api;
    throw new RaftoralError('NOT_MEMBER', `${rpc.method.name}: this node is starting, and answers no calls yet; try again, or ask another node.`);
}
function contextOf(call) {
    const gone = new AbortController();
    call.on('cancelled', () => gone.abort());
    if (call.cancelled)
        gone.abort();
    const deadline = call.getDeadline();
    const dueAt = deadline instanceof Date ? deadline.getTime() : deadline;
    return { signal: gone.signal, ...(Number.isFinite(dueAt) ? { timeoutMs: Math.max(1, dueAt - Date.now()) } : {}) };
}
/** Resolves when the item has been taken by the network, or the caller is gone. */
function written(call, bytes, signal) {
    return new Promise((resolve) => {
        const done = () => {
            signal.removeEventListener('abort', done);
            resolve();
        };
        signal.addEventListener('abort', done);
        call.write(bytes, done);
    });
}
function statusError(grpc, rpc, error) {
    const known = isRaftoralError(error)
        ? error
        : new RaftoralError('INVARIANT_VIOLATED', `${rpc.method.name}: ${error instanceof Error ? error.message : String(error)}`);
    const { code, details, bytes } = statusOf(known);
    const metadata = new grpc.Metadata();
    metadata.set(ERROR_METADATA, bytes);
    return new StatusError(code, details, metadata);
}
//# sourceMappingURL=control-handlers.js.map