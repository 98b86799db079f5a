import type { RaftCore } from './core.js';
import { type Message, MessageType, StepResult } from './types.js';
export declare function isLocalType(type: MessageType): boolean;
export declare function isResponseType(type: MessageType): boolean;
export declare function checkFromNetwork(core: RaftCore, message: Message): StepResult;
