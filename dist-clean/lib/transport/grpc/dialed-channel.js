import { connect, isIP } from 'node:net';
import { lookup } from 'node:dns/promises';
import { dialClient } from './dial-client.js';
import { CONNECT_PATH, PACKET_CODEC } from './proto.js';
import { StreamChannel } from './stream-channel.js';
const OK = 0;
const REFUSED = 'ECONNREFUSED';
export class DialedChannel extends StreamChannel {
    parts;
    remote;
    isEncrypted;
    /** grpc-js ends the connection unless the certificate is of the authority and bears the name. */
    isPeerVerified;
    #client = null;
    #stream = null;
    #dialTimer = null;
    #isOpen = false;
    constructor(parts, handlers) {
        super(parts.limits, parts.onGone);
        this.parts = parts;
        this.remote = parts.address;
        this.isEncrypted = parts.tls !== null;
        this.isPeerVerified = parts.tls !== null;
        this.bind(handlers);
    }
    /** Never throws; called once. */
    open({ grpc }, address) {
        if (this.isClosing) {
            this.fail('closed by this side');
            return;
        }
        try {
            const { tls, serverName, limits } = this.parts;
            this.#client = dialClient(grpc, { address, tls, serverName, limits });
            const stream = this.#client.client.makeBidiStreamRequest(CONNECT_PATH, PACKET_CODEC.encode, PACKET_CODEC.decode, {});
            this.#stream = stream;
            stream.on('metadata', () => this.#opened());
            stream.on('data', (packet) => this.take(packet));
            stream.on('error', () => undefined); // 'status' says the same
            stream.on('status', (status) => void this.#over(status, address));
            const { dialTimeoutMs } = limits;
            this.#dialTimer = setTimeout(() => {
                this.ended('failed', `${this.remote} did not answer within ${dialTimeoutMs} ms`);
                this.cut();
            }, dialTimeoutMs);
            this.attach(stream);
        }
        catch (error) {
            this.fail(error instanceof Error ? error.message : String(error));
        }
    }
    /** It can not even be tried. */
    fail(text) {
        this.ended('failed', text);
        this.cut();
        this.gone();
    }
    cut() {
        this.#stream?.cancel();
        this.#release();
    }
    #opened() {
        this.#isOpen = true;
        this.#clearDialTimer();
    }
    async #over({ code, details }, address) {
        this.#release();
        // The other side ended it in order: then it was open, even where that word came too late to be told.
        if (this.#isOpen || code === OK) {
            this.ended('closed', code === OK ? `${this.remote} ended the stream` : `${this.remote}: ${details}`);
        }
        else {
            const isRefused = details.includes(REFUSED) && (isIP(address.host) !== 0 || (await isRefusedEverywhere(address, this.limits)));
            this.ended(isRefused ? 'refused' : 'failed', `${this.remote}: ${details}`);
        }
        this.gone();
    }
    #release() {
        this.#clearDialTimer();
        this.#client?.close();
        this.#client = null;
    }
    #clearDialTimer() {
        if (this.#dialTimer !== null)
            clearTimeout(this.#dialTimer);
        this.#dialTimer = null;
    }
}
/** grpc-js tells of the last address only; a name may stand for several, and one of them that merely does not answer is no refusal. */
async function isRefusedEverywhere({ host, port }, { dialTimeoutMs }) {
    const addresses = await lookup(host, { all: true }).catch(() => []);
    const answers = await Promise.all(addresses.map(({ address }) => isRefusedAt(address, port, dialTimeoutMs)));
    return answers.length > 0 && answers.every((isRefused) => isRefused);
}
function isRefusedAt(host, port, timeoutMs) {
    return new Promise((resolve) => {
        const socket = connect({ host, port, timeout: timeoutMs });
        const answer = (isRefused) => {
            socket.destroy();
            resolve(isRefused);
        };
        socket.once('connect', () => answer(false));
        socket.once('timeout', () => answer(false));
        socket.once('error', (error) => answer(error.code === REFUSED));
    });
}
//# sourceMappingURL=dialed-channel.js.map