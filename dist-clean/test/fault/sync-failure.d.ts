import { type FaultCase } from './fault-case.js';
export declare const FIU_FOLDER = "/usr/lib/fiu";
export declare const syncFailureCase: FaultCase;
export declare function hasFiu(): boolean;
