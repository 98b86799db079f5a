/**
 * Reader of data-driven scripts: directives with arguments, input, and the expected output.
 * Format: conformance README §1.
 */
export interface Argument {
    readonly key: string;
    /** Empty for a positional argument. */
    readonly values: readonly string[];
}
export interface Directive {
    readonly command: string;
    readonly args: readonly Argument[];
    readonly input: string;
    readonly expected: string;
    /** Line of the directive in its file, from 1. */
    readonly line: number;
    /** The directive line as written. */
    readonly text: string;
}
export declare class ScriptError extends Error {
}
export declare function parseScript(text: string): Directive[];
/** Command and arguments of a directive line. */
export declare function parseHeader(header: string, line: number): {
    command: string;
    args: Argument[];
};
/** First value of the argument, or undefined if it is absent. */
export declare function argument(directive: Directive, key: string): string | undefined;
export declare function argumentList(directive: Directive, key: string): readonly string[] | undefined;
export declare function positional(directive: Directive): string[];
