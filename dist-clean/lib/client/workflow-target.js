/**
 * What names a workflow to the client, and what the compiler infers from it: input, output, queries, signals.
 *
 * Three ways to name one: the class, a branded reference (no import of the class at run time, so no circular import), or a
 * name declared in `WorkflowTypes`. There is no `{ name, version }` object: every class has a `name`, so such an overload
 * would accept any class and destroy the checking.
 *
 * T1. Types only decide what compiles; names are checked again when a call is made (UNKNOWN_WORKFLOW, UNKNOWN_QUERY).
 * T2. Decorators leave no trace in types, so they go by shape: a query is a public method that returns a value at once; a signal
 *     one that returns nothing, or a promise of nothing, with one parameter at most; `run` is neither.
 */
/** A workflow by name, typed without its class. Made by workflowRef(). */
export class WorkflowRef {
    workflowName;
    version;
    constructor(workflowName, 
    /** undefined: the default version of the cluster at each start. */
    version) {
        this.workflowName = workflowName;
        this.version = version;
    }
}
/** A query by name, for one that is not a method of the class (context().onQuery) or has another name than its method. */
export class QueryRef {
    queryName;
    constructor(queryName) {
        this.queryName = queryName;
    }
}
/** A signal by name, for one that is not a method of the class (context().waitForSignal, context().onSignal). */
export class SignalRef {
    signalName;
    constructor(signalName) {
        this.signalName = signalName;
    }
}
/** Names a workflow without importing its class at run time: `workflowRef<Input, Output>('process_order', 1)`. */
export const workflowRef = ((name, version) => new WorkflowRef(name, version));
export function queryRef(name) {
    return new QueryRef(name);
}
export function signalRef(name) {
    return new SignalRef(name);
}
//# sourceMappingURL=workflow-target.js.map