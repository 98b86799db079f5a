/**
 * Flags of `raftoral start` → options of RaftoralModule. Pure. What the module refuses is its own matter; here only what flags can get wrong.
 */
import type { RaftoralModuleOptions } from '../../index.js';
import type { ClientTransport } from '../environment.js';
export declare const DEFAULT_LISTEN = "127.0.0.1:7400";
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
export declare function optionsOf(flags: StartFlags): RaftoralModuleOptions;
