import type { Warehouse, ReservationAnswer } from '../01-orders/warehouse.js';
export declare class RemoteWarehouse {
    private readonly url;
    private readonly name;
    private readonly http;
    constructor(url: string, name: number);
    reserve(request: Parameters<Warehouse['reserve']>[0]): Promise<ReservationAnswer>;
}
