/**
 * Receiving a snapshot from the leader. Pure.
 * Z1. A snapshot at or below the commit index changes nothing; one whose position the log already has only moves commit forward.
 * Z2. A snapshot that does not name this node is refused.
 * Z3. Until storage has installed it, the node does not campaign and hands out nothing to apply.
 * Source: Raft thesis §5.1, §5.3.
 */
import type { RaftCore } from './core.js';
import { type Message, type Snapshot } from './types.js';
export declare function handleSnapshot(core: RaftCore, message: Message, snapshot: Snapshot): void;
/** Storage has installed the snapshot and the state machine has taken it over. */
export declare function appliedSnapshot(core: RaftCore, snapshot: Snapshot): void;
