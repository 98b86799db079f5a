import { Snapshot } from '../raft/index.js';
import type { RowStateMachine } from '../state-machine/index.js';
import type { RaftStorage, StateStore } from '../storage/storage.js';
export interface OpenedGroup {
    readonly nodeId: number;
    readonly groupId: number;
    readonly storage: RaftStorage;
    readonly members: readonly number[] | undefined;
    readonly join: boolean | undefined;
    /** Entries that stay in memory behind the state's position. */
    readonly compactionKeepEntries: number;
}
/** Without a state store. The snapshot to begin with; null if this node waits to be added. */
export declare function openWhole(group: OpenedGroup): Promise<Snapshot | null>;
/** With a state store: `stateMachine` is loaded when it resolves. The snapshot has no bytes. */
export declare function openRows(group: OpenedGroup, state: StateStore, stateMachine: RowStateMachine): Promise<Snapshot | null>;
