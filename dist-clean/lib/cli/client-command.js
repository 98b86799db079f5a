var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/**
 * A command that asks a node: the flags that all of those have, the connection, and how answers and errors are shown.
 *
 * K1. stdout has the answer and nothing else: text for a person, or with --json one JSON document (of a stream, one a line).
 * K2. Nothing is sent before all flags and arguments are understood.
 * K3. Every write has a request id before it is sent, so that the error of a call whose outcome is unknown can name it.
 */
import { Option } from 'nest-commander';
import { isRaftoralError } from '../errors/index.js';
import { BaseCommand } from './base-command.js';
import { parseAddress, parseChoice, parseDuration } from './parse.js';
import { Progress } from './progress.js';
import { UsageError } from './usage-error.js';
export const DEFAULT_ADDRESS = '127.0.0.1:7400';
export const TRANSPORTS = ['grpc', 'http'];
const TIMEOUT_MS = 10_000;
const LOOK_EVERY_MS = 1_000;
/** The node is given this much less than the client waits, so that its own answer comes first, ms. */
const ANSWER_MARGIN_MS = 250;
export class ClientCommand extends BaseCommand {
    readAddress(text) {
        return parseAddress(text, '--address');
    }
    readTransport(text) {
        return parseChoice(text, '--transport', TRANSPORTS);
    }
    readPath(text) {
        if (!/^\/[^\s?#]*$/.test(text))
            throw new UsageError(`--path: '${text}' is no path, as in /raftoral.`);
        return text;
    }
    readClientSecretFile(text) {
        return text;
    }
    readTls() {
        return true;
    }
    readTlsCa(text) {
        return text;
    }
    readTlsCert(text) {
        return text;
    }
    readTlsKey(text) {
        return text;
    }
    readTlsServerName(text) {
        return text;
    }
    readTimeout(text) {
        return parseDuration(text, '--timeout');
    }
    readProgress() {
        return true;
    }
    readJson() {
        return true;
    }
    /** Opens a client, and closes it whatever happens. */
    async connected(flags, act) {
        const client = await this.environment.connect(connectionOf(flags));
        try {
            return await act(client);
        }
        finally {
            await client.close();
        }
    }
    /** One call with the deadline of the flags, which the node is told too where the call has a field for it. */
    ask(client, flags, method, request, hasTimeout = false) {
        const timeoutMs = flags.timeout ?? TIMEOUT_MS;
        const told = hasTimeout
            ? { timeoutMs: Math.max(1, Math.floor(Math.max(timeoutMs - ANSWER_MARGIN_MS, timeoutMs / 2))) }
            : {};
        return client.call(method, { ...request, ...told }, { timeoutMs });
    }
    /** Call, then print: as JSON, or as `render` makes it. */
    async show(flags, method, request, render, hasTimeout = false) {
        const answer = await this.connected(flags, (client) => this.ask(client, flags, method, request, hasTimeout));
        if (flags.json === true)
            this.printJson(answer);
        else
            this.print(render(answer));
    }
    progress(flags) {
        return new Progress(this.environment, flags.progress === true);
    }
    /** Runs `work`; meanwhile says every second what `look` finds. What goes wrong with looking is not the work's failure. */
    async watched(flags, work, look) {
        const progress = this.progress(flags);
        if (!progress.isOn)
            return work;
        let isLooking = false;
        const timer = setInterval(() => {
            if (isLooking)
                return;
            isLooking = true;
            look()
                .then((text) => progress.say(text), (error) => progress.say(`waiting (${isRaftoralError(error) ? error.code : 'the node does not answer'})`))
                .finally(() => (isLooking = false));
        }, LOOK_EVERY_MS);
        try {
            return await work;
        }
        finally {
            clearInterval(timer);
            progress.clear();
        }
    }
}
__decorate([
    Option({ flags: '--address <host:port>', description: `node to ask (default ${DEFAULT_ADDRESS})`, env: 'RAFTORAL_ADDRESS' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], ClientCommand.prototype, "readAddress", null);
__decorate([
    Option({ flags: '--transport <grpc|http>', description: 'what the node speaks (default grpc)', env: 'RAFTORAL_TRANSPORT' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], ClientCommand.prototype, "readTransport", null);
__decorate([
    Option({ flags: '--path <path>', description: 'http: where the node mounts its API (default /raftoral)' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], ClientCommand.prototype, "readPath", null);
__decorate([
    Option({
        flags: '--client-secret-file <file>',
        description: 'file with the secret of the clients',
        env: 'RAFTORAL_CLIENT_SECRET_FILE',
    }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], ClientCommand.prototype, "readClientSecretFile", null);
__decorate([
    Option({ flags: '--tls', description: "TLS with the machine's own authorities" }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Boolean)
], ClientCommand.prototype, "readTls", null);
__decorate([
    Option({ flags: '--tls-ca <file>', description: "TLS; authority of the node's certificate (PEM)" }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], ClientCommand.prototype, "readTlsCa", null);
__decorate([
    Option({ flags: '--tls-cert <file>', description: 'certificate of this client (PEM)' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], ClientCommand.prototype, "readTlsCert", null);
__decorate([
    Option({ flags: '--tls-key <file>', description: 'its key (PEM)' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], ClientCommand.prototype, "readTlsKey", null);
__decorate([
    Option({ flags: '--tls-server-name <name>', description: "name in the node's certificate, where it is not the host of the address" }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], ClientCommand.prototype, "readTlsServerName", null);
__decorate([
    Option({ flags: '--timeout <duration>', description: 'how long to wait: 500ms, 10s, 2m (default 10s)' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Number)
], ClientCommand.prototype, "readTimeout", null);
__decorate([
    Option({ flags: '--progress', description: 'say on stderr how far it is, also where that is no terminal' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Boolean)
], ClientCommand.prototype, "readProgress", null);
__decorate([
    Option({ flags: '--json', description: 'answer as one JSON document' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Boolean)
], ClientCommand.prototype, "readJson", null);
/** Flags → how to connect. Throws a UsageError where they contradict each other. */
export function connectionOf(flags) {
    const { tlsCa, tlsCert, tlsKey, tlsServerName, clientSecretFile, path } = flags;
    if ((tlsCert === undefined) !== (tlsKey === undefined))
        throw new UsageError('--tls-cert and --tls-key: give both, or neither.');
    if (path !== undefined && flags.transport !== 'http')
        throw new UsageError('--path: only with --transport http.');
    const hasTls = flags.tls === true || [tlsCa, tlsCert, tlsServerName].some((flag) => flag !== undefined);
    const tls = {
        ...(tlsCa === undefined ? {} : { ca: tlsCa }),
        ...(tlsCert === undefined ? {} : { cert: tlsCert, key: tlsKey }),
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
//# sourceMappingURL=client-command.js.map