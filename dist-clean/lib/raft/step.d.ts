import type { RaftCore } from './core.js';
import { type Message, StepResult } from './types.js';
export declare function step(core: RaftCore, message: Message): StepResult;
export declare function tick(core: RaftCore): void;
