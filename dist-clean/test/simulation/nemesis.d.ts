import type { FaultKind } from './profile.js';
import type { World } from './world.js';
export declare class Nemesis {
    private readonly world;
    readonly counts: Map<FaultKind, number>;
    private readonly random;
    private over;
    /** Replacements under way. */
    private readonly repairs;
    constructor(world: World<unknown>);
    /** Resolves at the end of the safety phase, when the last fault has ended. Replacements may still be under way: see repaired(). */
    run(): Promise<void>;
    /** Resolves when every node that was stopped is up again, and every lost one has been replaced. */
    repaired(): Promise<void>;
    private strike;
    private do;
    private harmDisk;
    /** Mostly while something is on its way to the disk, sometimes at once. */
    private inNextSync;
    private until;
    private restartLater;
    private healAfter;
    private pause;
    /** false: it may not be now. */
    private change;
    private replaceLater;
}
