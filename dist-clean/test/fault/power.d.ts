import { type Machine } from './machine.js';
export declare class PowerSupply {
    private readonly machine;
    private readonly imageBytes;
    private readonly outer;
    private readonly outerImage;
    private current;
    private generation;
    constructor(machine: Machine, imageBytes?: number);
    /** Where the disk is mounted now. */
    get path(): string;
    /** The disk as it would be found after a power cut at this instant, mounted (which replays its journal) beside the one in use. */
    cut(): {
        readonly path: string;
        readonly switchOver: () => void;
        readonly discard: () => void;
    };
    release(): void;
    private newInner;
    private plug;
}
/** A sparse file with an empty ext4 in it. */
export declare function newImage(path: string, bytes: number): void;
