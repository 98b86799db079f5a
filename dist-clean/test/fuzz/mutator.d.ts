/**
 * Inputs for decoders: valid ones that were changed a little, a lot, or crossed with another, and plain noise. All of it follows from a seed.
 */
import type { SeededRandom } from '../../lib/testing/seeded-random.js';
export declare class Mutator {
    private readonly random;
    private readonly corpus;
    constructor(random: SeededRandom, corpus: readonly Uint8Array[]);
    next(): Uint8Array;
    private pick;
    private change;
    private joined;
    private noise;
}
