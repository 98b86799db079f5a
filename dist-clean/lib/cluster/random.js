/**
 * Port and default adapter: randomness. The only place under lib/ that draws it.
 */
import { randomFillSync, randomInt } from 'node:crypto';
export class SystemRandom {
    pool = Buffer.alloc(4096);
    used = this.pool.length;
    int(bound) {
        return randomInt(bound);
    }
    uuid() {
        if (this.used + 16 > this.pool.length) {
            randomFillSync(this.pool);
            this.used = 0;
        }
        const bytes = this.pool.subarray(this.used, this.used + 16);
        this.used += 16;
        return formatUuid(bytes);
    }
}
/** Sixteen bytes as the text of a version 4 UUID. */
export function formatUuid(bytes) {
    const hex = Buffer.from(bytes).toString('hex');
    const variant = ((parseInt(hex[16], 16) & 0x3) | 0x8).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
//# sourceMappingURL=random.js.map