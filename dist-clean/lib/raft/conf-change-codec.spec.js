/** Own properties: the payload of conf changes is our format. */
import { describe, expect, it } from '@jest/globals';
import { bytes, seededRandom } from '../../test/support/raft-network.js';
import { ConfChangeType, confChangeV1, confChangeV2 } from './conf-change.js';
import { CONF_CHANGES_MAX, ConfChangeDecodeCode, ConfChangeDecodeError, confChangeEntryType, decodeConfChange, encodeConfChange, } from './conf-change-codec.js';
import { EntryType } from './types.js';
const random = seededRandom(9);
function randomChange() {
    const nodeId = () => [0, 1, 127, 128, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER][random(6)];
    const type = () => random(4);
    const context = Uint8Array.from({ length: random(5) }, () => random(256));
    if (random(2) === 0)
        return confChangeV1(type(), nodeId(), context);
    const changes = Array.from({ length: random(5) }, () => ({ type: type(), nodeId: nodeId() }));
    return confChangeV2(changes, random(3), context);
}
function codeOf(type, data) {
    try {
        decodeConfChange(type, Uint8Array.from(data));
        return null;
    }
    catch (error) {
        if (error instanceof ConfChangeDecodeError)
            return error.code;
        throw error;
    }
}
describe('codec of conf changes', () => {
    it('gives back what was encoded', () => {
        for (let i = 0; i < 800; i++) {
            const change = randomChange();
            expect(decodeConfChange(confChangeEntryType(change), encodeConfChange(change))).toEqual(change);
        }
    });
    it('the change that leaves a joint configuration takes no bytes, so no size limit can refuse it', () => {
        expect(encodeConfChange(confChangeV2([])).length).toBe(0);
        expect(decodeConfChange(EntryType.ConfChangeV2, new Uint8Array(0))).toEqual(confChangeV2([]));
    });
    it('any bytes are either decoded and encode to the same bytes, or refused with a typed error', () => {
        for (let i = 0; i < 4_000; i++) {
            const data = Uint8Array.from({ length: random(12) }, () => (random(3) === 0 ? random(256) : random(4)));
            const type = random(2) === 0 ? EntryType.ConfChange : EntryType.ConfChangeV2;
            try {
                const change = decodeConfChange(type, data);
                expect(Array.from(encodeConfChange(change))).toEqual(Array.from(data));
            }
            catch (error) {
                expect(error).toBeInstanceOf(ConfChangeDecodeError);
            }
        }
    });
    it('each way to be wrong has its code', () => {
        const whole = Array.from(encodeConfChange(confChangeV1(ConfChangeType.AddNode, 300, bytes('abc'))));
        for (let cut = 0; cut < whole.length; cut++)
            expect(codeOf(EntryType.ConfChange, whole.slice(0, cut))).toBe(ConfChangeDecodeCode.Truncated);
        expect(codeOf(EntryType.ConfChange, [...whole, 0])).toBe(ConfChangeDecodeCode.TrailingBytes);
        expect(codeOf(EntryType.ConfChangeV2, whole)).toBe(ConfChangeDecodeCode.UnknownTag);
        expect(codeOf(EntryType.ConfChange, [9])).toBe(ConfChangeDecodeCode.UnknownTag);
        expect(codeOf(EntryType.ConfChange, [1, 4, 1, 0])).toBe(ConfChangeDecodeCode.UnknownTag);
        expect(codeOf(EntryType.ConfChange, [1, 0, 255, 255, 255, 255, 255, 255, 255, 127])).toBe(ConfChangeDecodeCode.NumberTooLarge);
        expect(codeOf(EntryType.ConfChange, [1, 0, 129, 0, 0])).toBe(ConfChangeDecodeCode.NotMinimal);
        expect(codeOf(EntryType.ConfChangeV2, [2, 0, 255, 255, 3])).toBe(ConfChangeDecodeCode.TooMany);
    });
    it('does not encode what it would not decode', () => {
        const many = Array.from({ length: CONF_CHANGES_MAX + 1 }, () => ({ type: ConfChangeType.AddNode, nodeId: 1 }));
        expect(() => encodeConfChange(confChangeV2(many))).toThrow(ConfChangeDecodeError);
        expect(() => encodeConfChange(confChangeV1(ConfChangeType.AddNode, -1))).toThrow(ConfChangeDecodeError);
        expect(() => encodeConfChange(confChangeV1(ConfChangeType.AddNode, 2 ** 53))).toThrow(ConfChangeDecodeError);
    });
    it('the decoded context is a copy: a large receive buffer is not kept alive by a small view', () => {
        const data = encodeConfChange(confChangeV1(ConfChangeType.AddNode, 1, bytes('context')));
        const change = decodeConfChange(EntryType.ConfChange, data);
        data.fill(0);
        expect(change.context).toEqual(bytes('context'));
    });
});
//# sourceMappingURL=conf-change-codec.spec.js.map