/**
 * The outside world of this sample: one warehouse that all nodes talk to, as they would to a database or another company.
 * It keeps books of its own, from which the feed proves afterwards that no order was lost or decided twice. Given a file, it writes every
 * reservation there before it answers: another company does not forget either when our nodes are restarted.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

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
export const INITIAL_STOCK: Readonly<Record<string, number>> = {
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
  private readonly stock = new Map(Object.entries(INITIAL_STOCK));
  private readonly books = new Map<string, BookEntry>();

  constructor(private readonly file?: string) {
    if (file === undefined || !existsSync(file)) return;
    // The last line may be torn, if the machine stopped in the middle of it: nobody was told that answer.
    const whole = readFileSync(file, 'utf8').replace(/[^\n]+$/, '');
    writeFileSync(file, whole, { flush: true });
    for (const line of whole.split('\n').slice(0, -1)) this.enter(JSON.parse(line) as BookEntry);
  }

  /** Reserves once per idempotency key; the same key again changes nothing and gets the same answer. */
  reserve(request: {
    readonly orderId: string;
    readonly itemId: string;
    readonly quantity: number;
    readonly idempotencyKey: string;
  }): ReservationAnswer {
    const known = this.books.get(request.idempotencyKey);
    if (known !== undefined) {
      known.repeats++;
      return known.answer;
    }
    const available = this.stock.get(request.itemId);
    const answer = available === undefined ? 'unknown_item' : available < request.quantity ? 'out_of_stock' : 'reserved';
    const entry: BookEntry = { ...request, answer, repeats: 0 };
    if (this.file !== undefined) appendFileSync(this.file, `${JSON.stringify(entry)}\n`, { flush: true });
    this.enter(entry);
    return answer;
  }

  private enter(entry: BookEntry): void {
    if (entry.answer === 'reserved') this.stock.set(entry.itemId, this.stockOf(entry.itemId) - entry.quantity);
    this.books.set(entry.idempotencyKey, entry);
  }

  /** What is left on the shelves. */
  stockOf(itemId: string): number {
    return this.stock.get(itemId) ?? 0;
  }

  entries(): readonly BookEntry[] {
    return [...this.books.values()];
  }
}

const REQUEST_MS = 30;
const ANSWER_MS = 120;

/** One node's line to the warehouse: it takes a while each way, it hiccups now and then, and it dies with its node. */
export class WarehouseConnection {
  private up = true;
  /** Done in the warehouse, answer on its way back. */
  private answersUnderWay = 0;
  private readonly calls = new Map<string, number>();

  constructor(private readonly warehouse: Warehouse) {}

  get underWay(): number {
    return this.answersUnderWay;
  }

  /** The node died: what is on the way is lost, in either direction. */
  cut(): void {
    this.up = false;
  }

  async reserve(request: Parameters<Warehouse['reserve']>[0]): Promise<ReservationAnswer> {
    await this.travel(REQUEST_MS);
    this.hiccup(request);
    const answer = this.warehouse.reserve(request);
    this.answersUnderWay++;
    await this.travel(ANSWER_MS);
    this.answersUnderWay--;
    return answer;
  }

  private async travel(ms: number): Promise<void> {
    await new Promise<void>((resolve) => void setTimeout(resolve, ms));
    // A dead process never hears an answer: this promise stays as it is for ever.
    if (!this.up) await new Promise<never>(() => undefined);
  }

  /** The first call for every order whose number ends in 50 is turned away: the workflow's retry deals with it. */
  private hiccup({ orderId, idempotencyKey }: { readonly orderId: string; readonly idempotencyKey: string }): void {
    const calls = (this.calls.get(idempotencyKey) ?? 0) + 1;
    this.calls.set(idempotencyKey, calls);
    if (calls === 1 && orderId.endsWith('50')) throw new Error('the warehouse is busy, try again');
  }
}
