/**
 * Three nodes on three hosts, and links that go silent under load: a minority or the leader cut off, one direction only, and a bridge (two that do not
 * hear each other, and a third that hears both). Nobody is told: packets vanish.
 */
import { type FaultCase } from './fault-case.js';
export declare const partitionCase: FaultCase;
