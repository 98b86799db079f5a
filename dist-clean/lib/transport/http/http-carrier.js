import { RaftoralError } from '../../errors/index.js';
import { parseAddress } from '../security/loopback.js';
import { BodyBudget } from './body.js';
import { Authority } from './certificates.js';
import { DialedChannel } from './dialed-channel.js';
import { HttpControl } from './http-control.js';
import { HttpFront } from './http-front.js';
import { DEFAULT_PATH, HTTP_LIMITS } from './http-limits.js';
import { HttpListener } from './http-listener.js';
import { HttpMount } from './http-mount.js';
import { PeerRoutes } from './peer-routes.js';
export class HttpCarrier {
    options;
    limits;
    bodies;
    routes;
    front;
    dialed = new Set();
    listener = null;
    mount = null;
    control = null;
    api = null;
    authorities = null;
    forgetTls = null;
    isClosed = false;
    constructor(options) {
        this.options = options;
        this.limits = { ...HTTP_LIMITS, ...options.limits };
        this.bodies = new BodyBudget(this.limits.receivingBytesMax);
        this.routes = new PeerRoutes({
            limits: this.limits,
            bodies: this.bodies,
            isPeerVerified: ({ socket }) => this.authorities?.peers.hasIssued(socket) ?? false,
        });
        this.front = new HttpFront({
            path: options.path ?? DEFAULT_PATH,
            peers: this.routes,
            isServing: () => !this.isClosed && (this.api?.isServing() ?? false),
        });
        if (options.listen !== undefined)
            parseAddress(options.listen, 'transport.listen');
        if (options.tls !== undefined)
            this.useTls(options.tls);
    }
    /** Under `<path>/v1`, from now on; `health` speaks for this API. */
    serveControl({ api, gate, cors = false }) {
        this.api = api;
        this.control = new HttpControl({
            api,
            gate,
            cors,
            root: `${this.front.path}/v1`,
            limits: this.limits,
            bodies: this.bodies,
            hasClientCertificate: ({ socket }) => this.authorities?.clients?.hasIssued(socket) ?? false,
        });
        this.front.control = this.control;
    }
    async listen(accept) {
        const { listen, server, tls } = this.options;
        this.routes.open(accept);
        const handle = this.front.handle.bind(this.front);
        if (listen !== undefined) {
            this.listener = new HttpListener(this.limits, tls?.current ?? null, handle);
            return { address: await this.listener.listen(listen) };
        }
        if (server === undefined)
            throw new RaftoralError('INVALID_CONFIGURATION', 'transport.listen is missing, and there is no server of an application to stand in front of');
        const owns = (request) => this.front.owns(request);
        this.mount = new HttpMount(server(), { owns, handle, onClosing: () => this.endServing() });
        return { address: null };
    }
    dial(address, handlers) {
        const { tls, serverName } = this.options;
        const channel = new DialedChannel({
            address,
            path: this.front.path,
            tls: tls === undefined ? null : { ...tls.current, ...(serverName === undefined ? {} : { servername: serverName }) },
            limits: this.limits,
            bodies: this.bodies,
            handlers,
            forget: (gone) => this.dialed.delete(gone),
        });
        this.dialed.add(channel);
        if (this.isClosed)
            channel.close();
        return channel;
    }
    async close() {
        this.isClosed = true;
        this.forgetTls?.();
        for (const channel of [...this.dialed])
            channel.close();
        this.endServing();
        this.mount?.unmount();
        await this.listener?.close();
    }
    /** Nothing is held any more that would keep a server from closing. */
    endServing() {
        this.routes.close();
        this.control?.close();
    }
    useTls(tls) {
        const take = ({ ca, clientCa }) => {
            this.authorities = { peers: new Authority(ca), clients: clientCa === null ? null : new Authority(clientCa) };
        };
        take(tls.current);
        this.forgetTls = tls.onChanged((renewed) => {
            take(renewed);
            this.listener?.renew(renewed);
        });
    }
}
//# sourceMappingURL=http-carrier.js.map