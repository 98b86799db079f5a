/** What the world outside gives to the code of one node. */
export interface Surroundings {
    readonly nodeId: number;
    /** The service with the side effects: shared by all nodes, knows every key once. */
    readonly inventory: Inventory;
    /** Virtual time of the node, for bodies. */
    sleep(ms: number): Promise<void>;
    /** This node's copy of Divergent behaves in its own way. */
    readonly isOdd: boolean;
}
export interface InventoryCall {
    readonly runId: string;
    readonly operation: string;
    readonly key: string;
    readonly nodeId: number;
}
/** A service outside, with a state of its own: a repeated key has no second effect. */
export declare class Inventory {
    readonly effects: Map<string, number>;
    readonly calls: InventoryCall[];
    repeated: number;
    reserve(call: InventoryCall, quantity: number): number;
}
export interface OrderInput {
    readonly lines: readonly number[];
    /** Attempts of each line that fail before one succeeds. */
    readonly failures: number;
    readonly bodyMs: number;
    readonly pauseMs: number;
}
/** A line after the other: checkpoint, compute with retries, durable pause. Result: the sum of all lines. */
export declare class Order {
    private readonly surroundings;
    private status;
    private total;
    constructor(surroundings: Surroundings);
    run(input: OrderInput): Promise<{
        total: number;
        status: string;
    }>;
    record(status: string): Promise<string>;
    reserve(line: number, quantity: number, input: OrderInput): Promise<number>;
    progress(): number;
}
/** Waits for signals with distinct numbers. Result: the numbers, sorted. */
export declare class Collector {
    private readonly seen;
    run(input: {
        count: number;
    }): Promise<{
        seen: number[];
    }>;
    add(payload: {
        number: number;
    }): void;
    seenCount(): number;
}
/** Operations at the same time, and a race that either side may win. Result: the sum, which does not depend on the order. */
export declare class Fan {
    private readonly surroundings;
    constructor(surroundings: Surroundings);
    run(input: {
        values: readonly number[];
        raceMs: number;
    }): Promise<{
        sum: number;
        order: boolean;
    }>;
    part(value: number, at: number): Promise<number>;
    mark(text: string): Promise<string>;
}
/** One run after the other under one id. Result: how many. */
export declare class Chain {
    run(input: {
        left: number;
        done: number;
    }): Promise<{
        done: number;
    }>;
    count(value: number): Promise<number>;
}
/** Fails for good: its compute has no attempt left. */
export declare class Doomed {
    run(): Promise<never>;
}
/** Waits until it is cancelled. */
export declare class Waiter {
    run(): Promise<void>;
}
/** Behaves in its own way on one node: must be detected there or everywhere else (P7). Goes on until it is told to stop. */
export declare class Divergent {
    private readonly surroundings;
    private isStopping;
    constructor(surroundings: Surroundings);
    run(): Promise<void>;
    decide(value: string): Promise<string>;
    stop(): void;
}
