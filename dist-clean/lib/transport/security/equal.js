/**
 * Comparison of secrets in a time that says nothing about them, not even their lengths. Pure.
 *
 * Tests: client-auth.spec.ts.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
/** Both are hashed first: equal lengths for the comparison, whatever was given. */
export function isEqualSecret(a, b) {
    return timingSafeEqual(digest(a), digest(b));
}
function digest(bytes) {
    return createHash('sha256').update(bytes).digest();
}
//# sourceMappingURL=equal.js.map