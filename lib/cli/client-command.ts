/**
 * A command that asks a node: the flags that all of those have, the connection, and how answers and errors are shown.
 *
 * K1. stdout has the answer and nothing else: text for a person, or with --json one JSON document (of a stream, one a line).
 * K2. Nothing is sent before all flags and arguments are understood.
 * K3. Every write has a request id before it is sent, so that the error of a call whose outcome is unknown can name it.
 */
import { Option } from 'nest-commander';
import { isRaftoralError } from '../errors/index.js';
import type { ControlClient, JsonObject } from '../index.js';
import { BaseCommand } from './base-command.js';
import type { ClientTransport, Connection, ConnectionTls } from './environment.js';
import { parseAddress, parseChoice, parseDuration } from './parse.js';
import { Progress } from './progress.js';
import { UsageError } from './usage-error.js';

export const DEFAULT_ADDRESS = '127.0.0.1:7400';
export const TRANSPORTS = ['grpc', 'http'] as const;
const TIMEOUT_MS = 10_000;
const LOOK_EVERY_MS = 1_000;
/** The node is given this much less than the client waits, so that its own answer comes first, ms. */
const ANSWER_MARGIN_MS = 250;

/** As the parsers below leave them. */
export interface ClientFlags {
  readonly address?: string;
  readonly transport?: ClientTransport;
  readonly path?: string;
  readonly clientSecretFile?: string;
  readonly tls?: boolean;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsServerName?: string;
  readonly timeout?: number;
  readonly json?: boolean;
  readonly progress?: boolean;
}

export abstract class ClientCommand<Flags extends ClientFlags = ClientFlags> extends BaseCommand {
  abstract override run(params: string[], flags: Flags): Promise<void>;

  @Option({ flags: '--address <host:port>', description: `node to ask (default ${DEFAULT_ADDRESS})`, env: 'RAFTORAL_ADDRESS' })
  readAddress(text: string): string {
    return parseAddress(text, '--address');
  }

  @Option({ flags: '--transport <grpc|http>', description: 'what the node speaks (default grpc)', env: 'RAFTORAL_TRANSPORT' })
  readTransport(text: string): ClientTransport {
    return parseChoice(text, '--transport', TRANSPORTS);
  }

  @Option({ flags: '--path <path>', description: 'http: where the node mounts its API (default /raftoral)' })
  readPath(text: string): string {
    if (!/^\/[^\s?#]*$/.test(text)) throw new UsageError(`--path: '${text}' is no path, as in /raftoral.`);
    return text;
  }

  @Option({
    flags: '--client-secret-file <file>',
    description: 'file with the secret of the clients',
    env: 'RAFTORAL_CLIENT_SECRET_FILE',
  })
  readClientSecretFile(text: string): string {
    return text;
  }

  @Option({ flags: '--tls', description: "TLS with the machine's own authorities" })
  readTls(): boolean {
    return true;
  }

  @Option({ flags: '--tls-ca <file>', description: "TLS; authority of the node's certificate (PEM)" })
  readTlsCa(text: string): string {
    return text;
  }

  @Option({ flags: '--tls-cert <file>', description: 'certificate of this client (PEM)' })
  readTlsCert(text: string): string {
    return text;
  }

  @Option({ flags: '--tls-key <file>', description: 'its key (PEM)' })
  readTlsKey(text: string): string {
    return text;
  }

  @Option({ flags: '--tls-server-name <name>', description: "name in the node's certificate, where it is not the host of the address" })
  readTlsServerName(text: string): string {
    return text;
  }

  @Option({ flags: '--timeout <duration>', description: 'how long to wait: 500ms, 10s, 2m (default 10s)' })
  readTimeout(text: string): number {
    return parseDuration(text, '--timeout');
  }

  @Option({ flags: '--progress', description: 'say on stderr how far it is, also where that is no terminal' })
  readProgress(): boolean {
    return true;
  }

  @Option({ flags: '--json', description: 'answer as one JSON document' })
  readJson(): boolean {
    return true;
  }

  /** Opens a client, and closes it whatever happens. */
  protected async connected<T>(flags: ClientFlags, act: (client: ControlClient) => Promise<T>): Promise<T> {
    const client = await this.environment.connect(connectionOf(flags));
    try {
      return await act(client);
    } finally {
      await client.close();
    }
  }

  /** One call with the deadline of the flags, which the node is told too where the call has a field for it. */
  protected ask(client: ControlClient, flags: ClientFlags, method: string, request: JsonObject, hasTimeout = false): Promise<JsonObject> {
    const timeoutMs = flags.timeout ?? TIMEOUT_MS;
    const told: JsonObject = hasTimeout
      ? { timeoutMs: Math.max(1, Math.floor(Math.max(timeoutMs - ANSWER_MARGIN_MS, timeoutMs / 2))) }
      : {};
    return client.call(method, { ...request, ...told }, { timeoutMs });
  }

  /** Call, then print: as JSON, or as `render` makes it. */
  protected async show<Answer>(
    flags: ClientFlags,
    method: string,
    request: JsonObject,
    render: (answer: Answer) => string,
    hasTimeout = false,
  ): Promise<void> {
    const answer = await this.connected(flags, (client) => this.ask(client, flags, method, request, hasTimeout));
    if (flags.json === true) this.printJson(answer);
    else this.print(render(answer as Answer));
  }

  protected progress(flags: ClientFlags): Progress {
    return new Progress(this.environment, flags.progress === true);
  }

  /** Runs `work`; meanwhile says every second what `look` finds. What goes wrong with looking is not the work's failure. */
  protected async watched<T>(flags: ClientFlags, work: Promise<T>, look: () => Promise<string>): Promise<T> {
    const progress = this.progress(flags);
    if (!progress.isOn) return work;
    let isLooking = false;
    const timer = setInterval(() => {
      if (isLooking) return;
      isLooking = true;
      look()
        .then(
          (text) => progress.say(text),
          (error: unknown) => progress.say(`waiting (${isRaftoralError(error) ? error.code : 'the node does not answer'})`),
        )
        .finally(() => (isLooking = false));
    }, LOOK_EVERY_MS);
    try {
      return await work;
    } finally {
      clearInterval(timer);
      progress.clear();
    }
  }
}

/** Flags → how to connect. Throws a UsageError where they contradict each other. */
export function connectionOf(flags: ClientFlags): Connection {
  const { tlsCa, tlsCert, tlsKey, tlsServerName, clientSecretFile, path } = flags;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) throw new UsageError('--tls-cert and --tls-key: give both, or neither.');
  if (path !== undefined && flags.transport !== 'http') throw new UsageError('--path: only with --transport http.');
  const hasTls = flags.tls === true || [tlsCa, tlsCert, tlsServerName].some((flag) => flag !== undefined);
  const tls: ConnectionTls = {
    ...(tlsCa === undefined ? {} : { ca: tlsCa }),
    ...(tlsCert === undefined ? {} : { cert: tlsCert, key: tlsKey! }),
    ...(tlsServerName === undefined ? {} : { serverName: tlsServerName }),
  };
  return {
    transport: flags.transport ?? 'grpc',
    address: flags.address ?? DEFAULT_ADDRESS,
    ...(clientSecretFile === undefined ? {} : { clientSecretFile }),
    ...(hasTls ? { tls } : {}),
    ...(path === undefined ? {} : { path }),
  };
}
