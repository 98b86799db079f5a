/**
 * A disk with faults, in virtual time. Owns: the files of one machine, what of them would survive a power cut, and the count of every fault.
 *
 * D1. A write reaches the page cache, at once. What a sync has reported stands on the platter; of the rest, a power cut keeps an arbitrary
 *     part: a prefix in the order of writing, or any subset, in units of `tearBytes`. The death of a process alone loses nothing.
 * D2. A sync that fails leaves its pages clean in the cache, on the platter or not: the next sync succeeds and does not write them again.
 * D3. A full disk takes a part of a write, and refuses the rest. Space that was taken stays taken.
 * D4. Everything that happens follows from the seed: one random stream, drawn in the order of the calls.
 * Source: sqlite.org/atomiccommit.html §2–3; Rebello et al., Can Applications Recover from fsync Failures? (2020). Tests: simulated-disk.spec.ts.
 */
import type { SeededRandom } from './seeded-random.js';
import type { TraceHash } from './trace-hash.js';
import type { VirtualNode, VirtualTime } from './virtual-time.js';
export declare const SECTOR_BYTES = 512;
export interface DiskProfile {
    /** Virtual ms that a sync takes: between these two, mostly near the lower one. */
    readonly syncMsMin: number;
    readonly syncMsMax: number;
    /** Chance that a sync takes up to `slowSyncMsMax`. */
    readonly slowSyncRate: number;
    readonly slowSyncMsMax: number;
    /** What a power cut keeps or loses as a whole, where the write was aligned to it. */
    readonly tearBytes: 512 | 4096;
}
export declare const CALM_DISK: DiskProfile;
export interface DiskFaultCounts {
    syncs: number;
    slowSyncs: number;
    failedSyncs: number;
    /** Writes that found the disk full. */
    fullWrites: number;
    powerCuts: number;
    /** Power cuts that lost something, and those that kept one part of a file's unsynced writes and lost another. */
    lossyCuts: number;
    tornCuts: number;
    flippedBits: number;
}
export interface SimulatedDiskOptions {
    readonly time: VirtualTime;
    readonly random: SeededRandom;
    /** Default CALM_DISK. */
    readonly profile?: DiskProfile;
    /** Gets every sync with its virtual time. */
    readonly trace?: TraceHash;
}
/** What the system call would have answered. */
export declare class DiskError extends Error {
    readonly code: 'ENOSPC' | 'EIO';
    readonly file: string;
    constructor(code: 'ENOSPC' | 'EIO', file: string);
}
export declare class SimulatedDisk {
    private readonly options;
    readonly counts: DiskFaultCounts;
    profile: DiskProfile;
    /** `growth`: files can't grow; `any`: no write succeeds (a file system that copies on write). */
    full: 'no' | 'growth' | 'any';
    /** Called once, when the next sync begins, with the virtual ms that it takes: whoever wants to strike while something is at stake. */
    onNextSync: ((ms: number) => void) | null;
    private readonly files;
    private syncsToFail;
    private writes;
    constructor(options: SimulatedDiskOptions);
    get fileNames(): readonly string[];
    /** Creates it, if it is not there. */
    file(name: string): SimulatedFile;
    /** The next sync of any file fails; those after it succeed. */
    failNextSync(): void;
    /** Ends what is armed, and makes room. */
    heal(profile: DiskProfile): void;
    cutPower(): void;
    /** Bit rot: in the cache and on the platter. */
    flipBit(name: string, offset: number, bit: number): void;
    /** Called by its files only. */
    nextWrite(): number;
    /** Resolves or rejects in the process that asked; never, if that died before, or had no power. */
    sync(file: SimulatedFile, process: VirtualNode): Promise<void>;
    private drawDelay;
}
/** Sector → number of its latest write that no sync has covered. */
type DirtyPages = ReadonlyMap<number, number>;
export declare class SimulatedFile {
    readonly name: string;
    private readonly disk;
    private cache;
    private platter;
    private length;
    private readonly dirty;
    constructor(name: string, disk: SimulatedDisk);
    get lengthBytes(): number;
    /** What a process reads. Valid until the next write. */
    read(offset: number, length: number): Uint8Array;
    /** Throws DiskError ENOSPC, after a part was written. */
    write(offset: number, bytes: Uint8Array): void;
    sync(process: VirtualNode): Promise<void>;
    dirtyPages(): DirtyPages;
    /** What was rewritten after the sync began stays dirty. */
    persist(pages: DirtyPages): void;
    /** D2. */
    dropPages(pages: DirtyPages, random: SeededRandom): void;
    /** D1. */
    cutPower(random: SeededRandom, tearBytes: number): {
        readonly kept: number;
        readonly lost: number;
    };
    flipBit(offset: number, bit: number): void;
    private put;
    private toPlatter;
    private ensurePlatter;
}
export {};
