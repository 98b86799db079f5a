import { Campaign, campaign, poll } from './election.js';
import { handleAppend, handleHeartbeat } from './follower.js';
import { VoteResult } from './quorum.js';
import { broadcastAppend } from './replication.js';
import { becomeFollower, becomeLeader } from './roles.js';
import { handleSnapshot } from './snapshot.js';
import { TraceEvent } from './trace.js';
import { MessageType, NONE, Role, StepResult } from './types.js';
export function stepCandidate(core, message) {
    switch (message.type) {
        case MessageType.Append:
            becomeFollower(core, message.term, message.from);
            handleAppend(core, message);
            break;
        case MessageType.Heartbeat:
            becomeFollower(core, message.term, message.from);
            handleHeartbeat(core, message);
            break;
        case MessageType.Snap:
            becomeFollower(core, message.term, message.from);
            if (message.snapshot !== null)
                handleSnapshot(core, message, message.snapshot);
            break;
        case MessageType.VoteResp:
            if (core.role === Role.Candidate)
                handleVoteResponse(core, message);
            break;
        case MessageType.PreVoteResp:
            if (core.role === Role.PreCandidate)
                handleVoteResponse(core, message);
            break;
        case MessageType.Propose:
            if (core.sink !== null)
                core.sink.trace(TraceEvent.ProposalDroppedNoLeader, core.id, null, core.term);
            return StepResult.ProposalDropped;
        case MessageType.TimeoutNow:
            if (core.sink !== null)
                core.sink.trace(TraceEvent.TimeoutNowIgnored, core.id, null, core.term, core.role, message.from);
            break;
        default: // nothing to a candidate
    }
    return StepResult.Ok;
}
function handleVoteResponse(core, message) {
    const result = poll(core, message);
    if (result === VoteResult.Lost) {
        // The response to a pre-vote may carry a later term; it is not adopted.
        becomeFollower(core, core.term, NONE);
    }
    else if (result === VoteResult.Won) {
        if (core.role === Role.PreCandidate) {
            campaign(core, Campaign.Election);
        }
        else {
            becomeLeader(core);
            broadcastAppend(core);
        }
    }
}
//# sourceMappingURL=candidate.js.map