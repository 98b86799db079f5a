import { type CarrierMaker } from './network-harness.js';
import type { TransportCase } from './transport-suite.js';
/** The cases, over the channels that `makeCarrier` makes. The slowest takes some seconds. */
export declare function networkTransportSuite(makeCarrier: CarrierMaker): TransportCase[];
