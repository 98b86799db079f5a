import type { Frame } from '../../lib/transport/transport.js';
import type { FuzzTarget } from './target.js';
export declare function createChannelTarget(frames: readonly Frame[]): FuzzTarget;
