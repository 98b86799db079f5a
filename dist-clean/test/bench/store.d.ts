/** The storage of a node, by itself. */
import type { RaftStorage } from '../../lib/storage/storage.js';
export declare function openStore(path: string): RaftStorage;
