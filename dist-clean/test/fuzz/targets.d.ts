import type { FuzzTarget } from './target.js';
export declare function createTargets(): readonly FuzzTarget[];
/** Whether `error` is a refusal as the target may give it. */
export declare function isRefusal(target: FuzzTarget, error: unknown): boolean;
