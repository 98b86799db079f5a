/** What a run of the fault tests adds up to: checks that passed and failed, and the table of counts. */
import type { Acknowledged, Problem } from './ledger.js';
export declare class Report {
    passed: number;
    failed: number;
    kills: number;
    cuts: number;
    fsyncs: number;
    private readonly acknowledged;
    private readonly problems;
    private name;
    begin(name: string, what: string): void;
    say(text: string): void;
    /** One check; what it found is shown when it failed. */
    check(text: string, holds: boolean, ...details: readonly string[]): boolean;
    /** One check: nothing was found. */
    clean(text: string, problems: readonly Problem[], ...details: readonly string[]): boolean;
    add(acknowledged: Acknowledged): void;
    /** What was found of that kind until now, by all cases. */
    count(kind: Problem['kind']): number;
    /** The table, and the line that counts. */
    end(): void;
}
