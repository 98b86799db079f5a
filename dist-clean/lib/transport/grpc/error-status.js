/**
 * Errors as gRPC statuses, and back. A RaftoralError travels whole in the trailing metadata; the status is for those who know only gRPC.
 *
 * E1. code, message, retryable, requestId and details come out as they went in; a cause does not travel.
 * E2. What is too long for metadata loses its details first, then the end of its message, and says so; never its code.
 * E3. Without that metadata (the connection broke, another server answered) the status decides whether anything may have been done.
 * Tests: error-status.spec.ts.
 */
import { ERROR_CODES, RaftoralError } from '../../errors/index.js';
export const ERROR_METADATA = 'raftoral-error-bin';
/** Node's HTTP/2 takes 64 KiB of headers together; base64 adds a third. */
const ERROR_BYTES_MAX = 24 * 1024;
const STATUS_TEXT_LENGTH_MAX = 1_024;
/** google.rpc.Code; the numbers of grpc-js, which need not be loaded for them. */
export const GrpcStatus = {
    OK: 0,
    CANCELLED: 1,
    UNKNOWN: 2,
    INVALID_ARGUMENT: 3,
    DEADLINE_EXCEEDED: 4,
    NOT_FOUND: 5,
    ALREADY_EXISTS: 6,
    PERMISSION_DENIED: 7,
    RESOURCE_EXHAUSTED: 8,
    FAILED_PRECONDITION: 9,
    ABORTED: 10,
    UNIMPLEMENTED: 12,
    INTERNAL: 13,
    UNAVAILABLE: 14,
    UNAUTHENTICATED: 16,
};
const BY_HTTP = {
    400: GrpcStatus.INVALID_ARGUMENT,
    401: GrpcStatus.UNAUTHENTICATED,
    404: GrpcStatus.NOT_FOUND,
    409: GrpcStatus.FAILED_PRECONDITION,
    413: GrpcStatus.RESOURCE_EXHAUSTED,
    429: GrpcStatus.RESOURCE_EXHAUSTED,
    500: GrpcStatus.INTERNAL,
    503: GrpcStatus.UNAVAILABLE,
    504: GrpcStatus.DEADLINE_EXCEEDED,
};
const BY_CODE = {
    ALREADY_EXISTS: GrpcStatus.ALREADY_EXISTS,
    WORKFLOW_FAILED: GrpcStatus.ABORTED,
};
export function statusOf(error) {
    const { code, message, retryable, requestId, details } = error;
    const base = { code, retryable, ...(requestId === undefined ? {} : { requestId }) };
    const whole = bytesOf({ ...base, message, details });
    const bytes = whole.length <= ERROR_BYTES_MAX ? whole : bytesOf({ ...base, ...shortened(message) });
    return {
        code: BY_CODE[code] ?? BY_HTTP[ERROR_CODES[code]?.httpStatus] ?? GrpcStatus.UNKNOWN,
        // grpc-js encodes it as a URI, which a lone surrogate breaks.
        details: Buffer.from(message.slice(0, STATUS_TEXT_LENGTH_MAX)).toString(),
        bytes,
    };
}
/** What a client makes of a status that is not OK. `what` names the call. */
export function errorOf(what, status, requestId) {
    const ids = requestId === undefined ? {} : { requestId };
    if (status.bytes !== undefined)
        return readError(what, status.bytes, ids);
    const { code, details } = status;
    switch (code) {
        case GrpcStatus.UNAUTHENTICATED:
            return new RaftoralError('UNAUTHENTICATED', `${what}: ${details}`);
        case GrpcStatus.UNIMPLEMENTED:
            return new RaftoralError('INVALID_ARGUMENT', `${what}: what answers there does not know this call: ${details}`);
        case GrpcStatus.RESOURCE_EXHAUSTED:
            return new RaftoralError('PAYLOAD_TOO_LARGE', `${what}: ${details}`, ids);
        case GrpcStatus.UNAVAILABLE:
            if (isUnsent(details))
                return new RaftoralError('NO_ROUTE', `${what}: nothing was sent: ${details}`, ids);
    }
    return new RaftoralError('OUTCOME_UNKNOWN', `${what}: no answer came: ${details}`, ids);
}
function readError(what, bytes, ids) {
    const read = parseError(bytes);
    if (read === null)
        return new RaftoralError('OUTCOME_UNKNOWN', `${what}: an error came that can not be read.`, ids);
    const { code, message, details, requestId } = read;
    if (isKnown(code))
        return new RaftoralError(code, message, { details, ...(requestId === undefined ? ids : { requestId }) });
    // Of a newer node: whether anything was done is not known here.
    return new RaftoralError('OUTCOME_UNKNOWN', `${what}: ${code}: ${message}`, { ...ids, details: { ...details, code } });
}
function parseError(bytes) {
    let value;
    try {
        value = JSON.parse(bytes.toString());
    }
    catch {
        return null;
    }
    if (typeof value !== 'object' || value === null)
        return null;
    const { code, message, requestId, details } = value;
    if (typeof code !== 'string' || typeof message !== 'string')
        return null;
    return {
        code,
        message,
        requestId: typeof requestId === 'string' ? requestId : undefined,
        details: typeof details === 'object' && details !== null && !Array.isArray(details) ? details : {},
    };
}
function isKnown(code) {
    return Object.hasOwn(ERROR_CODES, code);
}
/** grpc-js says so when no connection was made, or the name is unknown. */
function isUnsent(details) {
    return /^(No connection established|Name resolution failed|Failed to connect)/.test(details);
}
function shortened(message) {
    const details = { isShortened: true };
    const room = Math.floor(ERROR_BYTES_MAX / 8); // a character takes up to 6 bytes in JSON
    return message.length <= room ? { message, details } : { message: `${message.slice(0, room)}…`, details };
}
function bytesOf(value) {
    return Buffer.from(JSON.stringify(value));
}
//# sourceMappingURL=error-status.js.map