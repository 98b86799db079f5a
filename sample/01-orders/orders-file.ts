/** Where orders.json is: beside the sources, also when the compiled sample runs. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OrderInput } from './order.js';

export function ordersFile(): string {
  const beside = join(import.meta.dirname, 'orders.json');
  return existsSync(beside) ? beside : join(import.meta.dirname, '../../../sample/01-orders/orders.json');
}

export function readOrders(): readonly OrderInput[] {
  return JSON.parse(readFileSync(ordersFile(), 'utf8')) as OrderInput[];
}
