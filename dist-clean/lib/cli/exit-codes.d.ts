export declare const ExitCode: {
    readonly OK: 0;
    /** The node refused, or the operation failed. */
    readonly FAILED: 1;
    /** The command line is wrong; nothing was done. */
    readonly USAGE: 2;
    /** No node answers at the address; nothing was done. */
    readonly UNREACHABLE: 3;
    /** The node does not accept these credentials; nothing was done. */
    readonly REFUSED: 4;
    /** The workflow that was waited for failed, was cancelled or terminated, or is blocked. */
    readonly WORKFLOW_FAILED: 5;
    /** The cluster can not answer now (no leader, overloaded, shutting down): the same call may succeed later. */
    readonly UNAVAILABLE: 6;
    /** The time was up before the outcome was known. */
    readonly TIMED_OUT: 124;
    /** Ctrl-C. */
    readonly INTERRUPTED: 130;
};
export declare function exitCodeOf(error: unknown): number;
