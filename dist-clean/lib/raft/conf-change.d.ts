export declare const ConfChangeType: {
    readonly AddNode: 0;
    readonly RemoveNode: 1;
    readonly UpdateNode: 2;
    readonly AddLearnerNode: 3;
};
export type ConfChangeType = (typeof ConfChangeType)[keyof typeof ConfChangeType];
/** How to leave the joint configuration: Auto and Implicit leave by themselves, Explicit waits for an empty change. */
export declare const ConfChangeTransition: {
    readonly Auto: 0;
    readonly JointImplicit: 1;
    readonly JointExplicit: 2;
};
export type ConfChangeTransition = (typeof ConfChangeTransition)[keyof typeof ConfChangeTransition];
/** One step of a change. nodeId 0 is ignored. */
export interface ConfChangeSingle {
    readonly type: ConfChangeType;
    readonly nodeId: number;
}
/** V1: exactly one node. `context` is the caller's. */
export interface ConfChange {
    readonly version: 1;
    readonly type: ConfChangeType;
    readonly nodeId: number;
    readonly context: Uint8Array;
}
/** V2. `context` is the caller's. */
export interface ConfChangeV2 {
    readonly version: 2;
    readonly transition: ConfChangeTransition;
    readonly changes: readonly ConfChangeSingle[];
    readonly context: Uint8Array;
}
export declare function confChangeV1(type: ConfChangeType, nodeId: number, context?: Uint8Array): ConfChange;
export declare function confChangeV2(changes: readonly ConfChangeSingle[], transition?: ConfChangeTransition, context?: Uint8Array): ConfChangeV2;
export declare function asV2(change: ConfChange | ConfChangeV2): ConfChangeV2;
export declare function leavesJoint(change: ConfChangeV2): boolean;
export declare function entersJoint(change: ConfChangeV2): boolean;
/** Whether the joint configuration that the change enters is left without a further proposal. */
export declare function leavesAutomatically(change: ConfChangeV2): boolean;
