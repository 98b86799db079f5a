/**
 * Port: where the shell of a group says what happened. Owns no output: the face maps it to Nest's logger, a test to an array.
 */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export interface Logger {
    /** `fields` are plain values; the text is complete without them. */
    log(level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>): void;
    /** Whether `debug` is wanted: the core's trace is only produced when it is. */
    readonly isDebug: boolean;
}
export declare const SILENT_LOGGER: Logger;
