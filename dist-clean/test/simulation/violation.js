/**
 * What the oracle throws: a promise of the engine that did not hold. `promise` names it (P1 … P8, or a Raft invariant).
 */
export class Violation extends Error {
    promise;
    name = 'Violation';
    constructor(promise, message) {
        super(`${promise}: ${message}`);
        this.promise = promise;
    }
}
//# sourceMappingURL=violation.js.map