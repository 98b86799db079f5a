import { describe, expect, it } from '@jest/globals';
import { EMPTY_CONF_STATE } from '../raft/index.js';
import { WholeImage, nothingStored, withRows } from './whole-rows.js';
class Sum {
    sum = 0;
    members = [];
    apply(_index, _term, frame) {
        return (this.sum += frame[0]);
    }
    applyMembership(_index, membership) {
        this.members = membership.voters;
    }
    snapshot() {
        return new Uint8Array([this.sum]);
    }
    restore(_index, bytes) {
        this.sum = bytes[0];
    }
}
const position = { index: 7, term: 2, confState: EMPTY_CONF_STATE };
const source = {};
describe('a state machine without rows', () => {
    it('is cut at the last index that it was told, as one group part', () => {
        const rows = withRows(new Sum());
        rows.apply(3, 1, new Uint8Array([5]));
        expect(rows.cut()).toMatchObject({ index: 3, group: new Uint8Array([5]), requests: [], closed: [] });
        rows.applyMembership(4, { ...EMPTY_CONF_STATE, voters: [1] });
        const cut = rows.cut();
        expect([cut.index, cut.next(10)]).toEqual([4, null]);
    });
    it('is loaded from what was cut; from nothing, it stays what it is', () => {
        const sum = new Sum();
        const rows = withRows(sum);
        rows.load({ ...nothingStored(EMPTY_CONF_STATE), position, group: new Uint8Array([9]) }, source);
        expect([sum.sum, rows.cut().index]).toEqual([9, 7]);
        const fresh = withRows(new Sum());
        fresh.load(nothingStored(EMPTY_CONF_STATE), source);
        expect(fresh.cut()).toMatchObject({ index: 0, group: new Uint8Array([0]) });
    });
    it('its snapshot is its group part, there and back', async () => {
        const rows = withRows(new Sum());
        const image = rows.rowsOf(position, new Uint8Array([4]));
        expect([image.position, image.runCount, await image.next()]).toEqual([position, 0, null]);
        expect(await rows.bytesOf(new WholeImage(position, image.group))).toEqual(new Uint8Array([4]));
        expect(rows.prefetch([new Uint8Array([1])])).toBeNull();
    });
    it('one that has rows is taken as it is', () => {
        const machine = Object.assign(new Sum(), {
            cut: () => null,
            load: () => null,
            prefetch: () => null,
            rowsOf: () => null,
            expectRows: () => undefined,
            bytesOf: () => null,
        });
        expect(withRows(machine)).toBe(machine);
    });
});
//# sourceMappingURL=whole-rows.spec.js.map