import { type Machine } from './machine.js';
export declare class Namespaces {
    readonly hosts: readonly string[];
    private readonly names;
    private readonly cuts;
    constructor(machine: Machine, count: number);
    /** Put before a command, it runs on that host. */
    wrapper(index: number): readonly string[];
    /** From now on nothing that `from` sends reaches `to`. */
    cut(from: number, to: number): void;
    heal(): void;
}
/** Why namespaces can not be had here; null if they can. */
export declare function namespacesMissing(): string | null;
