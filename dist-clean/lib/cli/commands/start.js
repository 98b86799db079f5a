var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { Command, Option } from 'nest-commander';
import { BaseCommand } from '../base-command.js';
import { TRANSPORTS } from '../client-command.js';
import { parseAddress, parseChoice, parseDuration, parseInteger, parseList } from '../parse.js';
import { loadApplication, OWN_ENGINE } from '../start/application.js';
import { NodeLogger } from '../start/node-logger.js';
import { runNode } from '../start/run-node.js';
import { UsageError } from '../usage-error.js';
import { DEFAULT_LISTEN, optionsOf } from '../start/start-options.js';
const LOG_LEVELS = ['error', 'warn', 'log', 'debug', 'verbose'];
const NODES_MAX = 7;
let StartCommand = class StartCommand extends BaseCommand {
    readApp(text) {
        return text;
    }
    readListen(text) {
        return parseAddress(text, '--listen');
    }
    readAdvertise(text) {
        return parseAddress(text, '--advertise');
    }
    readBootstrap() {
        return true;
    }
    readBootstrapExpect(text) {
        const count = parseInteger(text, '--bootstrap-expect');
        if (count > NODES_MAX)
            throw new UsageError(`--bootstrap-expect: at most ${NODES_MAX} nodes vote; the others join later.`);
        return count;
    }
    readPeers(text, previous) {
        return parseList(text, '--peers', previous).map((peer) => parseAddress(peer, '--peers'));
    }
    readVotersMax(text) {
        return parseInteger(text, '--voters-max');
    }
    readReplaces(text) {
        return parseInteger(text, '--replaces');
    }
    readDeployment(text) {
        return text;
    }
    readStoragePath(text) {
        return text;
    }
    readRejoinEmpty() {
        return true;
    }
    readTransport(text) {
        return parseChoice(text, '--transport', TRANSPORTS);
    }
    readPath(text) {
        return text;
    }
    readReflection() {
        return true;
    }
    readSecretFile(text) {
        return text;
    }
    readClientSecretFile(text) {
        return text;
    }
    readTlsCert(text) {
        return text;
    }
    readTlsKey(text) {
        return text;
    }
    readTlsCa(text) {
        return text;
    }
    readTlsClientCa(text) {
        return text;
    }
    readTlsServerName(text) {
        return text;
    }
    readInsecure() {
        return true;
    }
    readDrainTimeout(text) {
        return parseDuration(text, '--drain-timeout');
    }
    readLogLevel(text) {
        return parseChoice(text, '--log-level', LOG_LEVELS);
    }
    readJson() {
        return true;
    }
    async run(_params, flags) {
        const options = optionsOf(flags);
        const { environment } = this;
        const application = flags.app === undefined ? { module: null, engine: OWN_ENGINE } : await loadApplication(flags.app, environment.folder);
        const levels = LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(flags.logLevel ?? 'log') + 1);
        const logger = new NodeLogger({ json: flags.json === true, logLevels: ['fatal', ...levels] });
        await runNode({ environment, application, options, logger });
    }
};
__decorate([
    Option({
        flags: '--app <file[#Name]>',
        description: 'compiled Nest module with the workflows; without it the node stores and votes, and runs no code',
    }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], StartCommand.prototype, "readApp", null);
__decorate([
    Option({
        flags: '--listen <host:port>',
        description: `where peers and clients reach it (default ${DEFAULT_LISTEN}); port 0: any free one`,
    }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], StartCommand.prototype, "readListen", null);
__decorate([
    Option({ flags: '--advertise <host:port>', description: 'what it tells the others to reach it at (default: as bound)' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], StartCommand.prototype, "readAdvertise", null);
__decorate([
    Option({ flags: '--bootstrap', description: 'without files, begin a new deployment as node 1' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Boolean)
], StartCommand.prototype, "readBootstrap", null);
__decorate([
    Option({
        flags: '--bootstrap-expect <number>',
        description: 'without files, begin a new deployment together with others (--peers): so many in all',
    }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Number)
], StartCommand.prototype, "readBootstrapExpect", null);
__decorate([
    Option({
        flags: '--peers <list>',
        description: 'host:port of other nodes, with commas: how it finds its cluster; a name may stand for several',
    }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, Array]),
    __metadata("design:returntype", Array)
], StartCommand.prototype, "readPeers", null);
__decorate([
    Option({ flags: '--voters-max <number>', description: 'as a new node, become a voter only while there are fewer (default 7)' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Number)
], StartCommand.prototype, "readVotersMax", null);
__decorate([
    Option({ flags: '--replaces <node-id>', description: 'as a new node, take the place of this lost one' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Number)
], StartCommand.prototype, "readReplaces", null);
__decorate([
    Option({ flags: '--deployment <uuid>', description: 'join no other deployment than this' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], StartCommand.prototype, "readDeployment", null);
__decorate([
    Option({
        flags: '--storage-path <folder>',
        description: "the node's own folder; without it everything is in memory, and ends with the process",
    }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], StartCommand.prototype, "readStoragePath", null);
__decorate([
    Option({ flags: '--rejoin-empty', description: 'put files aside that can not be used, and join again under a new id' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Boolean)
], StartCommand.prototype, "readRejoinEmpty", null);
__decorate([
    Option({ flags: '--transport <grpc|http>', description: 'between nodes, and for clients (default grpc)' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], StartCommand.prototype, "readTransport", null);
__decorate([
    Option({ flags: '--path <path>', description: 'http: where everything is mounted (default /raftoral)' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], StartCommand.prototype, "readPath", null);
__decorate([
    Option({ flags: '--reflection', description: 'grpc: server reflection, for tools' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Boolean)
], StartCommand.prototype, "readReflection", null);
__decorate([
    Option({ flags: '--secret-file <file>', description: 'secret that all nodes share, 16 bytes or more' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], StartCommand.prototype, "readSecretFile", null);
__decorate([
    Option({
        flags: '--client-secret-file <file>',
        description: 'secret of those who call the control API; another one than that of the nodes',
    }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], StartCommand.prototype, "readClientSecretFile", null);
__decorate([
    Option({ flags: '--tls-cert <file>', description: "TLS: the node's certificate (PEM); read again when it changes" }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], StartCommand.prototype, "readTlsCert", null);
__decorate([
    Option({ flags: '--tls-key <file>', description: 'its key (PEM)' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], StartCommand.prototype, "readTlsKey", null);
__decorate([
    Option({ flags: '--tls-ca <file>', description: "authority of the nodes' certificates (PEM)" }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], StartCommand.prototype, "readTlsCa", null);
__decorate([
    Option({ flags: '--tls-client-ca <file>', description: "authority of the clients' certificates (PEM)" }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], StartCommand.prototype, "readTlsClientCa", null);
__decorate([
    Option({ flags: '--tls-server-name <name>', description: "name in the nodes' certificates, where it is not the host of their address" }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], StartCommand.prototype, "readTlsServerName", null);
__decorate([
    Option({ flags: '--insecure', description: 'neither secret nor TLS, on purpose: whoever reaches the port may do everything' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Boolean)
], StartCommand.prototype, "readInsecure", null);
__decorate([
    Option({ flags: '--drain-timeout <duration>', description: 'how long the end waits for its runs to be handed over (default 2s)' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Number)
], StartCommand.prototype, "readDrainTimeout", null);
__decorate([
    Option({ flags: '--log-level <level>', description: `the least that is logged: ${LOG_LEVELS.join(', ')} (default log)` }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Object)
], StartCommand.prototype, "readLogLevel", null);
__decorate([
    Option({ flags: '--json', description: 'log as JSON lines' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Boolean)
], StartCommand.prototype, "readJson", null);
StartCommand = __decorate([
    Command({ name: 'start', description: 'run a node until SIGTERM or Ctrl-C: it then hands over, and ends with exit code 0' })
], StartCommand);
export { StartCommand };
//# sourceMappingURL=start.js.map