/**
 * Errors of one node to another, as JSON, and back. Pure.
 *
 * Q1. What is not a RaftoralError on the far side arrives as INVARIANT_VIOLATED with its text: nothing is swallowed.
 * Q2. A code that this version does not know is kept in the message.
 */
import { RaftoralError } from '../errors/index.js';
export declare function encodeError(error: unknown): Uint8Array;
export declare function decodeError(body: Uint8Array): RaftoralError;
