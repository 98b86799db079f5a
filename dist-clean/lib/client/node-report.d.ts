/**
 * How a node stands, for people and programs outside: the reports of the administration port, made of what its parts say of themselves. Pure.
 *
 * R1. Everything is plain JSON with every field present; what is not known is null, 0 or empty.
 * R2. `problems` names what a person should look at, most urgent first; a healthy node has none.
 * Tests: node-report.spec.ts.
 */
import type { GroupStatus } from '../cluster/group.js';
import type { HostStatus } from '../cluster/host-status.js';
import type { NodeAddress, PeerLinkStatus } from '../transport/network-transport-port.js';
import type { RunStatus } from '../workflow/event.js';
import type { MembersReport, NodeReport } from './administration-port.js';
/** The runs of a cluster, as its state machine has them. */
export interface CountedRuns {
    readonly openRunCount: number;
    readonly closedRunCount: number;
    openRuns(): Iterable<{
        readonly owner: number;
        readonly status: RunStatus;
    }>;
}
export interface MembersSources {
    readonly group: GroupStatus;
    /** Peers that the node hears, itself included. */
    readonly live: readonly number[];
    readonly addresses: readonly NodeAddress[];
}
export interface NodeSources {
    readonly nodeId: number;
    readonly deployment: string;
    readonly incarnation: number;
    readonly state: NodeReport['state'];
    readonly progress: string | null;
    readonly failure: string | null;
    readonly address: string | null;
    /** null before the host exists. */
    readonly host: Pick<HostStatus, 'alarm' | 'groups' | 'loopLagMs' | 'loopLagMsMax' | 'stalls'> | null;
    readonly live: readonly number[];
    readonly addresses: readonly NodeAddress[];
    readonly connections: readonly PeerLinkStatus[];
    /** By cluster id; absent where the node has no state of it yet. */
    readonly runs: ReadonlyMap<number, CountedRuns>;
}
export declare function reportMembers({ group, live, addresses }: MembersSources): MembersReport;
export declare function reportNode(sources: NodeSources): NodeReport;
