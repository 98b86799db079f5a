/** The door of @raftoral/nestjs/testing. */
export { RaftoralTestingModule, TestCluster, type TestClusterOptions, type TestNode } from './raftoral-testing-module.js';
export { VirtualTime, VirtualNode, type VirtualNodeOptions, type VirtualTimeOptions } from './virtual-time.js';
export {
  CALM_LINK,
  SimulatedNetwork,
  type LinkProfile,
  type NetworkFaultCounts,
  type SimulatedNetworkOptions,
} from './simulated-network.js';
export { SeededRandom } from './seeded-random.js';
export { TraceHash } from './trace-hash.js';
export { transportSuite, type TransportCase, type TransportHarness, type TransportNetworkHarness } from './transport-suite.js';
export { networkTransportSuite } from './network-transport-suite.js';
export { networkHarness, type CarrierMaker } from './network-harness.js';
export type { ByteChannel, ChannelAcceptor, ChannelCarrier, ChannelEnd, ChannelHandlers, ListeningAt } from '../transport/channel.js';
export { storageSuite, type StorageHarness } from './storage-suite.js';
export type { RaftStorageFixture } from './storage-suite-crash.js';
export type { StorageCase } from './storage-suite-log.js';
export type { StateStoreFixture, StateStoreHarness } from './storage-suite-state.js';
export { replay, type RecordedHistories, type ReplayOptions, type ReplayReport } from './replay/replay.js';
export type { ReplayDifference } from './replay/replayed-run.js';
export type { WorkflowClassToken } from './nest-workflows.js';
export { simulate, type SimulationReport } from './simulate/simulate.js';
export {
  SIMULATION_FAULTS,
  type SimulatedRun,
  type SimulateOptions,
  type SimulationEnding,
  type SimulationFault,
} from './simulate/options.js';
export type { Remote, RemoteOptions, SimulatedProcess } from './simulate/process.js';
