/**
 * Configuration changes as data: a V1 change (one node), a V2 change (any number, with a transition). Pure.
 * C1. A V2 change without changes and with transition Auto means "leave the joint configuration".
 * C2. More than one change, or a transition other than Auto, goes through a joint configuration.
 * Source: Raft thesis §4.1, §4.3.
 */
import { NO_BYTES } from './types.js';
export const ConfChangeType = { AddNode: 0, RemoveNode: 1, UpdateNode: 2, AddLearnerNode: 3 };
/** How to leave the joint configuration: Auto and Implicit leave by themselves, Explicit waits for an empty change. */
export const ConfChangeTransition = { Auto: 0, JointImplicit: 1, JointExplicit: 2 };
export function confChangeV1(type, nodeId, context = NO_BYTES) {
    return { version: 1, type, nodeId, context };
}
export function confChangeV2(changes, transition = ConfChangeTransition.Auto, context = NO_BYTES) {
    return { version: 2, transition, changes, context };
}
export function asV2(change) {
    if (change.version === 2)
        return change;
    return confChangeV2([{ type: change.type, nodeId: change.nodeId }], ConfChangeTransition.Auto, change.context);
}
export function leavesJoint(change) {
    return change.transition === ConfChangeTransition.Auto && change.changes.length === 0;
}
export function entersJoint(change) {
    return change.transition !== ConfChangeTransition.Auto || change.changes.length > 1;
}
/** Whether the joint configuration that the change enters is left without a further proposal. */
export function leavesAutomatically(change) {
    return change.transition !== ConfChangeTransition.JointExplicit;
}
//# sourceMappingURL=conf-change.js.map