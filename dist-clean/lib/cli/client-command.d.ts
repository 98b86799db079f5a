import type { ControlClient, JsonObject } from '../index.js';
import { BaseCommand } from './base-command.js';
import type { ClientTransport, Connection } from './environment.js';
import { Progress } from './progress.js';
export declare const DEFAULT_ADDRESS = "127.0.0.1:7400";
export declare const TRANSPORTS: readonly ["grpc", "http"];
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
export declare abstract class ClientCommand<Flags extends ClientFlags = ClientFlags> extends BaseCommand {
    abstract run(params: string[], flags: Flags): Promise<void>;
    readAddress(text: string): string;
    readTransport(text: string): ClientTransport;
    readPath(text: string): string;
    readClientSecretFile(text: string): string;
    readTls(): boolean;
    readTlsCa(text: string): string;
    readTlsCert(text: string): string;
    readTlsKey(text: string): string;
    readTlsServerName(text: string): string;
    readTimeout(text: string): number;
    readProgress(): boolean;
    readJson(): boolean;
    /** Opens a client, and closes it whatever happens. */
    protected connected<T>(flags: ClientFlags, act: (client: ControlClient) => Promise<T>): Promise<T>;
    /** One call with the deadline of the flags, which the node is told too where the call has a field for it. */
    protected ask(client: ControlClient, flags: ClientFlags, method: string, request: JsonObject, hasTimeout?: boolean): Promise<JsonObject>;
    /** Call, then print: as JSON, or as `render` makes it. */
    protected show<Answer>(flags: ClientFlags, method: string, request: JsonObject, render: (answer: Answer) => string, hasTimeout?: boolean): Promise<void>;
    protected progress(flags: ClientFlags): Progress;
    /** Runs `work`; meanwhile says every second what `look` finds. What goes wrong with looking is not the work's failure. */
    protected watched<T>(flags: ClientFlags, work: Promise<T>, look: () => Promise<string>): Promise<T>;
}
/** Flags → how to connect. Throws a UsageError where they contradict each other. */
export declare function connectionOf(flags: ClientFlags): Connection;
