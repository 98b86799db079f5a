/**
 * Raft groups on several hosts in virtual time, over an in-process network: for specs of the shell.
 * Node n has a clock and a scheduler of its own; macrotasks are counted.
 */
import { RaftHost, type RaftHostTuning, type RaftNode } from '../../lib/cluster/index.js';
import type { Scheduler } from '../../lib/cluster/scheduler.js';
import type { ConfState } from '../../lib/raft/index.js';
import { type StateMachine } from '../../lib/state-machine/index.js';
import type { RaftStorage } from '../../lib/storage/storage.js';
import { VirtualTime, type VirtualNode } from '../../lib/testing/virtual-time.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
import { type Envelope, type Transport } from '../../lib/transport/transport.js';
export declare const DEPLOYMENT = "00000000-0000-4000-8000-00000000000a";
/** A command frame with this text as its body. */
export declare function frame(text: string): Uint8Array;
export declare function textOf(bytes: Uint8Array): string;
/** Keeps every command's text, once: a repetition answers as the first did. Throws on the text 'poison'. */
export declare class TextMachine implements StateMachine<string> {
    texts: string[];
    readonly stamps: number[];
    readonly memberships: ConfState[];
    restores: number;
    apply(_index: number, _term: number, bytes: Uint8Array): string;
    check(bytes: Uint8Array): void;
    applyMembership(_index: number, membership: ConfState): void;
    snapshot(): Uint8Array;
    restore(_index: number, bytes: Uint8Array): void;
}
export declare class CountingScheduler implements Scheduler {
    private readonly inner;
    turns: number;
    constructor(inner: Scheduler);
    turn(callback: () => void): void;
    soon(callback: () => void): void;
}
export interface TestNode {
    readonly id: number;
    readonly time: VirtualNode;
    readonly scheduler: CountingScheduler;
    readonly host: RaftHost;
    readonly machine: TextMachine;
    readonly group: RaftNode<string>;
    readonly alarms: string[];
    /** What listeners heard, as text. */
    readonly heard: string[];
}
export interface TestNodeOptions {
    readonly members?: readonly number[];
    readonly join?: boolean;
    readonly tuning?: Partial<RaftHostTuning>;
    readonly clockOffsetMs?: number;
    readonly storage?: RaftStorage;
    readonly machine?: () => TextMachine;
    readonly nextDeadlineMs?: () => number;
    /** Called with the node's clock, before its host is made. */
    readonly onTime?: (time: VirtualNode) => void;
    readonly wrapTransport?: (transport: Transport) => Transport;
}
export declare class TestCluster {
    readonly time: VirtualTime;
    readonly network: InProcessNetwork;
    readonly nodes: Map<number, TestNode>;
    private readonly transports;
    private readonly random;
    private dropped;
    constructor(options?: {
        readonly seed?: number;
        readonly encodeFrames?: boolean;
        readonly frameBytesMax?: number;
    });
    /** Three voters unless told otherwise. */
    static start(ids?: readonly number[], options?: TestNodeOptions & {
        readonly seed?: number;
        readonly encodeFrames?: boolean;
        readonly frameBytesMax?: number;
    }): Promise<TestCluster>;
    add(id: number, options: TestNodeOptions): Promise<TestNode>;
    node(id: number): TestNode;
    /** Those whose process lives. */
    get alive(): TestNode[];
    get leader(): TestNode | undefined;
    followers(): TestNode[];
    /** Waits until one node leads and all others of `among` know it. */
    elect(among?: readonly TestNode[], maxMs?: number): Promise<TestNode>;
    /** What the promise gives, in virtual time. */
    settled<T>(promise: Promise<T>, maxMs?: number): Promise<T>;
    /** A peer without a host: sends what a test wants, keeps what it gets. */
    impostor(id: number): Promise<{
        readonly received: Envelope[];
        send(to: number, ...envelopes: Envelope[]): void;
    }>;
    /** From now on frames of one node to another lose their envelopes of these kinds. */
    dropEnvelopes(from: number, to: number, kinds: readonly number[]): void;
    /** An envelope that looks as if this node had sent it. */
    answerAs(from: number, to: number, envelope: Envelope): void;
    restoreLinks(): void;
    /** Frames to a dead node vanish, those to a paused one wait in its socket; dropEnvelopes() is done here too. */
    private filtering;
    /** The process dies: nothing of it runs any more. */
    crash(id: number): void;
    stop(): Promise<void>;
}
/** The code that a promise rejects with. */
export declare function codeOf(promise: Promise<unknown>): Promise<string>;
