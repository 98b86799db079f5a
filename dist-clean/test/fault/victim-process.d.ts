import type { Machine } from './machine.js';
import type { Request, SaidEvent, SaidStatus, VictimOptions } from './protocol.js';
import { ShimControl } from './shim.js';
export declare class VictimGone extends Error {
}
/** What the engine rejected a call with. */
export declare class Refused extends Error {
    readonly code: string;
    constructor(code: string, message: string);
}
export interface Spawning {
    readonly machine: Machine;
    readonly library: string;
    readonly options: VictimOptions;
    /** Put before `node …`: strace, fiu-run. */
    readonly wrapper?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
    readonly onEvent?: (event: SaidEvent) => void;
}
export interface Ended {
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
}
export declare class Victim {
    private readonly spawning;
    readonly control: ShimControl;
    readonly ended: Promise<Ended>;
    /** Resolves when the node is ready; rejects with Refused when it does not start, with VictimGone when it dies first. */
    readonly ready: Promise<void>;
    isGone: boolean;
    /** It said so; before that it hears no call. */
    isReady: boolean;
    gaps: number;
    private readonly child;
    private readonly waiting;
    private nextId;
    private complaints;
    private settleReady;
    constructor(spawning: Spawning);
    get pid(): number;
    /** The last of what it logged. */
    get log(): string;
    call(request: Request): Promise<unknown>;
    status(): Promise<SaidStatus>;
    /** kill -9; resolves when everything that it said is read. */
    kill(): Promise<void>;
    /** Closes the application, as SIGTERM would. */
    stop(): Promise<void>;
    /** A victim that says nothing is a finding, not a reason to wait for ever. */
    private within;
    private complain;
    private hear;
}
