import { type Envelope, type Frame, type Transport } from '../transport/transport.js';
import type { RaftHostTuning } from './host-options.js';
export interface RouterStatistics {
    framesSent: number;
    framesReceived: number;
    envelopesSent: number;
    framesRefused: number;
    framesDropped: number;
}
export declare class ClusterRouter {
    private readonly transport;
    private readonly identity;
    private readonly tuning;
    /** A frame was flushed to this peer. */
    private readonly onSent;
    readonly statistics: RouterStatistics;
    private readonly outboxes;
    private readonly full;
    private inbox;
    private urgent;
    constructor(transport: Transport, identity: {
        readonly deployment: string;
        readonly nodeId: number;
        readonly incarnation: number;
    }, tuning: Pick<RaftHostTuning, 'inboxFramesMax' | 'frameBytesMax' | 'messageBytesMax'>, 
    /** A frame was flushed to this peer. */
    onSent: (to: number) => void);
    get hasArrived(): boolean;
    get hasOutgoing(): boolean;
    /** Something else than notices waits to leave. */
    get hasUrgent(): boolean;
    /** Returns false if the frame is not for this node's host. */
    receive(frame: Frame): boolean;
    takeArrived(): Frame[];
    send(to: number, envelope: Envelope): void;
    flush(): void;
    private transmit;
    private transmitInParts;
    clear(): void;
}
