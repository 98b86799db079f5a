/**
 * The person at the keyboard ended a command that waited: exit code 130, and the message says what goes on without it.
 */
export declare class Interrupted extends Error {
    readonly name = "Interrupted";
}
