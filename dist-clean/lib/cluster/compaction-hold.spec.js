import { describe, expect, it } from '@jest/globals';
import { CompactionHold } from './compaction-hold.js';
const nowhere = () => 0;
describe('CompactionHold', () => {
    it('the lowest snapshot that is on its way counts', () => {
        const hold = new CompactionHold(100);
        expect(hold.limit(0, nowhere)).toBe(Infinity);
        hold.add(2, 40, 0);
        hold.add(3, 30, 0);
        expect(hold.limit(0, nowhere)).toBe(30);
        hold.remove(3);
        expect(hold.limit(0, nowhere)).toBe(40);
        hold.clear();
        expect(hold.limit(0, nowhere)).toBe(Infinity);
    });
    it('ends when its peer has caught up', () => {
        const hold = new CompactionHold(100);
        hold.add(2, 40, 0);
        hold.add(3, 50, 0);
        expect(hold.limit(0, (peer) => (peer === 2 ? 40 : 49))).toBe(50);
        expect(hold.limit(0, nowhere)).toBe(50);
    });
    it('ends when the log has grown too far, counted from its beginning', () => {
        const hold = new CompactionHold(100);
        hold.add(2, 40, 0);
        hold.add(3, 50, 60);
        expect(hold.limit(100, nowhere)).toBe(40);
        expect(hold.limit(101, nowhere)).toBe(50);
        expect(hold.limit(161, nowhere)).toBe(Infinity);
    });
});
//# sourceMappingURL=compaction-hold.spec.js.map