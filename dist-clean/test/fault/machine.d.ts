/**
 * What a run of the fault tests takes from the machine (folders, mounts, loop devices, processes), and gives back on any exit.
 *
 * X1. Everything taken has its release on a stack that is emptied on return, on an error, and on SIGINT, SIGTERM and SIGHUP.
 * X2. The run has a mount namespace of its own (main.ts starts itself again in one): what is mounted is gone with the process, even on SIGKILL,
 *     and nobody else ever sees it. The folder of a run that was killed is swept by the next one.
 */
import { type ChildProcess } from 'node:child_process';
/** test/fault in the repository, also when this runs from dist/. */
export declare function sourceFolder(): string;
export declare class Machine {
    readonly folder: string;
    /** For images: in memory if possible. */
    readonly imageFolder: string;
    private readonly releases;
    private nextName;
    constructor();
    /** A new empty folder on the machine's own disk. */
    newFolder(name: string): string;
    newImagePath(name: string): string;
    /** Runs `release` when the run ends, or earlier when the returned function is called; once. */
    onRelease(release: () => void): () => void;
    holds(child: ChildProcess): void;
    /** Last taken, first released; a release that fails does not keep the others from theirs. */
    releaseAll(): void;
    private temporary;
}
/** Runs a program to its end; throws what it said if it failed. */
export declare function run(command: string, ...args: string[]): string;
/** A mounted file system; ends when its release is called, or the machine's. */
export interface Mounted {
    readonly path: string;
    release(): void;
}
/** Mounts an image (a loop device is taken for it, and given back with the mount) or, with type tmpfs, memory. */
export declare function mount(machine: Machine, source: string, path: string, ...options: string[]): Mounted;
