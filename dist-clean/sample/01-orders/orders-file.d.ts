import type { OrderInput } from './order.js';
export declare function ordersFile(): string;
export declare function readOrders(): readonly OrderInput[];
