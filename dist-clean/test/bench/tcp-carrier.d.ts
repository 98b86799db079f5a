import type { ByteChannel, ChannelAcceptor, ChannelCarrier, ChannelHandlers, ListeningAt } from '../../lib/transport/channel.js';
export declare class TcpCarrier implements ChannelCarrier {
    private readonly listenAt;
    private server;
    private readonly channels;
    constructor(listenAt: string);
    listen(accept: ChannelAcceptor): Promise<ListeningAt>;
    dial(address: string, handlers: ChannelHandlers): ByteChannel;
    close(): Promise<void>;
    private track;
}
