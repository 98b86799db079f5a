import { type Measure } from './measure.js';
import type { BenchOptions } from './options.js';
export declare function run(options: BenchOptions): Promise<Measure[]>;
