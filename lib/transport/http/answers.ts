/**
 * Answers of the HTTP adapter that are one JSON value. Owns the form of an error: {code, message, retryable, requestId?, details}.
 *
 * N1. An answer is begun once; on a response that has begun or whose caller is gone nothing is written.
 * N2. On a server that closes, the connection ends with the answer, so that no keep-alive holds the close up.
 */
import type { ServerResponse } from 'node:http';
import { isRaftoralError, RaftoralError } from '../../errors/index.js';

/** A refusal whose status is the protocol's (404, 405, 415), not the code's. */
export class HttpRefusal extends RaftoralError {
  constructor(
    readonly status: number,
    code: ConstructorParameters<typeof RaftoralError>[0],
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(code, message);
  }

  override get httpStatus(): number {
    return this.status;
  }
}

const RETRY_LATER = new Set([429, 503]);

export function toRaftoralError(error: unknown): RaftoralError {
  if (error instanceof RaftoralError) return error;
  if (isRaftoralError(error)) return error;
  return new RaftoralError(
    'INVARIANT_VIOLATED',
    `the call ended in an error of no code: ${error instanceof Error ? error.message : String(error)}`,
    {
      cause: error,
    },
  );
}

export function errorBody(error: RaftoralError): Record<string, unknown> {
  const { code, message, retryable, requestId, details } = error;
  return { code, message, retryable, ...(requestId === undefined ? {} : { requestId }), details };
}

export function answerJson(response: ServerResponse, status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(JSON.stringify(value));
  for (const [name, text] of Object.entries(headers)) response.setHeader(name, text);
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', body.length);
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-content-type-options', 'nosniff');
  if (isClosing(response)) response.setHeader('connection', 'close');
  response.writeHead(status);
  response.end(body);
}

export function answerError(response: ServerResponse, cause: unknown): void {
  const error = toRaftoralError(cause);
  const status = error.httpStatus;
  answerJson(response, status, errorBody(error), {
    ...(error instanceof HttpRefusal ? error.headers : {}),
    ...(error.retryable && RETRY_LATER.has(status) ? { 'retry-after': '1' } : {}),
    ...(status === 401 ? { 'www-authenticate': 'Bearer realm="raftoral", Raftoral-HMAC' } : {}),
    // The rest of a body that was not read would be taken for the next request.
    ...(response.req.complete ? {} : { connection: 'close' }),
  });
}

/** The server takes no new connections: a connection that is kept alive would keep it from closing. */
function isClosing(response: ServerResponse): boolean {
  const socket = response.socket as { readonly server?: { readonly listening?: boolean } } | null;
  return socket?.server?.listening === false;
}
