/**
 * Random of a test: every number follows from a seed. Owns the generator (xoshiro128**, 128 bits of state).
 *
 * R1. The same (seed, label) gives the same sequence on every machine and version of Node.
 * R2. Streams of different labels do not disturb each other: what the network draws never shifts what the workload draws.
 * Source: D. Blackman, S. Vigna, Scrambled Linear Pseudorandom Number Generators (2018). Tests: seeded-random.spec.ts.
 */
import { type Random } from '../cluster/random.js';
export declare class SeededRandom implements Random {
    readonly seed: number;
    readonly label: string;
    private readonly state;
    constructor(seed: number, label?: string);
    /** A stream of its own, named by `label` below this one's. */
    fork(label: string): SeededRandom;
    /** 32 random bits, unsigned. */
    next(): number;
    int(bound: number): number;
    /** A number in [0, 1). */
    float(): number;
    /** A number in [low, high). */
    between(low: number, high: number): number;
    chance(probability: number): boolean;
    pick<T>(items: readonly T[]): T;
    /** A new array with the same items in another order. */
    shuffle<T>(items: readonly T[]): T[];
    bytes(length: number): Uint8Array;
    uuid(): string;
}
