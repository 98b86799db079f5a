/**
 * How well this process itself seems to work: a counter between 0 (well) and its bound, that stretches the intervals by which it judges others. Pure.
 *
 * L1. A probe that was answered lowers it by one. A refutation of what was said of this node raises it by one, so does having stood still, and a
 *     failed probe by one for each node that was asked to probe too and did not even say that it had no answer. Where nobody could be asked, by one.
 * L2. A probe that failed although all those who were asked spoke up says something of the probed node, and nothing of this one.
 * Source: Lifeguard, §IV-A; L2 as in hashicorp/memberlist, state.go (the paper counts every failed probe). Tests: test/membership/parts.spec.ts.
 */
export class LocalHealth {
  private score = 0;

  constructor(private readonly max: number) {}

  /** 1 to max + 1. */
  get multiplier(): number {
    return this.score + 1;
  }

  better(): void {
    this.score = Math.max(0, this.score - 1);
  }

  worse(by = 1): void {
    this.score = Math.min(this.max, this.score + by);
  }
}
