/**
 * Which pages of other origins may call the JSON API from a browser, and what a browser is told. Pure.
 *
 * O1. Without the option none may: a request that names an origin other than the server's own is refused, whatever its credentials, so that no
 *     page makes a browser call with a certificate, or an API that is open on purpose.
 * O2. A preflight needs no credentials (browsers send none), and tells nothing but what the option says.
 * Tests: http-control.spec.ts.
 */
import type { IncomingMessage } from 'node:http';
import { Header } from './http-limits.js';

export type CorsOption = boolean | readonly string[];

const PREFLIGHT_SECONDS = 600;
const REQUEST_HEADERS = ['authorization', 'content-type', 'last-event-id', Header.TIMEOUT_MS].join(', ');

export class Cors {
  constructor(private readonly option: CorsOption) {}

  /** Headers for the answer; null: this origin is refused. */
  headersFor(request: IncomingMessage): Readonly<Record<string, string>> | null {
    const { origin, host } = request.headers;
    const vary: Record<string, string> = this.option === false ? {} : { vary: 'origin' };
    if (origin === undefined || isOwn(origin, host)) return vary;
    if (this.option === true || (Array.isArray(this.option) && this.option.includes(origin)))
      return { ...vary, 'access-control-allow-origin': origin, 'access-control-expose-headers': 'retry-after' };
    return null;
  }

  static isPreflight(request: IncomingMessage): boolean {
    return (
      request.method === 'OPTIONS' && request.headers.origin !== undefined && request.headers['access-control-request-method'] !== undefined
    );
  }

  static preflightHeaders(verbs: readonly string[]): Readonly<Record<string, string>> {
    return {
      'access-control-allow-methods': verbs.join(', '),
      'access-control-allow-headers': REQUEST_HEADERS,
      'access-control-max-age': String(PREFLIGHT_SECONDS),
    };
  }
}

function isOwn(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
