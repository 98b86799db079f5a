/**
 * The outside world of this sample: one warehouse that all nodes talk to, as they would to a database or another company.
 * It keeps books of its own, from which the feed proves afterwards that no order was lost or decided twice. Given a file, it writes every
 * reservation there before it answers: another company does not forget either when our nodes are restarted.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
/** What the shelves hold in the beginning. The orders of orders.json ask for more of some items than there is. */
export const INITIAL_STOCK = {
    anvil: 260,
    bellows: 400,
    chisel: 3_000,
    drill: 700,
    easel: 90,
    file: 2_500,
    gimlet: 1_200,
    hammer: 500,
};
export class Warehouse {
    file;
    stock = new Map(Object.entries(INITIAL_STOCK));
    books = new Map();
    constructor(file) {
        this.file = file;
        if (file === undefined || !existsSync(file))
            return;
        // The last line may be torn, if the machine stopped in the middle of it: nobody was told that answer.
        const whole = readFileSync(file, 'utf8').replace(/[^\n]+$/, '');
        writeFileSync(file, whole, { flush: true });
        for (const line of whole.split('\n').slice(0, -1))
            this.enter(JSON.parse(line));
    }
    /** Reserves once per idempotency key; the same key again changes nothing and gets the same answer. */
    reserve(request) {
        const known = this.books.get(request.idempotencyKey);
        if (known !== undefined) {
            known.repeats++;
            return known.answer;
        }
        const available = this.stock.get(request.itemId);
        const answer = available === undefined ? 'unknown_item' : available < request.quantity ? 'out_of_stock' : 'reserved';
        const entry = { ...request, answer, repeats: 0 };
        if (this.file !== undefined)
            appendFileSync(this.file, `${JSON.stringify(entry)}\n`, { flush: true });
        this.enter(entry);
        return answer;
    }
    enter(entry) {
        if (entry.answer === 'reserved')
            this.stock.set(entry.itemId, this.stockOf(entry.itemId) - entry.quantity);
        this.books.set(entry.idempotencyKey, entry);
    }
    /** What is left on the shelves. */
    stockOf(itemId) {
        return this.stock.get(itemId) ?? 0;
    }
    entries() {
        return [...this.books.values()];
    }
}
const REQUEST_MS = 30;
const ANSWER_MS = 120;
/** One node's line to the warehouse: it takes a while each way, it hiccups now and then, and it dies with its node. */
export class WarehouseConnection {
    warehouse;
    up = true;
    /** Done in the warehouse, answer on its way back. */
    answersUnderWay = 0;
    calls = new Map();
    constructor(warehouse) {
        this.warehouse = warehouse;
    }
    get underWay() {
        return this.answersUnderWay;
    }
    /** The node died: what is on the way is lost, in either direction. */
    cut() {
        this.up = false;
    }
    async reserve(request) {
        await this.travel(REQUEST_MS);
        this.hiccup(request);
        const answer = this.warehouse.reserve(request);
        this.answersUnderWay++;
        await this.travel(ANSWER_MS);
        this.answersUnderWay--;
        return answer;
    }
    async travel(ms) {
        await new Promise((resolve) => void setTimeout(resolve, ms));
        // A dead process never hears an answer: this promise stays as it is for ever.
        if (!this.up)
            await new Promise(() => undefined);
    }
    /** The first call for every order whose number ends in 50 is turned away: the workflow's retry deals with it. */
    hiccup({ orderId, idempotencyKey }) {
        const calls = (this.calls.get(idempotencyKey) ?? 0) + 1;
        this.calls.set(idempotencyKey, calls);
        if (calls === 1 && orderId.endsWith('50'))
            throw new Error('the warehouse is busy, try again');
    }
}
//# sourceMappingURL=warehouse.js.map