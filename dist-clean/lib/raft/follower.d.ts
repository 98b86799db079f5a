/**
 * The follower: takes the leader's entries and heartbeats, passes proposals and reads on. Pure.
 * J1. Entries are appended only after a position that matches; whatever follows a mismatch is dropped.
 * J2. An append below the commit index is answered with the commit index and changes nothing.
 * J3. A rejection carries the largest position that can still match, so that each term costs at most one probe.
 * Source: Raft thesis §3.5, §3.10; the hints follow etcd-io/raft.
 */
import type { RaftCore } from './core.js';
import { Message, ProposeResult, StepResult, type Entry } from './types.js';
export declare function stepFollower(core: RaftCore, message: Message): StepResult;
export declare function handleAppend(core: RaftCore, message: Message): void;
export declare function handleHeartbeat(core: RaftCore, message: Message): void;
/** Passes proposed entries on to the leader, if there is one and forwarding is allowed. */
export declare function forwardProposal(core: RaftCore, from: number, entries: Entry[]): ProposeResult;
