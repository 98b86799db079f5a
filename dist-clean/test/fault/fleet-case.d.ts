/** What all cases do with a fleet at their end: every run gets its result, all nodes have the same, all dies at once, and it is still there. */
import type { CaseContext } from './fault-case.js';
import type { Fleet } from './fleet.js';
import type { Torture } from './torture.js';
export declare function settleFleet({ report }: CaseContext, torture: Torture, fleet: Fleet): Promise<void>;
