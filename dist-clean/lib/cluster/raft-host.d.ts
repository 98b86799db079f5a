import type { StateMachine } from '../state-machine/index.js';
import type { RaftStorage } from '../storage/storage.js';
import type { Transport } from '../transport/transport.js';
import type { Clock } from './clock.js';
import type { RaftHostTuning } from './host-options.js';
import type { HostStatus } from './host-status.js';
import { type Logger } from './logger.js';
import { RaftNode } from './raft-node.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';
export interface RaftHostOptions {
    readonly nodeId: number;
    /** Uuid of the deployment (R42). */
    readonly deployment: string;
    /** Proposed for this start of the process: higher than that of any start before; a storage that lasts may raise it (R13). */
    readonly incarnation: number;
    readonly clock: Clock;
    readonly scheduler: Scheduler;
    readonly random: Random;
    readonly storage: RaftStorage;
    readonly transport: Transport;
    readonly tuning?: Partial<RaftHostTuning>;
    readonly logger?: Logger;
    /** Something that a person should look at: a clock that is ahead, a storage that failed. */
    readonly onAlarm?: (text: string, fields: Readonly<Record<string, unknown>>) => void;
}
export interface GroupOptions<Result> {
    readonly groupId: number;
    /** A fresh one; what is stored is put into it. */
    readonly stateMachine: StateMachine<Result>;
    /** The first membership: voters, the same list on every one of them. Ignored if the storage knows the group. */
    readonly members?: readonly number[];
    /** True: this node is in no first membership, and waits to be added. */
    readonly join?: boolean;
    /** Time until the next timer of the state machine, ms, Infinity for none: a hibernating group is woken by then. */
    readonly nextDeadlineMs?: () => number;
}
export declare class RaftHost {
    private readonly options;
    readonly nodeId: number;
    readonly tuning: RaftHostTuning;
    /** Told after crash(): whoever holds something of the process that is not there any more lets go of it. */
    onCrashed: (() => void) | null;
    private readonly groups;
    private readonly nodes;
    private readonly logger;
    private readonly deadlines;
    private readonly router;
    private readonly requests;
    private readonly peers;
    private readonly peerWatch;
    private readonly pipeline;
    private readonly timer;
    private readonly trigger;
    private readonly loop;
    private readonly services;
    private state;
    private arePeersStale;
    private snapshotSends;
    private alarm;
    private failure;
    private isSettling;
    private openedIncarnation;
    private readonly beginning;
    constructor(options: RaftHostOptions);
    /** Of this start of the process, as the storage has it; 0 before start(). */
    get incarnation(): number;
    /** Opens storage and transport. Rejects with what they reject with (NODE_ID_REUSED, STORAGE_FAILED, …). */
    start(): Promise<void>;
    /** Opens a group on this node. It never waits for a quorum. */
    createGroup<Result>(options: GroupOptions<Result>): Promise<RaftNode<Result>>;
    group(groupId: number): RaftNode<unknown> | undefined;
    status(): HostStatus;
    /** Hands over what it leads, rejects who waits with SHUTTING_DOWN, and closes transport and storage. */
    stop(): Promise<void>;
    /** For tests: ends as a killed process does. Nothing is sent, settled or told any more. */
    crash(): void;
    private end;
    private open;
    /** What was applied and is not flushed is in the log: this spares the next start its replay, no more. */
    private settle;
    /** After a long stall others may lead and own what this node did: it says so, though it can go on by itself. */
    private stalled;
    private setPace;
    private peerChanged;
    private refreshPeers;
    private send;
    private storageFailed;
    private get isRunning();
    /** A node that can't store any more is silent: its pings would hold up the takeover of what it led and owned (R39). */
    private get isConnected();
    private raiseAlarm;
    /** Who listens for alarms logs them as it sees fit. */
    private sayAlarm;
    private makeServices;
}
