import { RaftoralError, isRaftoralError } from '../../errors/index.js';
import { ERROR_METADATA, statusOf } from './error-status.js';
import { CONNECT_PATH } from './proto.js';
const OPEN_SERVICES = ['/grpc.health.v1.Health/'];
const REFLECTION_SERVICES = ['/grpc.reflection.v1.ServerReflection/', '/grpc.reflection.v1alpha.ServerReflection/'];
/** Connections of calls under way, for the handlers; a call is known by its metadata object. */
export class CallConnections {
    #byMetadata = new WeakMap();
    set(metadata, connection) {
        this.#byMetadata.set(metadata, connection);
    }
    of(metadata) {
        return this.#byMetadata.get(metadata) ?? null;
    }
}
export function clientGate(grpc, parts, connections) {
    const open = [...OPEN_SERVICES, ...(parts.hasReflection ? REFLECTION_SERVICES : [])];
    const isOpen = (path) => path === CONNECT_PATH || open.some((service) => path.startsWith(service));
    return (definition, call) => {
        const { path } = definition;
        let pending = null;
        let isRefused = false;
        /** True: the call goes on. */
        const passes = (check) => {
            if (isRefused)
                return false;
            try {
                check();
                return true;
            }
            catch (error) {
                isRefused = true;
                refuseCall(grpc, call, error);
                return false;
            }
        };
        return new grpc.ServerInterceptingCall(call, {
            start: (next) => next({
                onReceiveMetadata: (metadata, pass) => {
                    const isAllowed = passes(() => {
                        const connection = parts.findConnection(call.getConnectionInfo());
                        if (connection === null)
                            throw new RaftoralError('UNAUTHENTICATED', `${path}: the connection has ended.`);
                        connections.set(metadata, connection);
                        if (isOpen(path))
                            return;
                        if (!parts.isControl(path))
                            throw new RaftoralError('UNAUTHENTICATED', `${path} is no call for clients.`);
                        pending = parts.gate().checkHead({
                            authorization: authorizationOf(metadata),
                            target: path,
                            isEncrypted: connection.isEncrypted,
                            isLoopback: connection.isLoopback,
                            hasClientCertificate: connection.hasClientCertificate,
                        });
                    });
                    if (isAllowed)
                        pass(metadata);
                },
                onReceiveMessage: (message, pass) => {
                    if (passes(() => pending?.verify(message)))
                        pass(message);
                },
                onReceiveHalfClose: (pass) => {
                    if (!isRefused)
                        pass();
                },
                onCancel: () => undefined,
            }),
        });
    };
}
function authorizationOf(metadata) {
    const values = metadata.get('authorization');
    return values.length === 1 && typeof values[0] === 'string' ? values[0] : undefined;
}
function refuseCall(grpc, call, error) {
    const known = isRaftoralError(error)
        ? error
        : new RaftoralError('UNAUTHENTICATED', 'the credentials could not be checked', { cause: error });
    const { code, details, bytes } = statusOf(known);
    const metadata = new grpc.Metadata();
    metadata.set(ERROR_METADATA, bytes);
    call.sendStatus({ code, details, metadata });
}
//# sourceMappingURL=client-gate.js.map