export type ReservationAnswer = 'reserved' | 'out_of_stock' | 'unknown_item';
export interface BookEntry {
    readonly orderId: string;
    readonly itemId: string;
    readonly quantity: number;
    readonly idempotencyKey: string;
    readonly answer: ReservationAnswer;
    /** How often the same key came again, and was given the same answer. */
    repeats: number;
}
/** What the shelves hold in the beginning. The orders of orders.json ask for more of some items than there is. */
export declare const INITIAL_STOCK: Readonly<Record<string, number>>;
export declare class Warehouse {
    private readonly file?;
    private readonly stock;
    private readonly books;
    constructor(file?: string | undefined);
    /** Reserves once per idempotency key; the same key again changes nothing and gets the same answer. */
    reserve(request: {
        readonly orderId: string;
        readonly itemId: string;
        readonly quantity: number;
        readonly idempotencyKey: string;
    }): ReservationAnswer;
    private enter;
    /** What is left on the shelves. */
    stockOf(itemId: string): number;
    entries(): readonly BookEntry[];
}
/** One node's line to the warehouse: it takes a while each way, it hiccups now and then, and it dies with its node. */
export declare class WarehouseConnection {
    private readonly warehouse;
    private up;
    /** Done in the warehouse, answer on its way back. */
    private answersUnderWay;
    private readonly calls;
    constructor(warehouse: Warehouse);
    get underWay(): number;
    /** The node died: what is on the way is lost, in either direction. */
    cut(): void;
    reserve(request: Parameters<Warehouse['reserve']>[0]): Promise<ReservationAnswer>;
    private travel;
    /** The first call for every order whose number ends in 50 is turned away: the workflow's retry deals with it. */
    private hiccup;
}
