import type { Logger, LogLevel } from './cluster/logger.js';
export declare class RaftoralLogger implements Logger {
    private readonly logger;
    get isDebug(): boolean;
    log(level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>): void;
}
