/** The error that crosses public boundaries. */
import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES, isRaftoralError, RaftoralError } from './index.js';
describe('RaftoralError', () => {
    it('retryable and status agree with the table, for every code (E1)', () => {
        for (const [code, info] of Object.entries(ERROR_CODES)) {
            const error = new RaftoralError(code, 'text');
            expect({ retryable: error.retryable, httpStatus: error.httpStatus }).toEqual({
                retryable: info.retryable,
                httpStatus: info.httpStatus,
            });
        }
    });
    it('survives JSON with its message, and without stack and cause', () => {
        const error = new RaftoralError('OVERLOADED', 'the queue is full', {
            requestId: 'q',
            details: { queue: 5 },
            cause: new Error('hidden'),
        });
        expect(JSON.parse(JSON.stringify(error))).toEqual({
            name: 'RaftoralError',
            code: 'OVERLOADED',
            message: 'the queue is full',
            retryable: true,
            requestId: 'q',
            details: { queue: 5 },
        });
        expect(error.cause).toEqual(new Error('hidden'));
        expect(JSON.parse(JSON.stringify(new RaftoralError('CONFLICT', 'x')))).not.toHaveProperty('requestId');
    });
    it('is known by its shape, so that another copy of the package is too', () => {
        const foreign = Object.assign(new Error('x'), { code: 'OVERLOADED', retryable: true });
        expect(isRaftoralError(foreign)).toBe(true);
        expect(isRaftoralError(foreign, 'OVERLOADED')).toBe(true);
        expect(isRaftoralError(foreign, 'CONFLICT')).toBe(false);
        expect(isRaftoralError(Object.assign(new Error('x'), { code: 'ENOENT', retryable: true }))).toBe(false);
        expect(isRaftoralError(new Error('x'))).toBe(false);
        expect(isRaftoralError({ code: 'OVERLOADED', retryable: true })).toBe(false);
    });
});
//# sourceMappingURL=raftoral-error.spec.js.map