import type { StateCut, StateImage, StatePosition, StateSource, StoredState } from '../../state-machine/rows.js';
import type { StateStore } from '../storage.js';
import type { StateFile } from './state-port.js';
import type { StoreFailure } from './store-failure.js';
/** What is open. */
export interface OpenState {
    readonly file: StateFile;
    readonly failure: StoreFailure;
}
export declare class PositionedStates implements StateStore {
    private readonly opened;
    private readonly moved;
    constructor(opened: () => OpenState | null, moved: (groupId: number, position: StatePosition) => void);
    load(groupId: number): Promise<StoredState | null>;
    source(groupId: number): StateSource;
    flush(groupId: number, position: StatePosition, cut: StateCut): Promise<void>;
    replace(groupId: number, position: StatePosition, image: StateImage): Promise<void>;
    image(groupId: number): Promise<StateImage>;
    private use;
}
