/**
 * Bench: one workflow of many sequential durable computes of 200 bytes: what a step costs, in bare commits of the same disk, and whether the last
 * steps cost what the first did. The steps are counted between the bodies of the first and the last.
 */
import { type Measure } from './measure.js';
import type { BenchOptions } from './options.js';
export declare function run(options: BenchOptions): Promise<Measure[]>;
