/**
 * Puts the engine's routes in front of an application's own HTTP server: no pipe, guard, prefix, body parser or CORS of the application sees a request of
 * theirs, and none of ours touches the application's (R44). Works with any framework on node:http, as it stands below all of them.
 *
 * M1. A request of ours is taken out where the server reports it, so it matters not when a framework added its listener.
 * M2. When the application closes its server, what is held here is let go first: no poll or stream keeps the close waiting.
 * M3. unmount() leaves the server as it was.
 * Source: docs/adr/0042. Tests: http-mount.spec.ts.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { RaftoralError } from '../../errors/index.js';

export interface HttpMountOptions {
  readonly owns: (request: IncomingMessage) => boolean;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** The application closes its server. */
  readonly onClosing: () => void;
}

type Emit = Server['emit'];

/** A request with a body that waits for leave to send it. */
const EXPECTING = 'checkContinue';

export class HttpMount {
  private isMounted = true;
  private readonly restore: () => void;

  constructor(server: Server, { owns, handle, onClosing }: HttpMountOptions) {
    if (typeof server.emit !== 'function' || typeof server.close !== 'function')
      throw new RaftoralError(
        'INVALID_CONFIGURATION',
        'the application has no node:http server to stand in front of; set transport.listen instead',
      );
    const { emit, close } = server;
    const isMounted = (): boolean => this.isMounted;
    const ourEmit = function (this: Server, event: string | symbol, ...values: unknown[]): boolean {
      if ((event === 'request' || event === EXPECTING) && isMounted() && owns(values[0] as IncomingMessage)) {
        const response = values[1] as ServerResponse;
        if (event === EXPECTING) response.writeContinue();
        handle(values[0] as IncomingMessage, response);
        return true;
      }
      return Reflect.apply(emit, this, [event, ...values]) as boolean;
    } as Emit;
    const ourClose = function (this: Server, callback?: (error?: Error) => void): Server {
      if (isMounted()) onClosing();
      return Reflect.apply(close, this, [callback]) as Server;
    };
    const had = { emit: Object.hasOwn(server, 'emit'), close: Object.hasOwn(server, 'close') };
    server.emit = ourEmit;
    server.close = ourClose;
    // Where somebody put theirs over ours, ours stays below it and passes everything on.
    this.restore = () => {
      if (server.emit === ourEmit && had.emit) server.emit = emit;
      else if (server.emit === ourEmit) Reflect.deleteProperty(server, 'emit');
      if (server.close === ourClose && had.close) server.close = close;
      else if (server.close === ourClose) Reflect.deleteProperty(server, 'close');
    };
  }

  unmount(): void {
    if (!this.isMounted) return;
    this.isMounted = false;
    this.restore();
  }
}
