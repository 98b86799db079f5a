import type { StoredState } from '../../state-machine/index.js';
import type { GroupState } from './group-state.js';
/** Throws STORAGE_DAMAGED. */
export declare function loadedState(groupId: number, stored: StoredState): GroupState;
