/** Runs `body` with a read-only `this` and returns what it returned. Throws READ_ONLY_THIS at the assignment (T1) or after it (T2). */
export declare function callReadOnly(instance: object, name: string, body: (...args: unknown[]) => unknown, args: readonly unknown[]): unknown;
