/**
 * Writes orders.json: 1,000 orders, always the same. Run after a change: `npm run build && node dist/sample/01-orders/generate-orders.js`.
 * Some items run out on the way, and about one order in forty asks for an item that does not exist.
 */
import { writeFileSync } from 'node:fs';
import { ordersFile } from './orders-file.js';
import { INITIAL_STOCK } from './warehouse.js';
const ORDERS = 1_000;
const UNKNOWN_ITEM_EVERY = 41;
const QUANTITIES = [1, 1, 1, 2, 2, 3, 5, 8];
/** A linear congruential generator: good enough to vary orders, and the same everywhere. */
function* numbers(seed) {
    let state = seed;
    for (;;) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        yield state >>> 8;
    }
}
export function generateOrders(count = ORDERS) {
    const items = Object.keys(INITIAL_STOCK);
    const draw = numbers(20_240_131);
    return Array.from({ length: count }, (_, index) => {
        const number = index + 1;
        const itemId = number % UNKNOWN_ITEM_EVERY === 0 ? `unicorn-${number}` : items[draw.next().value % items.length];
        const quantity = QUANTITIES[draw.next().value % QUANTITIES.length];
        return { orderId: String(number).padStart(4, '0'), itemId, quantity };
    });
}
if (process.argv[1]?.endsWith('generate-orders.js') === true) {
    // As prettier writes it, so that a generated file is a formatted one.
    const lines = generateOrders().map(({ orderId, itemId, quantity }) => `  { "orderId": "${orderId}", "itemId": "${itemId}", "quantity": ${quantity} }`);
    writeFileSync(ordersFile(), `[\n${lines.join(',\n')}\n]\n`);
    console.log(`${lines.length} orders written to ${ordersFile()}`);
}
//# sourceMappingURL=generate-orders.js.map