/** The warehouse as a node reaches it: over HTTP, as another company would be. */
import { HttpJson } from '../01-orders/http-json.js';
export class RemoteWarehouse {
    url;
    name;
    http = new HttpJson();
    constructor(url, name) {
        this.url = url;
        this.name = name;
    }
    async reserve(request) {
        const { answer } = (await this.http.post(`${this.url}/reservations?node=${this.name}`, request));
        return answer;
    }
}
//# sourceMappingURL=remote-warehouse.js.map