/**
 * Arithmetic of configuration changes: from a configuration and changes to the next one, or a refusal. Pure leaf.
 * H1. The input is never modified; a refusal leaves no trace.
 * H2. Without a joint configuration at most one voter changes.
 * H3. Voters and learners are disjoint; learnersNext are voters of the outgoing half that become learners when it is left.
 * H4. Removing and adding again makes the peer unknown (fresh), unless the outgoing half still counts it.
 * Source: Raft thesis §4.1, §4.3.
 */
import { ConfChangeType } from './conf-change.js';
export const ChangeRefusal = {
    AlreadyJoint: 1,
    JointNeedsVoter: 2,
    NotJoint: 3,
    SimpleInJoint: 4,
    MoreThanOneVoter: 5,
    NoVoterLeft: 6,
    UnknownType: 7,
    Inconsistent: 8,
};
export function isRefusal(outcome) {
    return typeof outcome === 'number';
}
export function isJoint(config) {
    return config.votersOutgoing.length > 0;
}
/** Applies changes that alter at most one voter. */
export function simpleChange(config, changes) {
    if (isJoint(config))
        return ChangeRefusal.SimpleInJoint;
    const draft = new Draft(config);
    const refusal = draft.apply(changes);
    if (refusal !== 0)
        return refusal;
    if (draft.votersChanged(config.voters) > 1)
        return ChangeRefusal.MoreThanOneVoter;
    return draft.finish(false);
}
/** Makes the present voters the outgoing half and applies the changes to the incoming one. */
export function enterJoint(config, autoLeave, changes) {
    if (isJoint(config))
        return ChangeRefusal.AlreadyJoint;
    if (config.voters.length === 0)
        return ChangeRefusal.JointNeedsVoter;
    const draft = new Draft(config);
    for (const id of config.voters)
        draft.outgoing.add(id);
    const refusal = draft.apply(changes);
    if (refusal !== 0)
        return refusal;
    return draft.finish(autoLeave);
}
/** Drops the outgoing half; voters that were to become learners do so. */
export function leaveJoint(config) {
    if (!isJoint(config))
        return ChangeRefusal.NotJoint;
    const draft = new Draft(config);
    for (const id of draft.learnersNext)
        draft.learners.add(id);
    draft.learnersNext.clear();
    for (const id of draft.outgoing) {
        if (!draft.voters.has(id) && !draft.learners.has(id))
            draft.members.delete(id);
    }
    draft.outgoing.clear();
    return draft.finish(false);
}
/** Checks a configuration that comes from a snapshot or from storage; all its members are fresh. */
export function restoreConfiguration(config) {
    const draft = new Draft(config);
    for (const id of draft.members.keys())
        draft.members.set(id, true);
    return draft.finish(config.autoLeave);
}
class Draft {
    voters;
    outgoing;
    learners;
    learnersNext;
    /** id → whether the member is fresh. */
    members = new Map();
    constructor(config) {
        this.voters = new Set(config.voters);
        this.outgoing = new Set(config.votersOutgoing);
        this.learners = new Set(config.learners);
        this.learnersNext = new Set(config.learnersNext);
        for (const group of [this.voters, this.outgoing, this.learners, this.learnersNext]) {
            for (const id of group)
                this.members.set(id, false);
        }
    }
    apply(changes) {
        for (const change of changes) {
            if (change.nodeId === 0)
                continue;
            switch (change.type) {
                case ConfChangeType.AddNode:
                    this.makeVoter(change.nodeId);
                    break;
                case ConfChangeType.AddLearnerNode:
                    this.makeLearner(change.nodeId);
                    break;
                case ConfChangeType.RemoveNode:
                    this.remove(change.nodeId);
                    break;
                case ConfChangeType.UpdateNode:
                    break;
                default:
                    return ChangeRefusal.UnknownType;
            }
        }
        return this.voters.size === 0 ? ChangeRefusal.NoVoterLeft : 0;
    }
    votersChanged(before) {
        let kept = 0;
        for (const id of before)
            if (this.voters.has(id))
                kept++;
        return before.length - kept + (this.voters.size - kept);
    }
    finish(autoLeave) {
        if (!this.isConsistent(autoLeave))
            return ChangeRefusal.Inconsistent;
        const confState = {
            voters: ascending(this.voters),
            votersOutgoing: ascending(this.outgoing),
            learners: ascending(this.learners),
            learnersNext: ascending(this.learnersNext),
            autoLeave,
        };
        const members = ascending(this.members.keys()).map((id) => ({
            id,
            isLearner: this.learners.has(id),
            isFresh: this.members.get(id) === true,
        }));
        return { confState, members };
    }
    makeVoter(id) {
        if (!this.members.has(id))
            this.members.set(id, true);
        this.learners.delete(id);
        this.learnersNext.delete(id);
        this.voters.add(id);
    }
    makeLearner(id) {
        const isFresh = this.members.get(id);
        if (isFresh === undefined) {
            this.members.set(id, true);
            this.learners.add(id);
            return;
        }
        if (this.learners.has(id))
            return;
        this.remove(id);
        this.members.set(id, isFresh);
        if (this.outgoing.has(id))
            this.learnersNext.add(id);
        else
            this.learners.add(id);
    }
    remove(id) {
        if (!this.members.has(id))
            return;
        this.voters.delete(id);
        this.learners.delete(id);
        this.learnersNext.delete(id);
        if (!this.outgoing.has(id))
            this.members.delete(id);
    }
    isConsistent(autoLeave) {
        for (const id of this.learnersNext) {
            if (!this.outgoing.has(id) || this.learners.has(id) || this.voters.has(id))
                return false;
        }
        for (const id of this.learners)
            if (this.outgoing.has(id) || this.voters.has(id))
                return false;
        if (this.outgoing.size === 0)
            return this.learnersNext.size === 0 && !autoLeave;
        return this.voters.size > 0;
    }
}
function ascending(ids) {
    return Array.from(ids).sort((a, b) => a - b);
}
//# sourceMappingURL=changer.js.map