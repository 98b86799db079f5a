import { type Directive } from './datadriven.js';
export declare const KINDS: readonly ["interaction", "quorum", "confchange"];
export type Kind = (typeof KINDS)[number];
export interface Script {
    readonly kind: Kind;
    /** Relative to the folder that was searched. */
    readonly name: string;
    readonly path: string;
}
export interface Failure {
    readonly script: string;
    readonly directive: Directive | null;
    readonly expected: string;
    readonly actual: string;
}
export interface ScriptResult {
    readonly passed: number;
    readonly failure: Failure | null;
}
/** All files below the folder's interaction/, quorum/ and confchange/, sorted by name. */
export declare function findScripts(folder: string): Script[];
/** Runs one script; `shift` raises the log indices of interaction scripts. */
export declare function runScript(script: Script, shift?: number): ScriptResult;
export declare function failureText(failure: Failure): string;
