/**
 * Values of flags and arguments, from text. Pure. Each throws a UsageError that names what was given and what is wanted.
 */
import type { Json } from '../index.js';
/** '500ms', '10s', '2m', '1h' → ms. */
export declare function parseDuration(text: string, flag: string): number;
export declare function parseInteger(text: string, flag: string, min?: number): number;
/** `host:port`, also `[::1]:7400`. */
export declare function parseAddress(text: string, flag: string): string;
/** A list with commas; given twice, both count. */
export declare function parseList(text: string, flag: string, previous?: readonly string[]): readonly string[];
/** A value as JSON. */
export declare function parseJson(text: string, what: string): Json;
/** An instant in ISO 8601, or how long ago: '2h', '30m'. Answers ISO 8601. */
export declare function parseInstant(text: string, flag: string, nowMs: number): string;
export declare function parseChoice<Choice extends string>(text: string, flag: string, choices: readonly Choice[]): Choice;
