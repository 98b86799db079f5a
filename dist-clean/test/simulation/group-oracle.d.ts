import type { StateImage, StateMachine } from '../../lib/state-machine/index.js';
import type { TraceHash } from '../../lib/testing/trace-hash.js';
/** A node at the end. */
export interface FinalNode {
    readonly id: number;
    readonly appliedIndex: number;
    snapshot(): Uint8Array | Promise<Uint8Array>;
    /** Its disk may be damaged, and not have noticed yet. */
    readonly mayBeDamaged?: boolean;
}
export declare class GroupOracle {
    private readonly leaders;
    private readonly applied;
    private readonly states;
    private violation;
    private reference;
    private membership;
    get lastIndex(): number;
    get entries(): number;
    /** Adds everything that was committed. */
    addTo(trace: TraceHash): void;
    /** O5. `machine` is fed every entry, once. */
    compareWith(machine: StateMachine<unknown>): void;
    /** Throws the first violation that anybody noted. */
    check(): void;
    note(promise: string, message: string): void;
    leads(term: number, node: number): void;
    /** The machine that a host is given in place of `machine`. */
    observe<Result>(node: number, machine: StateMachine<Result>, onApplied?: (index: number, frame: Uint8Array, result: Result) => void): StateMachine<Result>;
    /** What a node sends to others is what every node has at that position: as the bytes of a snapshot. */
    compareImage<Result>(node: number, machine: StateMachine<Result>, image: StateImage): Promise<void>;
    /** All of them have applied everything, and are equal. */
    compareFinal(nodes: readonly FinalNode[]): Promise<void>;
    private observeRows;
    private follow;
    private followMembership;
    private compareResult;
    private positionAt;
    private compareState;
}
