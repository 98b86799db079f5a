/**
 * Readers of single options: what is wrong goes into a list of problems, each beginning with the name of the option.
 */
/** A whole number with its bounds and its default. */
export type NumberRule = readonly [defaultValue: number, min: number, max: number];
export declare function readSection<Key extends string>(name: string, given: unknown, rules: Record<Key, NumberRule>, problems: string[]): Record<Key, number>;
export declare function readNumber(name: string, given: unknown, [defaultValue, min, max]: NumberRule, problems: string[]): number;
export declare function unknownKeys(prefix: string, given: object, known: readonly string[], problems: string[]): void;
export declare function isRecord(value: unknown): value is Record<string, unknown>;
/** The value as a message shows it, short. */
export declare function show(value: unknown): string;
