/**
 * Bringing up a core from its storage. Pure.
 * BT1. Term, vote and commit come back exactly as they were stored; a commit index outside of the log stops the node.
 * BT2. A node starts as a follower without a leader.
 * Source: Raft thesis §3.8, §3.4.
 */
import { type ResolvedConfig } from './config.js';
import { RaftCore } from './core.js';
import { fail } from './invariant.js';
import { restoreConfig } from './membership.js';
import { becomeFollower } from './roles.js';
import { TraceEvent } from './trace.js';
import { isEmptyHardState, NONE } from './types.js';

export function startCore(config: ResolvedConfig): RaftCore {
  const core = new RaftCore(config);
  const log = core.log;
  const { hardState, confState } = config.storage.initialState();
  const lastIndex = log.lastIndex;
  const lastTerm = log.lastTerm;
  restoreConfig(core, confState);
  if (!isEmptyHardState(hardState)) {
    const { term, vote, commit } = hardState;
    if (commit < log.committed || commit > lastIndex) {
      fail('stored commit index is outside of the log', { id: core.id, commit, committed: log.committed, lastIndex });
    }
    if (!Number.isSafeInteger(term) || !Number.isSafeInteger(vote) || term < 0) fail('stored hard state is invalid', { term, vote });
    log.committed = commit;
    core.term = term;
    core.vote = vote;
  }
  if (config.applied > 0) log.appliedTo(config.applied, 0);
  becomeFollower(core, core.term, NONE);
  if (core.sink !== null) {
    core.sink.trace(TraceEvent.Started, core.id, core.tracker.confState, core.term, log.committed, log.applied, lastIndex, lastTerm);
  }
  return core;
}
