/**
 * What an operator does to a healthy cluster: restarts of one node after the other in good order, as a deployment does them; and what a power failure of
 * the rack does: kill -9 of two, and of all three at once. Under load, over both transports.
 */
import { type FaultCase } from './fault-case.js';
export declare const rollingCases: readonly FaultCase[];
