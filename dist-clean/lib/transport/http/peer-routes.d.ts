import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ChannelAcceptor } from '../channel.js';
import type { BodyBudget } from './body.js';
import { type HttpLimits } from './http-limits.js';
export interface PeerRoutesOptions {
    readonly limits: HttpLimits;
    readonly bodies: BodyBudget;
    /** The connection's certificate is one of the peers' authority. */
    readonly isPeerVerified: (request: IncomingMessage) => boolean;
}
export declare class PeerRoutes {
    private readonly options;
    private readonly channels;
    private accept;
    constructor(options: PeerRoutesOptions);
    get channelCount(): number;
    open(accept: ChannelAcceptor): void;
    /** Held polls are answered at once: no request stays behind. */
    close(): void;
    /** @param path what stands behind `<path>/peer`. */
    handle(path: string, request: IncomingMessage, response: ServerResponse): void;
    private route;
    private openChannel;
    private takeBody;
    private checkRoom;
}
