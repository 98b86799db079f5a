/**
 * Everything under one path prefix of an HTTP server, and nothing else of it: the health check, the peer channels, the control API.
 *
 * F1. What is under the prefix is answered here and reaches no listener of the application; all else is left alone (R44).
 * F2. Only `<path>/health` is answered without asking who calls.
 * F3. No other prefix will do, whatever its length.
 * Tests: http-mount.spec.ts, http-control.spec.ts.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerError, answerJson, HttpRefusal } from './answers.js';
import { DEFAULT_PATH } from './http-limits.js';
import { RaftoralError } from '../../errors/index.js';

/** @param path what stands behind the place where it is mounted, with the slash, without the query. */
export interface HttpHandler {
  handle(path: string, request: IncomingMessage, response: ServerResponse): void;
}

export interface HttpFrontOptions {
  readonly path: string;
  readonly peers: HttpHandler;
  readonly isServing: () => boolean;
}

export class HttpFront {
  readonly path: string;
  /** Answers under `<path>/v1`; null until there is a node to ask. */
  control: HttpHandler | null = null;

  constructor(private readonly options: HttpFrontOptions) {
    this.path = checkPath(options.path);
  }

  owns(request: IncomingMessage): boolean {
    const url = request.url ?? '';
    return url.startsWith(this.path) && (url.length === this.path.length || url[this.path.length] === '/' || url[this.path.length] === '?');
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    // A response that breaks ends its own call; it is no matter of the process.
    response.on('error', () => request.destroy());
    // On a listener of its own everything comes here.
    if (!this.owns(request)) return this.answerUnknown('', request, response);
    const url = request.url!;
    const query = url.indexOf('?');
    const path = url.slice(this.path.length, query < 0 ? undefined : query);
    if (path === '/health') return this.answerHealth(request, response);
    if (path === '/peer' || path.startsWith('/peer/')) return this.options.peers.handle(path.slice('/peer'.length), request, response);
    if (path === '/v1' || path.startsWith('/v1/')) {
      if (this.control === null)
        return answerError(response, new RaftoralError('NOT_MEMBER', 'this node serves no control API, or not yet'));
      return this.control.handle(path.slice('/v1'.length), request, response);
    }
    this.answerUnknown(path, request, response);
  }

  /** Not even which routes there are is said to who has no credentials. */
  private answerUnknown(path: string, request: IncomingMessage, response: ServerResponse): void {
    if (this.control !== null) return this.control.handle(`/..${path}`, request, response);
    answerError(response, new HttpRefusal(404, 'INVALID_ARGUMENT', 'there is no such route'));
  }

  private answerHealth(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answerError(response, new HttpRefusal(405, 'INVALID_ARGUMENT', 'the health check takes GET', { allow: 'GET, HEAD' }));
    const isServing = this.options.isServing();
    answerJson(response, isServing ? 200 : 503, { status: isServing ? 'serving' : 'not-serving' });
  }
}

/** `/a/b`, without a slash at its end. Throws INVALID_CONFIGURATION. */
export function checkPath(path: string = DEFAULT_PATH): string {
  if (!/^(\/[A-Za-z0-9._~-]+)+$/.test(path))
    throw new RaftoralError(
      'INVALID_CONFIGURATION',
      `transport.path '${path}' must be a path such as '${DEFAULT_PATH}': segments of letters, digits, '.', '_', '~', '-', and no slash at its end`,
    );
  return path;
}
