import type { Clock } from '../clock.js';
import { type CallBody, type NodeIdentity, type NodeStage } from './joining-port.js';
/** What a process says of itself. */
export interface Introduction {
    readonly processId: string;
    readonly stage: NodeStage;
    readonly deployment: string;
    readonly nodeId: number;
    /** '' : it takes part in no bootstrap. */
    readonly ballotId: string;
    /** How many processes it expects; 0: none. */
    readonly expect: number;
    readonly address: string;
    /** Of others that it knows. */
    readonly known: readonly string[];
}
export declare function readIntroduction(body: CallBody): Introduction;
export interface Met extends Introduction {
    readonly at: number;
}
export declare class Meeting {
    private readonly clock;
    private readonly processId;
    /** By process. */
    private readonly met;
    constructor(clock: Clock, processId: string);
    /** Somebody said this of itself just now. */
    note(introduction: Introduction): void;
    /** Without an identity, and waiting for as many as this one does. */
    fresh(expect: number): readonly Met[];
    lately(): readonly Met[];
    /**
     * The deployment that exists, by what its nodes say; null: none was met. Throws JOIN_REFUSED if there are several and `wanted` ('' = any) names none.
     */
    cluster(wanted: string): {
        readonly deployment: string;
        readonly hasMember: boolean;
    } | null;
}
export declare function introduce(of: Pick<Introduction, 'processId' | 'stage' | 'ballotId' | 'expect' | 'address' | 'known'>, identity: NodeIdentity | null): CallBody;
