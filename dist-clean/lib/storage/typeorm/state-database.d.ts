import type { StateCut, StateImage, StatePosition, StateSource, StoredState } from '../../state-machine/rows.js';
import type { FileOwner, OpenedGroup, StateFile, StateFileOptions, StateGlance } from './state-port.js';
export declare class StateDatabase implements StateFile {
    private readonly options;
    private connections;
    private writer;
    private readonly writes;
    private readonly reads;
    private readonly snapshots;
    private readonly lastOrders;
    private readonly file;
    constructor(options: StateFileOptions);
    open(owner: FileOwner): Promise<ReadonlyMap<number, OpenedGroup>>;
    glance(): Promise<StateGlance | null>;
    load(groupId: number): Promise<StoredState | null>;
    source(groupId: number): StateSource;
    flush(groupId: number, position: StatePosition, cut: StateCut): Promise<void>;
    replace(groupId: number, position: StatePosition, image: StateImage): Promise<void>;
    confirmInstalled(groupId: number): Promise<void>;
    image(groupId: number): Promise<StateImage>;
    close(): Promise<void>;
    /** What stands in the file, looked at without changing anything. null: there is nothing yet. */
    private verify;
    private write;
    /** Behind the flush that asked for it, whose caller does not wait for it; the next one does. */
    private checkpoint;
    private read;
    private opened;
}
