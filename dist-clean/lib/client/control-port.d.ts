/**
 * Port: everything that a client or an operator can ask of a node from outside: the same calls over gRPC, HTTP and the command line.
 * Transports that serve clients implement nothing of it: they translate, authenticate and limit. ControlService implements it.
 *
 * A1. Requests and answers are plain JSON values, with the names of the fields as in control-methods.ts; unknown fields are refused.
 * A2. A call ends by its answer, its error, or `context.signal`; deadlines travel as remaining time.
 * A3. Errors are RaftoralErrors; adapters turn code, message, retryable, requestId and details into their own form, one to one.
 */
export type Json = null | boolean | number | string | readonly Json[] | {
    readonly [key: string]: Json;
};
export type JsonObject = {
    readonly [key: string]: Json;
};
export interface ControlContext {
    /** The caller went away. */
    readonly signal: AbortSignal;
    /** Time that the caller still waits, ms; absent: the method's default. */
    readonly timeoutMs?: number;
}
/** Items of a server stream: events of a run, or of all runs of this node. */
export interface ControlStream {
    /** Ends with the stream; return() ends it from this side. Bounded: a slow reader gets `gap` items (R43). */
    [Symbol.asyncIterator](): AsyncIterator<JsonObject>;
}
export interface ControlApi {
    call(method: string, request: JsonObject, context: ControlContext): Promise<JsonObject>;
    /** Throws INVALID_ARGUMENT and OVERLOADED at once; what goes wrong later (WORKFLOW_NOT_FOUND, for one) rejects next(). */
    stream(method: string, request: JsonObject, context: ControlContext): ControlStream;
    /** For the standard health checks: no secret is needed to ask. */
    isServing(): boolean;
}
/**
 * The other end of it: implemented by the gRPC and HTTP adapters, used by the command line. Connects with the first call. Errors: NO_ROUTE (not reached, or
 * what answers is no node: nothing was done), UNAUTHENTICATED, OUTCOME_UNKNOWN (the time was up, or the connection was lost once the call was on its way),
 * and what the node answered.
 */
export interface ControlClient {
    call(method: string, request: JsonObject, options?: {
        readonly timeoutMs?: number;
    }): Promise<JsonObject>;
    stream(method: string, request: JsonObject, signal: AbortSignal): AsyncIterable<JsonObject>;
    close(): Promise<void>;
}
