/**
 * Are the answers that clients had those of one machine that does one operation at a time, in an order that respects real time? Pure.
 *
 * L1. An operation takes effect at one moment between its invocation and its return. One that never returned may take effect at any moment after its
 *     invocation, or never. One that surely had no effect is no operation: leave it out.
 * L2. Search: depth first over the operations that may come next, those invoked before the first return among the rest (Wing and Gong 1993). What was tried
 *     is remembered as (set of operations done, state), and not tried again (Lowe 2017); the set is kept exactly, so no answer hangs on a hash.
 * L3. Operations without an answer are tried last, and not at all where they change nothing: leaving them out can not be worse.
 * L4. Histories of different keys are independent where the model is a product over keys (Horn and Kroening 2015): checkByKey() takes each alone.
 * L5. The search is exponential in the worst case. It ends after `stepsMax` calls of the model, and says that it has not decided.
 * Tests: linearizability.spec.ts.
 */
/** What the operations act on. */
export interface Model<State, Input, Output> {
    init(): State;
    /**
     * The state after `input`, or null where a machine in `state` can not do it, or would have answered otherwise. `output` is undefined where no answer
     * is known: then null says that it has no effect here. Never changes `state`.
     */
    step(state: State, input: Input, output: Output | undefined): {
        readonly state: State;
    } | null;
    /** Equal texts for equal states, and for no others. */
    hash(state: State): string;
}
export interface Operation<Input, Output> {
    /** For the report only. */
    readonly client: string;
    readonly input: Input;
    /** undefined: it never returned. */
    readonly output: Output | undefined;
    /** Any clock that all share; at equal times two operations count as concurrent. */
    readonly invokedAt: number;
    /** Infinity: it never returned. */
    readonly returnedAt: number;
}
export interface CheckOptions {
    /** Calls of model.step() over all keys. Default 10 million. */
    readonly stepsMax?: number;
}
export type Verdict<Input, Output> = {
    readonly verdict: 'linearizable';
    readonly steps: number;
} | {
    readonly verdict: 'not decided';
    readonly steps: number;
    readonly key: string;
} | {
    readonly verdict: 'violated';
    readonly steps: number;
    readonly key: string;
    /** The longest order that was found, and the operation whose return could not be passed. */
    readonly prefix: ReadonlyArray<Operation<Input, Output>>;
    readonly stuckAt: Operation<Input, Output>;
};
/** One history, as a whole. */
export declare function checkLinearizable<State, Input, Output>(model: Model<State, Input, Output>, operations: ReadonlyArray<Operation<Input, Output>>, options?: CheckOptions): Verdict<Input, Output>;
/** Each key's history alone (L4). Answers with the first key that is violated; else with one that is not decided, if there is one. */
export declare function checkByKey<State, Input, Output>(model: Model<State, Input, Output>, operations: ReadonlyArray<Operation<Input, Output>>, keyOf: (input: Input) => string, options?: CheckOptions): Verdict<Input, Output>;
/** What is against a history, for people. */
export declare function explain<Input, Output>(verdict: Verdict<Input, Output>): string;
