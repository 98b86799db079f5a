/**
 * `raftoral start`: a node as a process of its own, with an application's workflows or without.
 */
import type { LogLevel } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { BaseCommand } from '../base-command.js';
import { TRANSPORTS } from '../client-command.js';
import type { ClientTransport } from '../environment.js';
import { parseAddress, parseChoice, parseDuration, parseInteger, parseList } from '../parse.js';
import { UsageError } from '../usage-error.js';
import { DEFAULT_LISTEN, NODE_ROLES, optionsOf, type StartFlags } from '../start/start-options.js';

const LOG_LEVELS = ['error', 'warn', 'log', 'debug', 'verbose'] as const satisfies readonly LogLevel[];
const NODES_MAX = 7;

@Command({ name: 'start', description: 'run a node until SIGTERM or Ctrl-C: it then hands over, and ends with exit code 0' })
export class StartCommand extends BaseCommand {
  @Option({
    flags: '--app <file[#Name]>',
    description: 'compiled Nest module with the workflows; without it the node stores and votes, and runs no code',
  })
  readApp(text: string): string {
    return text;
  }

  @Option({
    flags: '--listen <host:port>',
    description: `where peers and clients reach it (default ${DEFAULT_LISTEN}); port 0: any free one`,
  })
  readListen(text: string): string {
    return parseAddress(text, '--listen');
  }

  @Option({ flags: '--advertise <host:port>', description: 'what it tells the others to reach it at (default: as bound)' })
  readAdvertise(text: string): string {
    return parseAddress(text, '--advertise');
  }

  @Option({ flags: '--bootstrap', description: 'without files, begin a new deployment as node 1' })
  readBootstrap(): boolean {
    return true;
  }

  @Option({
    flags: '--bootstrap-expect <number>',
    description: 'without files, begin a new deployment together with others (--peers): so many in all',
  })
  readBootstrapExpect(text: string): number {
    const count = parseInteger(text, '--bootstrap-expect');
    if (count > NODES_MAX) throw new UsageError(`--bootstrap-expect: at most ${NODES_MAX} nodes vote; the others join later.`);
    return count;
  }

  @Option({
    flags: '--peers <list>',
    description: 'host:port of other nodes, with commas: how it finds its cluster; a name may stand for several',
  })
  readPeers(text: string, previous?: readonly string[]): readonly string[] {
    return parseList(text, '--peers', previous).map((peer) => parseAddress(peer, '--peers'));
  }

  @Option({ flags: '--voters-max <number>', description: 'as a new node, become a voter only while there are fewer (default 7)' })
  readVotersMax(text: string): number {
    return parseInteger(text, '--voters-max');
  }

  @Option({ flags: '--replaces <node-id>', description: 'as a new node, take the place of this lost one' })
  readReplaces(text: string): number {
    return parseInteger(text, '--replaces');
  }

  @Option({ flags: '--management', description: 'two layers: a management cluster makes, fills and repairs execution clusters' })
  readManagement(): boolean {
    return true;
  }

  @Option({
    flags: '--role <role>',
    description: 'with two layers: full (default), voter-only (runs no code) or client (a member of nothing, which forwards)',
  })
  readRole(text: string): (typeof NODE_ROLES)[number] {
    return parseChoice(text, '--role', NODE_ROLES);
  }

  @Option({ flags: '--zone <name>', description: 'with two layers: members of a cluster are spread over zones' })
  readZone(text: string): string {
    return text;
  }

  @Option({ flags: '--deployment <uuid>', description: 'join no other deployment than this' })
  readDeployment(text: string): string {
    return text;
  }

  @Option({
    flags: '--storage-path <folder>',
    description: "the node's own folder; without it everything is in memory, and ends with the process",
  })
  readStoragePath(text: string): string {
    return text;
  }

  @Option({ flags: '--rejoin-empty', description: 'put files aside that can not be used, and join again under a new id' })
  readRejoinEmpty(): boolean {
    return true;
  }

  @Option({ flags: '--transport <grpc|http>', description: 'between nodes, and for clients (default grpc)' })
  readTransport(text: string): ClientTransport {
    return parseChoice(text, '--transport', TRANSPORTS);
  }

  @Option({ flags: '--path <path>', description: 'http: where everything is mounted (default /raftoral)' })
  readPath(text: string): string {
    return text;
  }

  @Option({ flags: '--reflection', description: 'grpc: server reflection, for tools' })
  readReflection(): boolean {
    return true;
  }

  @Option({ flags: '--secret-file <file>', description: 'secret that all nodes share, 16 bytes or more' })
  readSecretFile(text: string): string {
    return text;
  }

  @Option({
    flags: '--client-secret-file <file>',
    description: 'secret of those who call the control API; another one than that of the nodes',
  })
  readClientSecretFile(text: string): string {
    return text;
  }

  @Option({ flags: '--tls-cert <file>', description: "TLS: the node's certificate (PEM); read again when it changes" })
  readTlsCert(text: string): string {
    return text;
  }

  @Option({ flags: '--tls-key <file>', description: 'its key (PEM)' })
  readTlsKey(text: string): string {
    return text;
  }

  @Option({ flags: '--tls-ca <file>', description: "authority of the nodes' certificates (PEM)" })
  readTlsCa(text: string): string {
    return text;
  }

  @Option({ flags: '--tls-client-ca <file>', description: "authority of the clients' certificates (PEM)" })
  readTlsClientCa(text: string): string {
    return text;
  }

  @Option({ flags: '--tls-server-name <name>', description: "name in the nodes' certificates, where it is not the host of their address" })
  readTlsServerName(text: string): string {
    return text;
  }

  @Option({ flags: '--insecure', description: 'neither secret nor TLS, on purpose: whoever reaches the port may do everything' })
  readInsecure(): boolean {
    return true;
  }

  @Option({ flags: '--drain-timeout <duration>', description: 'how long the end waits for its runs to be handed over (default 2s)' })
  readDrainTimeout(text: string): number {
    return parseDuration(text, '--drain-timeout');
  }

  @Option({ flags: '--log-level <level>', description: `the least that is logged: ${LOG_LEVELS.join(', ')} (default log)` })
  readLogLevel(text: string): (typeof LOG_LEVELS)[number] {
    return parseChoice(text, '--log-level', LOG_LEVELS);
  }

  @Option({ flags: '--json', description: 'log as JSON lines' })
  readJson(): boolean {
    return true;
  }

  override async run(_params: string[], flags: StartFlags): Promise<void> {
    const options = optionsOf(flags);
    const { environment } = this;
    // The engine is loaded where a node is to run: whoever only asks one does not wait for it.
    const [{ loadApplication, OWN_ENGINE }, { NodeLogger }, { runNode }] = await Promise.all([
      import('../start/application.js'),
      import('../start/node-logger.js'),
      import('../start/run-node.js'),
    ]);
    const application =
      flags.app === undefined ? { module: null, engine: OWN_ENGINE } : await loadApplication(flags.app, environment.folder);
    const levels = LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(flags.logLevel ?? 'log') + 1);
    const logger = new NodeLogger({ json: flags.json === true, logLevels: ['fatal', ...levels] });
    await runNode({ environment, application, options, logger });
  }
}
