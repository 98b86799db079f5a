/**
 * How far long work is, on stderr: one line that is written over where that is a terminal, else a line whenever it says something new.
 *
 * P1. Nothing is written unless stderr is a terminal or it was asked for. stdout is never touched.
 */
import type { CliEnvironment } from './environment.js';
export declare class Progress {
    private readonly environment;
    private last;
    constructor(environment: Pick<CliEnvironment, 'isErrorTerminal' | 'error'>, isWanted: boolean);
    readonly isOn: boolean;
    say(text: string): void;
    /** Takes the line away, so that what follows stands alone. */
    clear(): void;
}
