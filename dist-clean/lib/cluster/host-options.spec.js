import { describe, expect, it } from '@jest/globals';
import { DEFAULT_TUNING, resolveTuning } from './host-options.js';
describe('tuning of a host', () => {
    it('fills in defaults, and an undefined value is no value', () => {
        expect(resolveTuning()).toEqual(DEFAULT_TUNING);
        expect(resolveTuning({ tickMs: 20, queueLengthMax: undefined })).toEqual({
            ...DEFAULT_TUNING,
            tickMs: 20,
        });
    });
    it('refuses what could break a promise, and names the option', () => {
        const wrong = [
            [{ tickMs: 0 }, 'tickMs'],
            [{ queueLengthMax: Number.NaN }, 'queueLengthMax'],
            [{ snapshotPartBytes: -1 }, 'snapshotPartBytes'],
            [{ electionTimeoutTicks: 1 }, 'electionTimeoutTicks'],
            [{ catchUpTicksMax: 10 }, 'catchUpTicksMax'],
        ];
        for (const [tuning, option] of wrong)
            expect(() => resolveTuning(tuning)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIGURATION', details: { option } }));
        expect(resolveTuning({ hibernateAfterTicks: 0, maxClockSkewMs: 0 })).toMatchObject({ hibernateAfterTicks: 0 });
    });
});
//# sourceMappingURL=host-options.spec.js.map