import type { OrderInput } from './order.js';
export declare function generateOrders(count?: number): readonly OrderInput[];
