import { type FaultCase } from './fault-case.js';
import { PowerSupply } from './power.js';
import { Torture } from './torture.js';
import { type Victim } from './victim-process.js';
export declare const powerCutCase: FaultCase;
/** Load for a while, then the cut; the supply stands on the copy afterwards. */
export declare function cutPower(torture: Torture, victim: Victim, supply: PowerSupply, loadMs: number): Promise<void>;
/** The fault that this harness exists for: a node whose syncs do nothing must be seen to lose what it acknowledged. */
export declare const lostSyncCase: FaultCase;
