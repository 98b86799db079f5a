import { randomUUID } from 'node:crypto';
import { RaftoralError } from '../../errors/index.js';
import { parseAddress } from '../security/loopback.js';
import { decodeResponse, encodeRequest } from './control-codec.js';
import { dialClient } from './dial-client.js';
import { ERROR_METADATA, GrpcStatus, errorOf } from './error-status.js';
import { GRPC_LIMITS } from './limits.js';
import { loadGrpc } from './modules.js';
/** How much longer the client waits than the node: the node's own answer, which knows more, comes first. */
const DEADLINE_GRACE_MS = 1_000;
const asBytes = (bytes) => bytes;
export class GrpcControlClient {
    parts;
    #opening = null;
    #isClosed = false;
    constructor(parts) {
        this.parts = parts;
        parseAddress(parts.address, 'address');
    }
    async call(method, request, options = {}) {
        const { dialed: { client }, modules, } = await this.#open(method);
        const rpc = rpcOf(modules, method, false);
        const { timeoutMs } = options;
        const asked = {
            ...('requestId' in rpc.method.request ? { requestId: randomUUID() } : {}),
            ...('timeoutMs' in rpc.method.request && timeoutMs !== undefined ? { timeoutMs } : {}),
            ...request,
        };
        const requestId = typeof asked['requestId'] === 'string' ? asked['requestId'] : undefined;
        const body = encodeRequest(rpc, asked);
        const deadline = timeoutMs === undefined ? Infinity : Date.now() + timeoutMs + DEADLINE_GRACE_MS;
        return new Promise((resolve, reject) => {
            client.makeUnaryRequest(rpc.path, asBytes, asBytes, body, this.#metadata(modules, rpc, body), { deadline }, (error, answer) => {
                if (error !== null)
                    reject(this.#errorOf(rpc, error, requestId));
                else
                    resolve(decodeResponse(rpc, answer ?? Buffer.alloc(0)));
            });
        });
    }
    async *stream(method, request, signal) {
        const { dialed: { client }, modules, } = await this.#open(method);
        const rpc = rpcOf(modules, method, true);
        const body = encodeRequest(rpc, request);
        if (signal.aborted)
            return;
        const call = client.makeServerStreamRequest(rpc.path, asBytes, asBytes, body, this.#metadata(modules, rpc, body), {});
        const cancel = () => call.cancel();
        signal.addEventListener('abort', cancel, { once: true });
        try {
            for await (const bytes of call)
                yield decodeResponse(rpc, bytes);
        }
        catch (error) {
            if (!signal.aborted)
                throw isStatus(error) ? this.#errorOf(rpc, error, undefined) : error;
        }
        finally {
            signal.removeEventListener('abort', cancel);
            call.on('error', () => undefined); // 'cancelled', which is asked for here
            call.cancel();
        }
    }
    async close() {
        this.#isClosed = true;
        const opening = this.#opening;
        this.#opening = null;
        if (opening !== null)
            (await opening).dialed.close();
    }
    async #open(method) {
        if (this.#isClosed)
            throw new RaftoralError('SHUTTING_DOWN', `${method}: this client was closed; make another one.`);
        this.#opening ??= loadGrpc().then((modules) => {
            const { address, tls } = this.parts;
            const dialed = dialClient(modules.grpc, {
                address: parseAddress(address, 'address'),
                tls: tls ?? null,
                serverName: tls?.serverName,
                limits: GRPC_LIMITS,
            });
            return { dialed, modules };
        });
        return this.#opening;
    }
    #metadata({ grpc }, rpc, body) {
        const metadata = new grpc.Metadata();
        const { authorize } = this.parts;
        if (authorize !== undefined)
            metadata.set('authorization', authorize(rpc.path, body));
        return metadata;
    }
    #errorOf(rpc, status, requestId) {
        const [bytes] = status.metadata?.get(ERROR_METADATA) ?? [];
        const { code, details } = status;
        const what = `${rpc.method.name} at ${this.parts.address}`;
        return errorOf(what, { code, details, bytes: Buffer.isBuffer(bytes) ? bytes : undefined }, requestId);
    }
}
function rpcOf({ proto }, method, isStream) {
    const rpc = proto.byName.get(method);
    if (rpc === undefined || (rpc.method.isStream === true) !== isStream)
        throw new RaftoralError('INVALID_ARGUMENT', `${method} is no ${isStream ? 'stream' : 'call'} of the control API.`);
    return rpc;
}
function isStatus(error) {
    return error instanceof Error && 'code' in error && typeof error.code === 'number' && error.code !== GrpcStatus.OK && 'details' in error;
}
//# sourceMappingURL=grpc-control-client.js.map