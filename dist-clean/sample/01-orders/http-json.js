/** JSON over HTTP, over connections that are kept: the smallest client that a thousand orders need. */
import { Agent, request } from 'node:http';
const TIMEOUT_MS = 15_000;
export class HttpJson {
    agent = new Agent({ keepAlive: true });
    /** Resolves with the body of a 2xx answer; rejects for every other, and when the connection breaks. */
    get(url) {
        return this.send(url, 'GET', undefined);
    }
    post(url, body) {
        return this.send(url, 'POST', JSON.stringify(body));
    }
    close() {
        this.agent.destroy();
    }
    send(url, method, body) {
        return new Promise((resolve, reject) => {
            const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
            const sent = request(url, { agent: this.agent, method, headers, timeout: TIMEOUT_MS }, (response) => {
                let text = '';
                response.setEncoding('utf8');
                response.on('data', (chunk) => (text += chunk));
                response.on('error', reject);
                response.on('end', () => {
                    if (response.statusCode >= 200 && response.statusCode < 300)
                        resolve(JSON.parse(text));
                    else
                        reject(new Error(`${method} ${url}: ${response.statusCode} ${text}`));
                });
            });
            sent.on('timeout', () => sent.destroy(new Error(`${method} ${url}: no answer within ${TIMEOUT_MS} ms`)));
            sent.on('error', reject);
            sent.end(body);
        });
    }
}
//# sourceMappingURL=http-json.js.map