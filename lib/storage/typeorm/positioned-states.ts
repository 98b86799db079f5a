/**
 * The state store as the host sees it: the state file, joined to the log. Owns nothing.
 *
 * J1. When a flush or a replacement resolves, log(groupId).snapshot() is at its position (F4 of state-port.ts).
 * J2. After the first failure of either file every call rejects with it (L7). What fails without being one (a snapshot that can not be read, F3 of
 *     state-port.ts) is the caller's matter.
 * Tests: sqlite-storage.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';
import type { StateCut, StateImage, StatePosition, StateSource, StoredState } from '../../state-machine/rows.js';
import type { StateStore } from '../storage.js';
import type { StateFile } from './state-port.js';
import type { StoreFailure } from './store-failure.js';

/** What is open. */
export interface OpenState {
  readonly file: StateFile;
  readonly failure: StoreFailure;
}

export class PositionedStates implements StateStore {
  constructor(
    private readonly opened: () => OpenState | null,
    private readonly moved: (groupId: number, position: StatePosition) => void,
  ) {}

  async load(groupId: number): Promise<StoredState | null> {
    return this.use().file.load(groupId);
  }

  source(groupId: number): StateSource {
    return this.use().file.source(groupId);
  }

  async flush(groupId: number, position: StatePosition, cut: StateCut): Promise<void> {
    await this.use().file.flush(groupId, position, cut);
    this.moved(groupId, position);
  }

  async replace(groupId: number, position: StatePosition, image: StateImage): Promise<void> {
    await this.use().file.replace(groupId, position, image);
    this.moved(groupId, position);
  }

  async image(groupId: number): Promise<StateImage> {
    return this.use().file.image(groupId);
  }

  private use(): OpenState {
    const opened = this.opened();
    if (opened === null) throw new RaftoralError('STORAGE_FAILED', 'the storage is not open');
    opened.failure.check();
    return opened;
  }
}
