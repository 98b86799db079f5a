import { type NodeNotes } from '../../storage/node-notes.js';
import type { RaftStorage } from '../../storage/storage.js';
import type { NetworkTransport } from '../../transport/network-transport-port.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { Random } from '../random.js';
import { type ResolveAddress } from './contacts.js';
import { JoinDesk } from './join-desk.js';
import { type JoinedGroup, type NodeIdentity } from './joining-port.js';
/** Id of the node that begins a deployment. */
export declare const FIRST_NODE_ID = 1;
export interface MembershipSettings {
    readonly bootstrap: boolean;
    /** 0: no. */
    readonly bootstrapExpect: number;
    readonly seeds: readonly string[];
    readonly votersMax: number;
    /** 0: nobody. */
    readonly replaces: number;
    /** '' : any. */
    readonly deployment: string;
    readonly rejoinEmpty: boolean;
}
export interface NodeMembershipOptions {
    readonly settings: MembershipSettings;
    readonly network: NetworkTransport;
    readonly storage: Pick<RaftStorage, 'owner' | 'volatile'>;
    readonly notes: NodeNotes;
    readonly clock: Clock;
    readonly random: Random;
    readonly logger: Logger;
    readonly resolve?: ResolveAddress;
}
export interface EstablishedIdentity extends NodeIdentity {
    /** It begins the deployment, as its only voter. */
    readonly isFirst: boolean;
}
export declare class NodeMembership {
    private readonly options;
    readonly desk: JoinDesk;
    /** What it is at while it starts or joins; null once it has got there. */
    progress: string | null;
    private readonly stop;
    private readonly meeting;
    private readonly contacts;
    private readonly joiner;
    private ballot;
    private isOpen;
    private peersToWrite;
    private isWritingPeers;
    private progressAt;
    constructor(options: NodeMembershipOptions);
    /** Opens the listener: from now on this process answers, whatever it is by then. */
    open(): Promise<void>;
    /** B1. The identity in the files; null: there is none. Rejects with NODE_LEFT, STORAGE_FOREIGN, STORAGE_DAMAGED. */
    found(): Promise<NodeIdentity | null>;
    /** B1, without files. Resolves when there is an identity, however long that takes; rejects when it can not be had, or with SHUTTING_DOWN. */
    establish(): Promise<EstablishedIdentity>;
    /** Another identity for a node whose files can not be used any more (`rejoinEmpty`). */
    reserve(deployment: string): Promise<EstablishedIdentity>;
    /** The storage is open under this identity, and the transport runs. */
    identified(identity: NodeIdentity): Promise<void>;
    /** The first steps of a member, and its last: resolves when the node is a voter, or a learner for good. */
    admit(nodeId: number): Promise<void>;
    /** Nothing to wait for any more. */
    arrived(): void;
    /**
     * Runs beside the node: a voter that was removed while it was away hears it from nobody, as its own log does not say so. Resolves with true if that is
     * what became of it, with false when the node stops.
     */
    watchStanding({ group }: JoinedGroup, nodeId: number): Promise<boolean>;
    /** B4. */
    left(identity: NodeIdentity): Promise<void>;
    /** Ends every wait with SHUTTING_DOWN. The transport is its owner's to stop. */
    close(): void;
    get isListening(): boolean;
    isMember({ group }: JoinedGroup, nodeId: number): boolean;
    private agree;
    /** B2. One look: whoever does not answer is not there. */
    private lookForCluster;
    private storedPeers;
    private peersChanged;
    private writePeers;
    private say;
}
