import type { FuzzTarget } from './target.js';
export declare function createHandshakeTarget(): FuzzTarget;
