/**
 * Work that is done one piece after the other, in the order of the calls. Owns that order.
 *
 * K1. A piece that fails fails for its caller alone; the next one is done.
 * K2. idle() resolves when nothing is left, what pieces hand in themselves included.
 * Tests: state-database.spec.ts.
 */
export class SerialQueue {
    tail = Promise.resolve();
    run(work) {
        const result = this.tail.then(work);
        this.tail = result.then(() => undefined, () => undefined);
        return result;
    }
    async idle() {
        let seen;
        do {
            seen = this.tail;
            await seen;
        } while (seen !== this.tail);
    }
}
//# sourceMappingURL=state-queue.js.map