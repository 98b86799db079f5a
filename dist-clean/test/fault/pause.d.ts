/**
 * SIGSTOP under load: a node stands still for a while, as in a long collection or a moved virtual machine, and wakes up believing that nothing has
 * happened. Others have taken over by then; what it still wants to do must have no effect.
 */
import { type FaultCase } from './fault-case.js';
export declare const pauseCase: FaultCase;
