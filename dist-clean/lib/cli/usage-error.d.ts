/**
 * A command line that is wrong: the message names the flag or argument, and what it wants. Ends with exit code 2, and nothing was done.
 */
export declare class UsageError extends Error {
    readonly name = "UsageError";
}
