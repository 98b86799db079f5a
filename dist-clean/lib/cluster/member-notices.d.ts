/**
 * What one member tells another of itself, or of that one, beside the log: it was removed; the group halted on a node whose process lives, which by
 * its pings would seem well (R19, R39).
 *
 * T1. Nothing is awaited, and what is lost is told again: a removed node asks for votes again, and whoever goes on sending to a halted group is
 *     reminded, at most once a second: a new leader may not know.
 * Tests: test/cluster/membership.spec.ts, failover.spec.ts.
 */
import type { RequestHandler } from './group.js';
import type { HostServices } from './host-services.js';
export interface MemberNoticesContext {
    readonly groupId: number;
    readonly host: HostServices;
    /** This node is in no membership from `index` on. */
    onRemoved(index: number): void;
    onHalted(node: number): void;
}
export declare class MemberNotices {
    private readonly context;
    private isHalted;
    private readonly remindedAt;
    constructor(context: MemberNoticesContext);
    handlerOf(method: string): RequestHandler | undefined;
    /** Tells a node that it was removed, if it did not hear it from the log. */
    tellRemoved(node: number, index: number): void;
    halted(members: readonly number[]): void;
    /** Does nothing while the group is well. */
    remind(node: number): void;
    private takeRemoved;
    private takeHalted;
}
