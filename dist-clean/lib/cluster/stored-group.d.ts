import type { Message, RawNode, Snapshot } from '../raft/index.js';
import type { RowStateMachine, StateMachine } from '../state-machine/index.js';
import type { SnapshotPartAnswerEnvelope, SnapshotPartEnvelope } from '../transport/transport.js';
import type { GroupApplier } from './group-applier.js';
import type { SnapshotProgress } from './group.js';
import type { HostServices } from './host-services.js';
import { type StateKeeper } from './state-keeper.js';
export interface StoredGroupOptions<Result> {
    readonly groupId: number;
    readonly host: HostServices;
    readonly raw: RawNode;
    readonly applier: GroupApplier<Result>;
    readonly stateMachine: StateMachine<Result>;
    /** The same one, if the storage has a state store. */
    readonly rows: RowStateMachine<Result> | null;
    /** What the group begins with on this node. */
    readonly start: Snapshot | null;
    readonly wantFlush: () => void;
    /** Asks for a turn in which next() is called. */
    readonly wantApply: () => void;
    readonly halt: (error: Error) => void;
}
export interface Delivery {
    readonly to: number;
    readonly isDelivered: boolean;
}
export declare class StoredGroup<Result> {
    private readonly options;
    readonly keeper: StateKeeper;
    private readonly queue;
    private readonly hold;
    private readonly sender;
    private readonly receiver;
    private deliveries;
    /** Peers whose transfer failed, and may be resumed. */
    private readonly failed;
    /** With the core, which has not handed it out yet. */
    private given;
    constructor(options: StoredGroupOptions<Result>);
    get isIdle(): boolean;
    /** Snapshots on their way. */
    get progress(): readonly SnapshotProgress[];
    get hasReceived(): boolean;
    get hasDeliveries(): boolean;
    /** In a turn. `message`: committed entries that the core has just handed out. Returns what may be applied now; ask again after it. */
    next(message: Message | null): Message | null;
    /** In a turn. */
    onPart(from: number, envelope: SnapshotPartEnvelope): void;
    /** In a turn: a snapshot for the core, once it is whole. */
    takeReceived(): Message;
    /** The core has handed out what it had: a snapshot that it did not hand out is none that it wants. */
    gathered(): void;
    /** It is handed to the storage next. Returns what it covers of what waited. Throws what the state machine has against it. */
    announce(snapshot: Snapshot): readonly Message[];
    save(snapshot: Snapshot): void | Promise<void>;
    /** Up to here entries are applied. */
    applied(index: number): void;
    /** Who joined after the latest snapshot would refuse it, because it does not name him: it gets a new one. */
    send(to: number, term: number, latest: Snapshot): void;
    onPartAnswer(from: number, envelope: SnapshotPartAnswerEnvelope): void;
    /** For the core. */
    takeDeliveries(): readonly Delivery[];
    peerDown(peer: number): void;
    leadsNoMore(): void;
    /** The group is over. */
    close(): void;
    private report;
    private released;
    private makeKeeper;
    private makeQueue;
}
