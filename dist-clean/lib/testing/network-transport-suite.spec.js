/** The cases for networks over channels in memory: what fails here and not over an adapter is PeerTransport's or the suite's. */
import { describe, it } from '@jest/globals';
import { EventLoopScheduler } from '../cluster/scheduler.js';
import { MemoryWire } from './memory-carrier.js';
import { networkHarness } from './network-harness.js';
import { networkTransportSuite } from './network-transport-suite.js';
import { transportSuite } from './transport-suite.js';
const wire = new MemoryWire({ scheduler: new EventLoopScheduler() });
let processes = 0;
const inMemory = ({ listen }) => wire.createCarrier({ address: listen ?? `10.0.0.1:${++processes}` });
describe('PeerTransport over channels in memory, in real time', () => {
    for (const { name, run } of transportSuite(networkHarness(inMemory)))
        it(name, run);
    for (const { name, run } of networkTransportSuite(inMemory))
        it(name, run);
});
//# sourceMappingURL=network-transport-suite.spec.js.map