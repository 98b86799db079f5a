import { type Measure } from './measure.js';
export declare function run(workflows?: number): Promise<Measure[]>;
