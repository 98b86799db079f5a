import type { NetworkTransport, PeerIdentity } from '../../transport/network-transport-port.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { BootstrapBallot } from './bootstrap-ballot.js';
import type { Contacts } from './contacts.js';
import { type CallBody, type JoiningStop } from './joining-port.js';
import { type Meeting } from './meeting.js';
export interface AgreementOptions {
    readonly network: NetworkTransport;
    readonly contacts: Contacts;
    readonly meeting: Meeting;
    readonly ballot: BootstrapBallot;
    /** 2 or more processes; 1 begins at once if it meets no cluster. */
    readonly expect: number;
    /** '' : a new one. */
    readonly deployment: string;
    /** What this process says of itself now. */
    readonly introduction: () => CallBody;
    readonly newDeployment: () => string;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly stop: JoiningStop;
    readonly progress: (text: string) => void;
}
export type Agreement = 
/** This process begins it, as node 1. */
{
    readonly type: 'begin';
    readonly deployment: string;
} | {
    readonly type: 'join';
    readonly deployment: string;
};
export declare class BootstrapAgreement {
    private readonly options;
    private isOver;
    /** When the standing vote was given, or found on disk. */
    private votedAt;
    constructor(options: AgreementOptions);
    run(): Promise<Agreement>;
    /** BOOTSTRAP_VOTE, of this process. */
    vote(from: PeerIdentity, body: CallBody): Promise<CallBody>;
    /** BOOTSTRAP_OUTCOME, of this process as a candidate. */
    outcome(body: CallBody): CallBody;
    private meet;
    /** The lowest ballot id of those that could stand. */
    private lowest;
    /** G2. Answers the deployment that was begun, or ''. */
    private stand;
    private askFor;
    /** True while what this process voted for may still be begun, and this is to be known before it goes elsewhere. */
    private isBound;
    /** G4. */
    private reviewVote;
    private ask;
}
