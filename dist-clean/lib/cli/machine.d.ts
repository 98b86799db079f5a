import type { TransportClock, TransportRandom } from '../transport/machine-port.js';
export declare const MACHINE_CLOCK: TransportClock;
export declare const MACHINE_RANDOM: TransportRandom;
