import { type StateImage, type StatePosition } from '../../state-machine/index.js';
import { ClosedRing } from './closed-ring.js';
import { GroupState } from './group-state.js';
import type { RunRecord } from './run-record.js';
/** Numbers the closed runs of a snapshot: order of a run → number of its closing. */
export declare class Closings {
    readonly ring: ClosedRing;
    private readonly found;
    private readonly numbers;
    note(run: RunRecord): void;
    number(): void;
    of(run: RunRecord): number;
}
/** Throws MALFORMED_FRAME. */
export declare function imageOf(groupId: number, position: StatePosition, bytes: Uint8Array): StateImage;
/** What is against rows with this group part, as a state of this build. Throws MALFORMED_FRAME. */
export declare function checkGroupPart(groupId: number, part: Uint8Array): void;
/** Nothing was ever applied to the group but its membership. */
export declare function emptyState(groupId: number, { confState }: StatePosition): GroupState;
/** Closes the image. Rejects with STORAGE_DAMAGED. */
export declare function snapshotOf(groupId: number, image: StateImage): Promise<Uint8Array>;
