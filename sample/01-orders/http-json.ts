/** JSON over HTTP, over connections that are kept: the smallest client that a thousand orders need. */
import { Agent, request } from 'node:http';

const TIMEOUT_MS = 15_000;

export class HttpJson {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly timeoutMs = TIMEOUT_MS) {}

  /** Resolves with the body of a 2xx answer; rejects for every other, and when the connection breaks. */
  get(url: string): Promise<unknown> {
    return this.send(url, 'GET', undefined);
  }

  post(url: string, body: unknown): Promise<unknown> {
    return this.send(url, 'POST', JSON.stringify(body));
  }

  close(): void {
    this.agent.destroy();
  }

  private send(url: string, method: string, body: string | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const { agent, timeoutMs } = this;
      const sent = request(url, { agent, method, headers, timeout: timeoutMs }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode! >= 200 && response.statusCode! < 300) resolve(JSON.parse(text));
          else reject(new Error(`${method} ${url}: ${response.statusCode} ${text}`));
        });
      });
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${url}: no answer within ${timeoutMs} ms`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
