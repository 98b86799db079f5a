import { describe, expect, it } from '@jest/globals';
import { RaftoralError } from '../../errors/index.js';
import { StoreFailure } from './store-failure.js';
describe('StoreFailure', () => {
    it('keeps the first error, whatever comes later (L7)', () => {
        const failure = new StoreFailure();
        expect(() => failure.check()).not.toThrow();
        const first = new RaftoralError('STORAGE_FULL', 'full');
        expect(failure.set(first)).toBe(first);
        expect(failure.set(new RaftoralError('STORAGE_FAILED', 'later'))).toBe(first);
        expect(failure.error).toBe(first);
        expect(() => failure.check()).toThrow(first);
    });
});
//# sourceMappingURL=store-failure.spec.js.map