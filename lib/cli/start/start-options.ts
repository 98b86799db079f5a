/**
 * Flags of `raftoral start` → options of RaftoralModule. Pure. What the module refuses is its own matter; here only what flags can get wrong.
 */
import type { RaftoralModuleOptions } from '../../index.js';
import type { ClientTransport } from '../environment.js';
import { UsageError } from '../usage-error.js';

export const DEFAULT_LISTEN = '127.0.0.1:7400';

export const NODE_ROLES = ['full', 'voter-only', 'client'] as const;
type NodeRole = (typeof NODE_ROLES)[number];

/** As the parsers of the command leave them. */
export interface StartFlags {
  readonly app?: string;
  readonly listen?: string;
  readonly advertise?: string;
  readonly transport?: ClientTransport;
  readonly path?: string;
  readonly bootstrap?: boolean;
  readonly bootstrapExpect?: number;
  readonly peers?: readonly string[];
  readonly votersMax?: number;
  readonly replaces?: number;
  readonly management?: boolean;
  readonly role?: NodeRole;
  readonly zone?: string;
  readonly deployment?: string;
  readonly storagePath?: string;
  readonly rejoinEmpty?: boolean;
  readonly secretFile?: string;
  readonly clientSecretFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  readonly tlsClientCa?: string;
  readonly tlsServerName?: string;
  readonly insecure?: boolean;
  readonly reflection?: boolean;
  readonly drainTimeout?: number;
  readonly logLevel?: 'error' | 'warn' | 'log' | 'debug' | 'verbose';
  readonly json?: boolean;
}

/** Throws a UsageError where flags contradict each other. */
export function optionsOf(flags: StartFlags): RaftoralModuleOptions {
  const security = securityOf(flags);
  const options = {
    cluster: clusterOf(flags),
    transport: transportOf(flags),
    ...(Object.keys(security).length === 0 ? {} : { security }),
    storage: storageOf(flags),
    ...managementOf(flags),
    ...(flags.deployment === undefined ? {} : { deployment: flags.deployment }),
    ...(flags.drainTimeout === undefined ? {} : { shutdown: { drainTimeoutMs: flags.drainTimeout } }),
  };
  if (Object.keys(options.cluster).every((name) => name !== 'bootstrap' && name !== 'bootstrapExpect' && name !== 'seeds'))
    throw new UsageError(
      'start: give --bootstrap, --bootstrap-expect or --peers: how the node begins, or finds its cluster. A node with files keeps the flags that it was begun with.',
    );
  return options;
}

function clusterOf({ bootstrap, bootstrapExpect, peers = [], votersMax, replaces }: StartFlags): RaftoralModuleOptions['cluster'] {
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

/** A role or a zone asks for two layers too: both mean nothing without. */
function managementOf({ management, role, zone }: StartFlags): Pick<RaftoralModuleOptions, 'management'> {
  if (management !== true && role === undefined && zone === undefined) return {};
  return { management: { ...(role === undefined ? {} : { role }), ...(zone === undefined ? {} : { zone }) } };
}

function transportOf({
  transport = 'grpc',
  listen = DEFAULT_LISTEN,
  advertise,
  path,
  reflection,
}: StartFlags): RaftoralModuleOptions['transport'] {
  const reached = advertise === undefined ? {} : { advertise };
  if (transport === 'grpc') {
    if (path !== undefined) throw new UsageError('--path: only with --transport http.');
    return { type: 'grpc', listen, ...reached, ...(reflection === true ? { reflection } : {}) };
  }
  if (reflection === true) throw new UsageError('--reflection: only with --transport grpc.');
  return { type: 'http', listen, ...reached, ...(path === undefined ? {} : { path }) };
}

function securityOf(flags: StartFlags): NonNullable<RaftoralModuleOptions['security']> {
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
            cert: tlsCert!,
            key: tlsKey!,
            ca: tlsCa!,
            ...(tlsClientCa === undefined ? {} : { clientCa: tlsClientCa }),
            ...(tlsServerName === undefined ? {} : { serverName: tlsServerName }),
          },
        }
      : {}),
    ...(insecure === true ? { insecure } : {}),
  };
}

function storageOf({ storagePath, rejoinEmpty }: StartFlags): NonNullable<RaftoralModuleOptions['storage']> {
  if (storagePath !== undefined) return { type: 'sqlite', path: storagePath, ...(rejoinEmpty === true ? { rejoinEmpty } : {}) };
  if (rejoinEmpty === true) throw new UsageError('--rejoin-empty: needs --storage-path, the folder whose files are to be put aside.');
  return { type: 'memory' };
}
