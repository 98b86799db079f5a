/**
 * What the oracle throws: a promise of the engine that did not hold. `promise` names it (P1 … P8, or a Raft invariant).
 */
export declare class Violation extends Error {
    readonly promise: string;
    readonly name = "Violation";
    constructor(promise: string, message: string);
}
