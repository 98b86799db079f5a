/**
 * Exit codes of the command line, for scripts. A released code never changes its meaning; docs/CLI.md has the table.
 */
import { isRaftoralError } from '../errors/index.js';
import { UsageError } from './usage-error.js';
export const ExitCode = {
    OK: 0,
    /** The node refused, or the operation failed. */
    FAILED: 1,
    /** The command line is wrong; nothing was done. */
    USAGE: 2,
    /** No node answers at the address; nothing was done. */
    UNREACHABLE: 3,
    /** The node does not accept these credentials; nothing was done. */
    REFUSED: 4,
    /** The workflow that was waited for failed, was cancelled or terminated, or is blocked. */
    WORKFLOW_FAILED: 5,
    /** The cluster can not answer now (no leader, overloaded, shutting down): the same call may succeed later. */
    UNAVAILABLE: 6,
    /** The time was up before the outcome was known. */
    TIMED_OUT: 124,
    /** Ctrl-C. */
    INTERRUPTED: 130,
};
const BY_CODE = {
    INVALID_ARGUMENT: ExitCode.USAGE,
    INVALID_WORKFLOW_ID: ExitCode.USAGE,
    INVALID_CONFIGURATION: ExitCode.USAGE,
    NO_ROUTE: ExitCode.UNREACHABLE,
    PEER_REFUSED: ExitCode.UNREACHABLE,
    UNAUTHENTICATED: ExitCode.REFUSED,
    WORKFLOW_FAILED: ExitCode.WORKFLOW_FAILED,
    WORKFLOW_CANCELLED: ExitCode.WORKFLOW_FAILED,
    WORKFLOW_TERMINATED: ExitCode.WORKFLOW_FAILED,
    WORKFLOW_BLOCKED: ExitCode.WORKFLOW_FAILED,
    OUTCOME_UNKNOWN: ExitCode.TIMED_OUT,
    NO_LEADER: ExitCode.UNAVAILABLE,
    NOT_LEADER: ExitCode.UNAVAILABLE,
    NOT_MEMBER: ExitCode.UNAVAILABLE,
    WRONG_CLUSTER: ExitCode.UNAVAILABLE,
    OVERLOADED: ExitCode.UNAVAILABLE,
    SHUTTING_DOWN: ExitCode.UNAVAILABLE,
};
export function exitCodeOf(error) {
    if (error instanceof UsageError)
        return ExitCode.USAGE;
    if (!isRaftoralError(error))
        return ExitCode.FAILED;
    return BY_CODE[error.code] ?? ExitCode.FAILED;
}
//# sourceMappingURL=exit-codes.js.map