import type { CliEnvironment } from './environment.js';
export interface ProgramOptions {
    readonly environment: CliEnvironment;
    readonly version: string;
}
/** @param words what stands behind the program's name. */
export declare function runProgram(words: readonly string[], { environment, version }: ProgramOptions): Promise<number>;
