import { type FaultCase } from './fault-case.js';
export declare const refusalCase: FaultCase;
