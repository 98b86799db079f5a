/**
 * Bench: w10 on nodes in processes of their own, one machine, loopback; all replicas run the code, each has files of its own. Clients are in the leader's
 * process, as they are where an application embeds the engine.
 */
import { type Measure } from './measure.js';
import type { BenchOptions } from './options.js';
export declare function run(options: BenchOptions): Promise<Measure[]>;
