/**
 * What a target of fuzzing is.
 */
import type { RaftoralErrorCode } from '../../lib/errors/index.js';
export interface FuzzTarget {
    readonly name: string;
    /** Share of the inputs: cheap ones get more. */
    readonly weight: number;
    readonly corpus: readonly Uint8Array[];
    /** Codes that a refusal may bear. */
    readonly codes: readonly RaftoralErrorCode[];
    /** Throws a RaftoralError for a refusal; anything else is a fault. */
    look(input: Uint8Array): void;
}
