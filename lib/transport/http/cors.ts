/**
 * Which pages of other origins may call the JSON API from a browser, and what a browser is told. Pure.
 *
 * O1. Without the option none may: a request that names an origin other than the server's own is refused, whatever its credentials, so that no
 *     page makes a browser call with a certificate, or an API that is open on purpose.
 * O2. A preflight needs no credentials (browsers send none), and tells nothing but what the option says.
 * O3. Where nobody is asked for credentials, a page is not the server's own because its name leads here: whoever owns a name lets it lead anywhere (DNS
 *     rebinding). There a host counts as own if it is an address, localhost, one of the node's names or in the option; over the loopback interface no
 *     request with another host is answered, as a browser's GET names no origin.
 * Tests: http-control.spec.ts.
 */
import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';
import { Header } from './http-limits.js';

export type CorsOption = boolean | readonly string[];

const PREFLIGHT_SECONDS = 600;
const REQUEST_HEADERS = ['authorization', 'content-type', 'last-event-id', Header.TIMEOUT_MS].join(', ');

export interface CorsQuestion {
  readonly request: Pick<IncomingMessage, 'headers'>;
  /** Whoever calls is asked who it is. */
  readonly isGuarded: boolean;
  /** The caller is on this machine. */
  readonly isLoopback: boolean;
}

export class Cors {
  private readonly names: ReadonlySet<string>;

  /** @param names hosts by which this node is called, without ports. */
  constructor(
    private readonly option: CorsOption,
    names: readonly string[] = [],
  ) {
    const named = Array.isArray(option) ? option.map((origin) => hostOf(origin.replace(/^https?:\/\//, ''))) : [];
    this.names = new Set([...named, ...names.map(hostOf)]);
  }

  /** Headers for the answer; null: this page is refused. */
  headersFor({ request, isGuarded, isLoopback }: CorsQuestion): Readonly<Record<string, string>> | null {
    const { origin, host } = request.headers;
    const vary: Record<string, string> = this.option === false ? {} : { vary: 'origin' };
    const isNamed = isGuarded || this.option === true || host === undefined || this.isOwnHost(host);
    if (origin === undefined) return isNamed || !isLoopback ? vary : null;
    if (isNamed && isOwn(origin, host)) return vary;
    if (this.option === true || (Array.isArray(this.option) && this.option.includes(origin)))
      return { ...vary, 'access-control-allow-origin': origin, 'access-control-expose-headers': 'retry-after' };
    return null;
  }

  private isOwnHost(host: string): boolean {
    const name = hostOf(host);
    return name.startsWith('[') || isIPv4(name) || /^(?:[^.]+\.)*localhost$/.test(name) || this.names.has(name);
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

/** Without port and closing dot, in small letters; an IPv6 address keeps its brackets. */
function hostOf(text: string): string {
  return text.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}
