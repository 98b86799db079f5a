import { Message, type Snapshot } from '../raft/index.js';
import { type SnapshotPartEnvelope } from '../transport/transport.js';
import type { SnapshotProgress } from './group.js';
import type { HostServices } from './host-services.js';
import { ReceivedSnapshot } from './snapshot-received.js';
export interface SnapshotReceiverOptions {
    readonly groupId: number;
    readonly nodeId: number;
    readonly host: Pick<HostServices, 'send' | 'storage' | 'tuning' | 'clock' | 'logger' | 'raiseAlarm'>;
    /** Checks it and makes it ready to be installed. Rejects with MALFORMED_FRAME, or what the spool has against it. */
    readonly prepare: (received: ReceivedSnapshot) => Promise<Snapshot>;
    /** One at a time: what is being installed and what is received are as large as the state. */
    readonly isInstalling: () => boolean;
    /** Of the core: a snapshot up to there is known already. */
    readonly commitIndex: () => number;
    /** Something is to be taken by takeMessage(), in a turn. */
    readonly wantTurn: () => void;
}
export declare class SnapshotReceiver {
    private readonly options;
    private incoming;
    private complete;
    private putOffUntil;
    private problem;
    constructor(options: SnapshotReceiverOptions);
    /** Nothing waits for the core. */
    get isIdle(): boolean;
    get progress(): readonly SnapshotProgress[];
    /** Takes a part, and answers it now or when it is in the spool. */
    onPart(from: number, envelope: SnapshotPartEnvelope): void;
    /** Takes nothing of it now: the sender asks again, at its own pace, for as long as it is put off. */
    private putOff;
    /** In a turn: the message for the core, once. Its sender is told. */
    takeMessage(): Message | null;
    /** Entries up to here are applied: an older snapshot is of no use any more. */
    applied(index: number): void;
    abort(): void;
    private incomingOf;
    private take;
    private appended;
    /** I3. */
    private prepare;
    private failed;
    /** I5. */
    private drop;
    private tell;
    private answer;
}
