/**
 * How the processes of a bench reach each other on loopback. `tcp` is no adapter of the package: it is the yardstick for those that are.
 */
import { EventLoopScheduler, SystemClock, SystemRandom } from '../../lib/cluster/index.js';
import { PeerTransport } from '../../lib/transport/peer/peer-transport.js';
import { GrpcCarrier } from '../../lib/transport/grpc/grpc-carrier.js';
import { HttpCarrier } from '../../lib/transport/http/http-carrier.js';
import { TcpCarrier } from './tcp-carrier.js';
/** Errors only: on a busy machine a loop is late now and then, and says so. */
export const BENCH_LOGGER = {
    isDebug: false,
    log: (level, text) => {
        if (level === 'error')
            process.stderr.write(`${level}: ${text}\n`);
    },
};
function carrierOf(kind, listen) {
    switch (kind) {
        case 'http':
            return new HttpCarrier({ listen });
        case 'grpc':
            return new GrpcCarrier({ listen });
        case 'tcp':
            return new TcpCarrier(listen);
    }
}
/** A transport of this process, not yet listening. All of them share a secret, so that frames bear their MAC (R44). */
export function makeTransport(kind, listen = '127.0.0.1:0') {
    return new PeerTransport({
        carrier: carrierOf(kind, listen),
        credentials: { kind: 'secret', secret: Buffer.from('a secret of the bench alone', 'utf8') },
        clock: new SystemClock(),
        scheduler: new EventLoopScheduler(),
        random: new SystemRandom(),
        logger: BENCH_LOGGER,
        advertise: null,
    });
}
//# sourceMappingURL=carriers.js.map