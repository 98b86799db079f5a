/**
 * Transitions between the roles. Pure.
 * B1. A leader becomes a follower or stays; a follower never becomes leader without having been a candidate.
 * B2. Every transition but the one to pre-candidate forgets leader, votes, transfer, waiting reads and the peers' progress.
 * B3. A pre-candidate keeps term and vote, and has no leader.
 * B4. A new leader appends an empty entry of its term, and assumes that its whole tail may hold a conf change.
 * Source: Raft thesis §3.4, §3.6.2, §4, §9.6.
 */
import type { RaftCore } from './core.js';
export declare function becomeFollower(core: RaftCore, term: number, lead: number): void;
export declare function becomeCandidate(core: RaftCore): void;
export declare function becomePreCandidate(core: RaftCore): void;
export declare function becomeLeader(core: RaftCore): void;
