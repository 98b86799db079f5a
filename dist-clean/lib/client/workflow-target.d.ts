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
/** A class decorated with @Workflow: its `run` is the workflow. */
export type WorkflowClass = abstract new (...args: never[]) => {
    run(...args: never[]): Promise<unknown>;
};
/**
 * Names of workflows and what they are, for calls by name. Augment it where the workflow is written:
 *
 *   declare module '@raftoral/nestjs' {
 *     interface WorkflowTypes { process_order: typeof ProcessOrder }
 *   }
 */
export interface WorkflowTypes {
}
export type WorkflowName = keyof WorkflowTypes & string;
declare const brand: unique symbol;
/** A workflow by name, typed without its class. Made by workflowRef(). */
export declare class WorkflowRef<Input = unknown, Output = unknown, Class = unknown> {
    readonly workflowName: string;
    /** undefined: the default version of the cluster at each start. */
    readonly version: number | undefined;
    readonly [brand]: {
        readonly input: (input: Input) => void;
        readonly output: Output;
        readonly class: Class;
    };
    constructor(workflowName: string, 
    /** undefined: the default version of the cluster at each start. */
    version: number | undefined);
}
/** A query by name, for one that is not a method of the class (context().onQuery) or has another name than its method. */
export declare class QueryRef<Args extends readonly unknown[] = readonly unknown[], Result = unknown> {
    readonly queryName: string;
    readonly [brand]: {
        readonly args: Args;
        readonly result: Result;
    };
    constructor(queryName: string);
}
/** A signal by name, for one that is not a method of the class (context().waitForSignal, context().onSignal). */
export declare class SignalRef<Payload = unknown> {
    readonly signalName: string;
    readonly [brand]: {
        readonly payload: (payload: Payload) => void;
    };
    constructor(signalName: string);
}
/** The two forms of workflowRef(). */
export interface WorkflowRefMaker {
    /** With queries and signals too: `workflowRef<typeof ProcessOrder>('process_order', 1)`, the class imported by `import type`. */
    <Class extends WorkflowClass>(name: string, version?: number): WorkflowRef<RunInput<Class>, RunOutput<Class>, Class>;
    <Input, Output>(name: string, version?: number): WorkflowRef<Input, Output>;
}
/** Names a workflow without importing its class at run time: `workflowRef<Input, Output>('process_order', 1)`. */
export declare const workflowRef: WorkflowRefMaker;
export declare function queryRef<Args extends readonly unknown[] = [], Result = unknown>(name: string): QueryRef<Args, Result>;
export declare function signalRef<Payload = undefined>(name: string): SignalRef<Payload>;
/** Whatever names a workflow to WorkflowClient. */
export type WorkflowTarget = WorkflowClass | WorkflowRef<never, unknown, unknown> | WorkflowName;
/** The class behind a target, or unknown where only input and output are declared. */
type ClassOf<Target> = Target extends WorkflowClass ? Target : Target extends WorkflowRef<never, unknown, infer Class> ? Class : Target extends WorkflowName ? ClassOf<WorkflowTypes[Target]> : unknown;
type InstanceOf<Target> = ClassOf<Target> extends WorkflowClass ? InstanceType<ClassOf<Target>> : unknown;
type RunInput<Class> = RunArgs<Class> extends [] ? undefined : RunArgs<Class> extends [(infer Input)?] ? Input : never;
type RunOutput<Class> = Class extends abstract new (...args: never[]) => {
    run(...args: never[]): Promise<infer Output>;
} ? Output : never;
type RunArgs<Class> = Class extends abstract new (...args: never[]) => {
    run(...args: infer Args): Promise<unknown>;
} ? Args : never;
/** The parameters of run(): none, one, or one that may be left out. */
export type InputArgs<Target> = Target extends WorkflowClass ? RunArgs<Target> : Target extends WorkflowRef<infer Input, unknown, infer Class> ? Class extends WorkflowClass ? RunArgs<Class> : unknown extends Input ? [input?: unknown] : [Input] extends [undefined | void] ? [] : undefined extends Input ? [input?: Input] : [input: Input] : Target extends WorkflowName ? InputArgs<WorkflowTypes[Target]> : never;
/** The input of a workflow; undefined where run() takes none. */
export type InputOf<Target> = InputArgs<Target> extends [] ? undefined : InputArgs<Target> extends [(infer Input)?] ? Input : never;
/** What run() resolves to. */
export type OutputOf<Target> = Target extends WorkflowClass ? RunOutput<Target> : Target extends WorkflowRef<never, infer Output, unknown> ? Output : Target extends WorkflowName ? OutputOf<WorkflowTypes[Target]> : unknown;
/** Arguments of start() and execute() after the target: the input as run() declares it, then the options. */
export type StartArgs<Target, Options> = InputArgs<Target> extends [] ? [input?: undefined, options?: Options] : InputArgs<Target> extends [infer Input] ? [input: Input, options?: Options] : InputArgs<Target> extends [(infer Input)?] ? [input?: Input, options?: Options] : never;
type AnyMethod = (...args: never[]) => unknown;
/** Public methods that return a value at once (T2). Any name where the class is not known. */
export type QueryName<Target> = unknown extends InstanceOf<Target> ? string : {
    [Key in keyof InstanceOf<Target> & string]: InstanceOf<Target>[Key] extends AnyMethod ? ReturnType<InstanceOf<Target>[Key]> extends Promise<unknown> | void ? never : Key : never;
}[keyof InstanceOf<Target> & string];
export type QueryArgs<Target, Name> = Name extends QueryRef<infer Args, unknown> ? Args : Name extends keyof InstanceOf<Target> ? InstanceOf<Target>[Name] extends (...args: infer Args) => unknown ? Args : never : readonly unknown[];
export type QueryResult<Target, Name> = Name extends QueryRef<readonly unknown[], infer Result> ? Result : Name extends keyof InstanceOf<Target> ? InstanceOf<Target>[Name] extends (...args: never[]) => infer Result ? Result : never : unknown;
/** Arguments of query() after the name: `args` must be given where the method needs any. */
export type QueryRest<Args extends readonly unknown[], Options> = [] extends Args ? [options?: Options & {
    readonly args?: Args;
}] : [options: Options & {
    readonly args: Args;
}];
/** Public methods that return nothing or a promise of it, with one parameter at most (T2). Any name where the class is not known. */
export type SignalName<Target> = unknown extends InstanceOf<Target> ? string : {
    [Key in Exclude<keyof InstanceOf<Target> & string, 'run'>]: InstanceOf<Target>[Key] extends (...args: infer Args) => infer Result ? [Result] extends [void | Promise<void>] ? Args extends [unknown?] ? Key : never : never : never;
}[Exclude<keyof InstanceOf<Target> & string, 'run'>];
/** Arguments of signal() after the name: the payload as the method declares it, then the options. */
export type SignalRest<Target, Name, Options> = Name extends SignalRef<infer Payload> ? PayloadRest<undefined extends Payload ? [payload?: Payload] : [payload: Payload], Options> : Name extends keyof InstanceOf<Target> ? InstanceOf<Target>[Name] extends (...args: infer Args) => unknown ? PayloadRest<Args, Options> : never : [payload?: unknown, options?: Options];
type PayloadRest<Args extends unknown[], Options> = Args extends [] ? [payload?: undefined, options?: Options] : Args extends [infer Payload] ? [payload: Payload, options?: Options] : [payload?: Args[0], options?: Options];
export {};
