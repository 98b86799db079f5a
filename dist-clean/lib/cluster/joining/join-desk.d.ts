/**
 * What a node answers to those who join, at every stage of its own life: introductions, votes, ids, admissions.
 *
 * D1. It answers from the moment the transport listens; what it can not answer yet is NOT_MEMBER, a retryable answer.
 * D2. Ids are given out by the group itself (R42): a token has one id, whichever member is asked.
 * D3. Admission is level-triggered: each call looks what the caller is, and takes the next step towards a voter, or a learner where there are enough
 *     voters. It may be repeated at any time, at any member; the leader takes the steps, one at a time.
 * D4. A member that was removed is refused for good. A node that takes the place of a lost one takes it in one change of the voters.
 * D5. A volatile node that comes back under a new id at the same address takes the place of what it was, once that counts as down.
 * Tests: test/cluster/joining.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';
import type { NetworkTransport } from '../../transport/network-transport-port.js';
import type { Logger } from '../logger.js';
import type { BootstrapAgreement } from './bootstrap-agreement.js';
import type { Contacts } from './contacts.js';
import { type CallBody, type JoinedGroup, type NodeIdentity } from './joining-port.js';
import { type Meeting } from './meeting.js';
/** A member's own part of a call; the caller waits a little longer. */
export declare const STEP_TIMEOUT_MS = 8000;
export type Standing = 'voter' | 'learner' | 'removed' | 'none';
export interface JoinDeskOptions {
    readonly network: NetworkTransport;
    readonly meeting: Meeting;
    readonly contacts: Contacts;
    readonly logger: Logger;
    readonly votersMax: number;
    readonly expect: number;
    readonly ballotId: () => string;
}
export declare class JoinDesk {
    private readonly options;
    /** Takes part in a bootstrap while it is set. */
    agreement: BootstrapAgreement | null;
    private identity;
    private joined;
    private admissions;
    constructor(options: JoinDeskOptions);
    /** Before the transport listens. */
    open(): void;
    /** From now on this process has an identity. */
    identified(identity: NodeIdentity): void;
    /** From now on this node hosts the group, as a member or not yet. */
    hosts(joined: JoinedGroup): void;
    introduction(): CallBody;
    private hello;
    /** A vote is only free where it is certain that nothing was begun with it: not by who has an identity, nor by who has not read its own note yet. */
    private outcome;
    private reserve;
    private admit;
    /** One after the other, so that two that are promoted at once do not both take the last place. */
    private admitHere;
    private step;
    /** The member whose place the node takes; 0: nobody's. */
    private placeOf;
    private standing;
    private memberGroup;
    private isMember;
    private member;
}
export declare function removedForGood(nodeId: number): RaftoralError;
