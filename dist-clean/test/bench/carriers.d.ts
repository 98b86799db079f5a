/**
 * How the processes of a bench reach each other on loopback. `tcp` is no adapter of the package: it is the yardstick for those that are.
 */
import { type Logger } from '../../lib/cluster/index.js';
import { PeerTransport } from '../../lib/transport/peer/peer-transport.js';
export type CarrierKind = 'grpc' | 'http' | 'tcp';
/** Errors only: on a busy machine a loop is late now and then, and says so. */
export declare const BENCH_LOGGER: Logger;
/** A transport of this process, not yet listening. All of them share a secret, so that frames bear their MAC (R44). */
export declare function makeTransport(kind: CarrierKind, listen?: string): PeerTransport;
