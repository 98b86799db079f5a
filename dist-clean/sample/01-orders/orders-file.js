/** Where orders.json is: beside the sources, also when the compiled sample runs. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
export function ordersFile() {
    const beside = join(import.meta.dirname, 'orders.json');
    return existsSync(beside) ? beside : join(import.meta.dirname, '../../../sample/01-orders/orders.json');
}
export function readOrders() {
    return JSON.parse(readFileSync(ordersFile(), 'utf8'));
}
//# sourceMappingURL=orders-file.js.map