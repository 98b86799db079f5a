import { RaftCore } from './core.js';
import { fail } from './invariant.js';
import { restoreConfig } from './membership.js';
import { becomeFollower } from './roles.js';
import { TraceEvent } from './trace.js';
import { isEmptyHardState, NONE } from './types.js';
export function startCore(config) {
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
        if (!Number.isSafeInteger(term) || !Number.isSafeInteger(vote) || term < 0)
            fail('stored hard state is invalid', { term, vote });
        log.committed = commit;
        core.term = term;
        core.vote = vote;
    }
    if (config.applied > 0) {
        if (config.applied > lastIndex)
            fail('the state machine is ahead of the log: was the log lost?', { applied: config.applied, lastIndex });
        // State and commit index are written apart: a crash in between may leave the state ahead.
        if (config.applied > log.committed)
            log.committed = config.applied;
        log.appliedTo(config.applied, 0);
    }
    becomeFollower(core, core.term, NONE);
    if (core.sink !== null) {
        core.sink.trace(TraceEvent.Started, core.id, core.tracker.confState, core.term, log.committed, log.applied, lastIndex, lastTerm);
    }
    return core;
}
//# sourceMappingURL=start.js.map