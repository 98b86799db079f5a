/**
 * Errors as gRPC statuses, and back. A RaftoralError travels whole in the trailing metadata; the status is for those who know only gRPC.
 *
 * E1. code, message, retryable, requestId and details come out as they went in; a cause does not travel.
 * E2. What is too long for metadata loses its details first, then the end of its message, and says so; never its code.
 * E3. Without that metadata (the connection broke, another server answered) the status decides whether anything may have been done.
 * Tests: error-status.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';
export declare const ERROR_METADATA = "raftoral-error-bin";
/** google.rpc.Code; the numbers of grpc-js, which need not be loaded for them. */
export declare const GrpcStatus: {
    readonly OK: 0;
    readonly CANCELLED: 1;
    readonly UNKNOWN: 2;
    readonly INVALID_ARGUMENT: 3;
    readonly DEADLINE_EXCEEDED: 4;
    readonly NOT_FOUND: 5;
    readonly ALREADY_EXISTS: 6;
    readonly PERMISSION_DENIED: 7;
    readonly RESOURCE_EXHAUSTED: 8;
    readonly FAILED_PRECONDITION: 9;
    readonly ABORTED: 10;
    readonly UNIMPLEMENTED: 12;
    readonly INTERNAL: 13;
    readonly UNAVAILABLE: 14;
    readonly UNAUTHENTICATED: 16;
};
export interface ErrorStatus {
    readonly code: number;
    readonly details: string;
    /** Value of ERROR_METADATA. */
    readonly bytes: Buffer;
}
export declare function statusOf(error: RaftoralError): ErrorStatus;
/** What a client makes of a status that is not OK. `what` names the call. */
export declare function errorOf(what: string, status: {
    readonly code: number;
    readonly details: string;
    readonly bytes: Buffer | undefined;
}, requestId: string | undefined): RaftoralError;
