import type { NetworkTransport } from '../../transport/network-transport-port.js';
import type { Clock } from '../clock.js';
import type { Random } from '../random.js';
import type { Contacts } from './contacts.js';
import { type Standing } from './join-desk.js';
import { type JoiningStop, type NodeIdentity } from './joining-port.js';
export interface JoinerOptions {
    readonly network: NetworkTransport;
    readonly contacts: Contacts;
    readonly clock: Clock;
    readonly random: Random;
    readonly stop: JoiningStop;
    readonly progress: (text: string) => void;
}
export interface AdmissionWish {
    readonly nodeId: number;
    /** 0: nobody's place. */
    readonly replaces: number;
    readonly votersMax: number;
    readonly isVolatile: boolean;
}
export declare class Joiner {
    private readonly options;
    private pauseMs;
    constructor(options: JoinerOptions);
    /** @param deployment '' = whichever the contacts are of. */
    reserve(deployment: string): Promise<NodeIdentity>;
    /** Resolves once the node is a voter, or a learner that is to stay one. Rejects with JOIN_REFUSED if it was removed. */
    admit(wish: AdmissionWish): Promise<Standing>;
    /** What one of the contacts says of this node; null: nobody can say now. */
    standing(nodeId: number): Promise<Standing | null>;
    /** J1. The first answer of any contact. */
    private ask;
    private nextPauseMs;
}
