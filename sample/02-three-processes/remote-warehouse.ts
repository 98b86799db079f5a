/** The warehouse as a node reaches it: over HTTP, as another company would be. */
import { HttpJson } from '../01-orders/http-json.js';
import type { Warehouse, ReservationAnswer } from '../01-orders/warehouse.js';

export class RemoteWarehouse {
  private readonly http = new HttpJson();

  constructor(
    private readonly url: string,
    private readonly name: number,
  ) {}

  async reserve(request: Parameters<Warehouse['reserve']>[0]): Promise<ReservationAnswer> {
    const { answer } = (await this.http.post(`${this.url}/reservations?node=${this.name}`, request)) as { answer: ReservationAnswer };
    return answer;
  }
}
