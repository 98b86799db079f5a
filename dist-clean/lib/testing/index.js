/** The door of @raftoral/nestjs/testing. */
export { RaftoralTestingModule, TestCluster } from './raftoral-testing-module.js';
export { VirtualTime, VirtualNode } from './virtual-time.js';
export { CALM_LINK, SimulatedNetwork, } from './simulated-network.js';
export { SeededRandom } from './seeded-random.js';
export { TraceHash } from './trace-hash.js';
export { transportSuite } from './transport-suite.js';
export { networkTransportSuite } from './network-transport-suite.js';
export { networkHarness } from './network-harness.js';
export { storageSuite } from './storage-suite.js';
//# sourceMappingURL=index.js.map