/**
 * Candidate and pre-candidate: wait for votes, or for a leader of this term. Pure.
 * CA1. Only responses to the running kind of election count.
 * CA2. A leader's message of the same term ends the candidacy.
 * Source: Raft thesis §3.4, §9.6.
 */
import type { RaftCore } from './core.js';
import { type Message, StepResult } from './types.js';
export declare function stepCandidate(core: RaftCore, message: Message): StepResult;
