/** The transport suite over PeerTransport, with each kind of security, in memory and virtual time. */
import { describe, it } from '@jest/globals';
import { SILENT_LOGGER } from '../../cluster/logger.js';
import { MemoryWire } from '../../testing/memory-carrier.js';
import { SeededRandom } from '../../testing/seeded-random.js';
import { transportSuite } from '../../testing/transport-suite.js';
import { VirtualTime } from '../../testing/virtual-time.js';
import { PeerTransport } from './peer-transport.js';
const SECRET = Buffer.from('a secret of the peers, long enough');
const KINDS = [
    ['a secret and seals', { kind: 'secret', secret: SECRET }, false],
    ['a secret over TLS', { kind: 'secret', secret: SECRET }, true],
    ['certificates', { kind: 'certificate' }, true],
    ['no security', { kind: 'insecure' }, false],
];
function harness(credentials, hasTls) {
    return {
        create() {
            const time = new VirtualTime();
            const wire = new MemoryWire({ scheduler: time.createNode({ name: 'wire' }) });
            const transports = [];
            return {
                createTransport() {
                    const node = time.createNode();
                    const address = `10.0.0.${transports.length + 1}:7000`;
                    const transport = new PeerTransport({
                        carrier: wire.createCarrier({ address, isEncrypted: hasTls, isPeerVerified: hasTls }),
                        credentials,
                        clock: node,
                        scheduler: node,
                        random: new SeededRandom(1, address),
                        logger: SILENT_LOGGER,
                        advertise: null,
                        resolve: (seed) => Promise.resolve([seed]),
                    });
                    transport.setSeeds(Array.from({ length: 4 }, (_, i) => `10.0.0.${i + 1}:7000`));
                    const driven = {
                        start: (identity, handlers) => time.runUntilSettled(transport.start(identity, handlers), 10_000),
                        send: (to, frame) => transport.send(to, frame),
                        stop: () => time.runUntilSettled(transport.stop(), 10_000),
                    };
                    transports.push(driven);
                    return driven;
                },
                settle: async () => {
                    await time.advance(1_000);
                },
                dispose: async () => {
                    for (const transport of transports)
                        await transport.stop();
                },
            };
        },
    };
}
for (const [name, credentials, hasTls] of KINDS) {
    describe(`PeerTransport with ${name}`, () => {
        for (const { name: title, run } of transportSuite(harness(credentials, hasTls)))
            it(title, run);
    });
}
//# sourceMappingURL=peer-suite.spec.js.map