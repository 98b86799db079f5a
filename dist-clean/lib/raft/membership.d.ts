/**
 * Installing configurations: at start, when a conf change is applied, from a snapshot. Pure.
 * Y1. A configuration takes effect when it is applied, on every node alike.
 * Y2. A leader acts on it at once: a smaller quorum may commit more and confirm reads; new members are probed.
 * Y3. A leader that is no longer a voter steps down if so configured, and a transfer to a non-voter is aborted.
 * Source: Raft thesis §4.1, §4.2, §4.3; applying on commit rather than on append follows etcd-io/raft.
 */
import { type ConfChange, type ConfChangeV2 } from './conf-change.js';
import type { RaftCore } from './core.js';
import { type ConfState } from './types.js';
/** Applies a committed conf change. Throws if the configuration cannot take it: all nodes would. */
export declare function applyConfChange(core: RaftCore, change: ConfChange | ConfChangeV2): ConfState;
/** Installs the configuration of a snapshot or of storage; nothing is known of its members' progress. */
export declare function restoreConfig(core: RaftCore, confState: ConfState): void;
