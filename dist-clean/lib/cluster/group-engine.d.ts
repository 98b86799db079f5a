/**
 * One Raft group on one node, inside. Owns the core, and puts its parts together: proposals, reads, apply, snapshots, membership, hibernation.
 * The host drives it; RaftNode is its face.
 *
 * N1. The core is touched only inside a turn of the host. Calls from outside queue, and ask for a turn.
 * N2. Storage messages of the core are carried out in order; their responses are delivered when what they vouch for is durable.
 * N3. A group that is over (removed, halted, shut down) takes part in nothing.
 * N4. What is committed may wait before it is applied (a fetch); a snapshot that is handed to the storage covers whatever waits.
 * Source: Raft thesis §10; R16, R31, R36–R39. Tests: test/cluster.
 */
import { RaftoralError } from '../errors/index.js';
import { RawNode } from '../raft/index.js';
import type { ConfState, Message, Snapshot } from '../raft/index.js';
import type { RowStateMachine, StateMachine } from '../state-machine/index.js';
import type { GroupWrite } from '../storage/storage.js';
import { GroupApplier } from './group-applier.js';
import { GroupEvents } from './group-events.js';
import type { RequestHandler } from './group.js';
import type { GroupEnvelope, HostedGroup, HostServices } from './host-services.js';
import { MembershipCalls } from './membership-calls.js';
import { ProposalRouter } from './proposal-router.js';
import { ReadRouter } from './read-router.js';
import { StoredGroup } from './stored-group.js';
export interface GroupParts<Result> {
    readonly groupId: number;
    readonly stateMachine: StateMachine<Result>;
    /** The same one, loaded with what is stored, if the storage has a state store. */
    readonly rows: RowStateMachine<Result> | null;
    /** What the group begins with on this node; null: nothing. */
    readonly start: Snapshot | null;
    /** Time until the next timer of the state machine, ms, Infinity for none: the group is awake by then. */
    readonly nextDeadlineMs: (() => number) | undefined;
}
export declare class GroupEngine<Result> implements HostedGroup {
    readonly host: HostServices;
    readonly groupId: number;
    readonly nodeId: number;
    isDirty: boolean;
    isFlushWanted: boolean;
    isFlushGathered: boolean;
    isNotifyWanted: boolean;
    isApplyWanted: boolean;
    hasAppliedForeign: boolean;
    append: Message | null;
    appendWrite: GroupWrite | null;
    apply: Message | null;
    readonly raw: RawNode;
    readonly events: GroupEvents;
    readonly applier: GroupApplier<Result>;
    readonly router: ProposalRouter<Result>;
    readonly reads: ReadRouter;
    readonly membershipCalls: MembershipCalls;
    readonly stored: StoredGroup<Result>;
    private readonly liveness;
    readonly handlers: Map<string, RequestHandler>;
    /** Why this group takes part in nothing any more; null while it does. */
    over: RaftoralError | null;
    private membershipIndex;
    private wasMember;
    private readonly notices;
    private readonly news;
    constructor(parts: GroupParts<Result>, host: HostServices);
    get isOver(): boolean;
    get isHibernating(): boolean;
    get isLeading(): boolean;
    get membership(): ConfState;
    /** From now on it is driven. */
    begin: () => void;
    receive(from: number, envelope: GroupEnvelope): void;
    handlerOf(method: string): RequestHandler | undefined;
    tick(): void;
    flush(): void;
    gather(): void;
    private takeReady;
    appended(append: Message): void;
    applyCommitted(): void;
    readonly saveSnapshot: (snapshot: Snapshot) => void | Promise<void>;
    readonly settle: () => Promise<void> | null;
    private applyMessage;
    notify(): void;
    onPeerDown(peer: number): void;
    onPeerUp(peer: number): void;
    halt(error: Error): void;
    /** The node shuts down, or dies: nothing is told to listeners. */
    close(error: RaftoralError): void;
    private receiveMessage;
    private receiveHibernate;
    /** Known members only; a node that knows nothing yet calls nobody a stranger. */
    private isStranger;
    private peerHalted;
    /** Dead, or alive without this group. */
    readonly isDown: (node: number) => boolean;
    private reportDeliveries;
    private step;
    private send;
    private takeAppend;
    private announce;
    private install;
    private onEntry;
    private onMembership;
    private onLeadership;
    private checkRemoval;
    private removed;
    private end;
    waitApplied(index: number): Promise<void>;
    members(): number[];
    private routerContext;
    private membershipContext;
}
