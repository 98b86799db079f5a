import { type FaultCase } from './fault-case.js';
export declare const readOnlyCase: FaultCase;
