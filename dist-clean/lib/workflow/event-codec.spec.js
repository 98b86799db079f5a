import { describe, expect, it } from '@jest/globals';
import { SAMPLE_EVENTS } from '../../test/support/workflow-samples.js';
import { isRaftoralError } from '../errors/index.js';
import { decodeEvent, encodeEvent } from './event-codec.js';
import { EventKind } from './event.js';
/** Released bytes: never edit one, add a new kind or version (B1). */
const GOLDEN = {
    STARTED: '01010700008056febc78420a7b226974656d223a377d0201026231001b5f7c1e8f3a4c579c2e0f9a1b2c3d4e',
    CHECKPOINT: '01020700008056febc7842020673746174757303ac02014c09597fb27b1605226e65772200',
    COMPUTE_RESULT: '01030700008056febc7842020673746174757303ac02014c09597fb27b1600010a53746f636b4572726f720d6772c3b6c39f65206665686c74084e4f5f53544f434b046174207801054572726f72016d00000004',
    ATTEMPT_STARTED: '01040700008056febc78420209696e76656e746f7279010203',
    ATTEMPT_FAILED: '01050700008056febc78420209696e76656e746f72790102010a53746f636b4572726f720d6772c3b6c39f65206665686c74084e4f5f53544f434b046174207801054572726f72016d000000040080be56febc7842',
    SLEEP_SET: '01060700008056febc7842020673746174757303ac02014c09597fb27b160500002665febc7842',
    TIMER_FIRED: '01070700008056febc7842050109696e76656e746f727901',
    SIGNAL: '01080700008056febc784207617070726f766505227965732200aaaaaaaa8f3a4c579c2e0f9a1b2c3d4e',
    CANCEL_REQUESTED: '01090700008056febc784208746f6f206c617465',
    OWNER_CHANGED: '010a0700008056febc7842030402026232',
    DECLINED: '010b0700008056febc7842020864697665726765640b6f746865722076616c7565',
    BLOCKED: '010c0700008056febc784201',
    FINISHED: '010d0700008056febc784204060b7b226f6b223a747275657d004d000000000000001b5f7c1e8f3a4c579c2e0f9a1b2c3d4e',
};
function codeOf(act) {
    try {
        act();
    }
    catch (error) {
        if (isRaftoralError(error))
            return error.code;
        throw error;
    }
    return 'none';
}
describe('events', () => {
    it('there is a golden row of every kind', () => {
        expect(new Set(SAMPLE_EVENTS.map(([, event]) => event.kind))).toEqual(new Set(Object.values(EventKind)));
        expect(Object.keys(GOLDEN)).toEqual(SAMPLE_EVENTS.map(([name]) => name));
    });
    it.each(SAMPLE_EVENTS)('R31: the bytes of %s are pinned', (name, event) => {
        expect(Buffer.from(encodeEvent(event)).toString('hex')).toBe(GOLDEN[name]);
        expect(decodeEvent(Uint8Array.from(Buffer.from(GOLDEN[name], 'hex')))).toEqual(event);
    });
    it('P8: rows that are cut off, too long, of another version or of an unknown kind are malformed', () => {
        for (const [, event] of SAMPLE_EVENTS) {
            const bytes = encodeEvent(event);
            for (let length = 0; length < bytes.length; length++)
                expect(codeOf(() => decodeEvent(bytes.slice(0, length)))).toBe('MALFORMED_FRAME');
            expect(codeOf(() => decodeEvent(Uint8Array.of(...bytes, 0)))).toBe('MALFORMED_FRAME');
            expect(codeOf(() => decodeEvent(Uint8Array.of(2, ...bytes.slice(1))))).toBe('MALFORMED_FRAME');
            expect(codeOf(() => decodeEvent(Uint8Array.of(1, 99, ...bytes.slice(2))))).toBe('MALFORMED_FRAME');
        }
    });
    it('P8: flipping any one bit of a row gives an event or a typed error', () => {
        for (const [, event] of SAMPLE_EVENTS) {
            const bytes = encodeEvent(event);
            for (let bit = 0; bit < bytes.length * 8; bit++) {
                const flipped = bytes.slice();
                flipped[bit >>> 3] ^= 1 << (bit & 7);
                expect(['none', 'MALFORMED_FRAME']).toContain(codeOf(() => decodeEvent(flipped)));
            }
        }
    });
    it('a kind that is none is refused before it is written', () => {
        expect(codeOf(() => encodeEvent({ ...SAMPLE_EVENTS[0][1], kind: 99 }))).toBe('INVALID_ARGUMENT');
    });
});
//# sourceMappingURL=event-codec.spec.js.map