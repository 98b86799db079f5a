/** What may leave at once after a pause. */
const BURST_MS = 20;
export class SnapshotPace {
    clock;
    bytesPerSecondMax;
    /** When all that was taken may have left, monotonic ms. */
    freeAt = -Infinity;
    constructor(clock, bytesPerSecondMax) {
        this.clock = clock;
        this.bytesPerSecondMax = bytesPerSecondMax;
    }
    /** Takes so many bytes. Returns the time to wait before they leave, ms. */
    take(bytes) {
        if (this.bytesPerSecondMax === 0)
            return 0;
        const now = this.clock.monotonic();
        const from = Math.max(this.freeAt, now - BURST_MS);
        this.freeAt = from + (bytes / this.bytesPerSecondMax) * 1000;
        return Math.max(0, from - now);
    }
}
//# sourceMappingURL=snapshot-pace.js.map