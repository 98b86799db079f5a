/**
 * Commands about children: start, acknowledge (docs/adr/0065). Pure.
 *
 * A1. A child is started once, however often and by whichever owner of its parent its start is sent: while it is open or held the record names its parent, and
 *     from its acknowledgement on the answer is remembered for longer than any send of its start can take effect.
 * A2. A refusal is not remembered: the owner of the parent sends the same start again, and may be heard then.
 */
import { CHILDREN_LEVEL, CommandKind, type AcknowledgeChildCommand, type StartChildCommand } from '../command.js';
import type { CommandAnswer } from '../state.js';
import { GROUP_OK, IGNORED, doneBefore, refused } from './answers.js';
import { admission, start } from './apply-client.js';
import type { GroupState } from './group-state.js';
import { RequestEntry } from './requests.js';

export function startChild(state: GroupState, command: StartChildCommand): CommandAnswer {
  if (state.codecLevel < CHILDREN_LEVEL) {
    return refused(
      'MEMBERSHIP_REFUSED',
      `Cluster ${state.groupId} is at codec level ${state.codecLevel} and starts no children: upgrade every member.`,
    );
  }
  const { requestId, expiryMs, workflowId, parent } = command;
  const answered = admission(state, command);
  if (answered !== null) return answered;
  const there = state.currentOf(workflowId);
  if (there?.parent?.token === parent.token) return doneBefore(there.runId, 1);
  const answer = start(state, command, parent);
  if (answer.ok) state.requests.remember(new RequestEntry(requestId, expiryMs, command.kind, workflowId, answer));
  return answer;
}

export function acknowledgeChildren(state: GroupState, command: AcknowledgeChildCommand): CommandAnswer {
  if (state.codecLevel < CHILDREN_LEVEL) return IGNORED.codecLevel;
  for (const runId of command.runIds) {
    const child = state.children.release(runId);
    if (child === undefined) continue;
    // Whoever sent its start did so before the parent was done with it: by the time this is forgotten, no such send is within its expiry. Twice, for
    // clocks that are ahead.
    const expiryMs = state.logTimeMs + 2 * state.limits.requestRetentionMs;
    const answer = doneBefore(runId, 1);
    state.requests.remember(new RequestEntry(child.parent.token, expiryMs, CommandKind.START_CHILD, child.workflowId, answer));
  }
  return GROUP_OK;
}
