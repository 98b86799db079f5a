/**
 * Assertion of engine invariants, on in production: a broken one stops the node (STYLE, habit 5).
 */
import { RaftoralError } from './raftoral-error.js';
/**
 * Throws INVARIANT_VIOLATED unless `condition` holds. `message` is a function where building it costs something.
 */
export function invariant(condition, message) {
    if (!condition)
        throw new RaftoralError('INVARIANT_VIOLATED', `invariant violated: ${typeof message === 'string' ? message : message()}`);
}
//# sourceMappingURL=invariant.js.map