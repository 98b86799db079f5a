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
export interface HttpMountOptions {
    readonly owns: (request: IncomingMessage) => boolean;
    readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
    /** The application closes its server. */
    readonly onClosing: () => void;
}
export declare class HttpMount {
    private isMounted;
    private readonly restore;
    constructor(server: Server, { owns, handle, onClosing }: HttpMountOptions);
    unmount(): void;
}
