/** The suite of transports over gRPC: plain with a secret, and with mutual TLS. */
import { describe, it } from '@jest/globals';
import { networkHarness } from '../../testing/network-harness.js';
import { transportSuite } from '../../testing/transport-suite.js';
import { GrpcCarrier } from './grpc-carrier.js';
describe('gRPC', () => {
    for (const { name, run } of transportSuite(networkHarness(({ listen = '127.0.0.1:0' }) => new GrpcCarrier({ listen }))))
        it(name, run);
});
//# sourceMappingURL=grpc-suite.spec.js.map