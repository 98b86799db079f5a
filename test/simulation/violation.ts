/**
 * What the oracle throws: a promise of the engine that did not hold. `promise` names it (P1 … P8, or a Raft invariant).
 */
export class Violation extends Error {
  override readonly name = 'Violation';

  constructor(
    readonly promise: string,
    message: string,
  ) {
    super(`${promise}: ${message}`);
  }
}
