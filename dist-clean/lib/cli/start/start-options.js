import { UsageError } from '../usage-error.js';
export const DEFAULT_LISTEN = '127.0.0.1:7400';
/** Throws a UsageError where flags contradict each other. */
export function optionsOf(flags) {
    const security = securityOf(flags);
    return {
        cluster: clusterOf(flags),
        transport: transportOf(flags),
        ...(Object.keys(security).length === 0 ? {} : { security }),
        storage: storageOf(flags),
        ...(flags.deployment === undefined ? {} : { deployment: flags.deployment }),
        ...(flags.drainTimeout === undefined ? {} : { shutdown: { drainTimeoutMs: flags.drainTimeout } }),
    };
}
function clusterOf({ bootstrap, bootstrapExpect, peers = [], votersMax, replaces }) {
    if (bootstrap === true && bootstrapExpect !== undefined)
        throw new UsageError('--bootstrap and --bootstrap-expect: give one: a node that begins alone, or several that begin together.');
    if (bootstrapExpect !== undefined && bootstrapExpect > 1 && peers.length === 0)
        throw new UsageError('--bootstrap-expect: needs --peers, the addresses at which the others are to be found.');
    return {
        ...(bootstrap === true ? { bootstrap } : {}),
        ...(bootstrapExpect === undefined ? {} : { bootstrapExpect }),
        ...(peers.length === 0 ? {} : { seeds: peers }),
        ...(votersMax === undefined ? {} : { votersMax }),
        ...(replaces === undefined ? {} : { replaces }),
    };
}
function transportOf({ transport = 'grpc', listen = DEFAULT_LISTEN, advertise, path, reflection, }) {
    const reached = advertise === undefined ? {} : { advertise };
    if (transport === 'grpc') {
        if (path !== undefined)
            throw new UsageError('--path: only with --transport http.');
        return { type: 'grpc', listen, ...reached, ...(reflection === true ? { reflection } : {}) };
    }
    if (reflection === true)
        throw new UsageError('--reflection: only with --transport grpc.');
    return { type: 'http', listen, ...reached, ...(path === undefined ? {} : { path }) };
}
function securityOf(flags) {
    const { secretFile, clientSecretFile, tlsCert, tlsKey, tlsCa, tlsClientCa, tlsServerName, insecure } = flags;
    const hasTls = [tlsCert, tlsKey, tlsCa, tlsClientCa, tlsServerName].some((flag) => flag !== undefined);
    if (hasTls && (tlsCert === undefined || tlsKey === undefined || tlsCa === undefined))
        throw new UsageError('TLS: --tls-cert, --tls-key and --tls-ca belong together.');
    return {
        ...(secretFile === undefined ? {} : { peerSecret: { file: secretFile } }),
        ...(clientSecretFile === undefined ? {} : { clientSecret: { file: clientSecretFile } }),
        ...(hasTls
            ? {
                tls: {
                    cert: tlsCert,
                    key: tlsKey,
                    ca: tlsCa,
                    ...(tlsClientCa === undefined ? {} : { clientCa: tlsClientCa }),
                    ...(tlsServerName === undefined ? {} : { serverName: tlsServerName }),
                },
            }
            : {}),
        ...(insecure === true ? { insecure } : {}),
    };
}
function storageOf({ storagePath, rejoinEmpty }) {
    if (storagePath !== undefined)
        return { type: 'sqlite', path: storagePath, ...(rejoinEmpty === true ? { rejoinEmpty } : {}) };
    if (rejoinEmpty === true)
        throw new UsageError('--rejoin-empty: needs --storage-path, the folder whose files are to be put aside.');
    return { type: 'memory' };
}
//# sourceMappingURL=start-options.js.map