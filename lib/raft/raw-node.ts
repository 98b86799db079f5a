/** Signatures only, for those who code against it; the body follows. */
import type { RaftConfig } from './config.js';
import type { ConfChange, ConfChangeV2 } from './conf-change.js';
import type { Ready } from './ready.js';
import type { ConfState, Message, ProposeResult, ReadResult, Role, StepResult } from './types.js';

export declare class RawNode {
  constructor(config: RaftConfig);
  /** Index and term of the first entry of the last proposal that was appended here. */
  readonly proposedIndex: number;
  readonly proposedTerm: number;
  get id(): number;
  get term(): number;
  get vote(): number;
  get role(): Role;
  get isLeader(): boolean;
  get leaderId(): number;
  get commitIndex(): number;
  get appliedIndex(): number;
  get firstIndex(): number;
  get lastIndex(): number;
  get confState(): ConfState;
  tick(): void;
  step(message: Message): StepResult;
  campaign(): void;
  propose(data: Uint8Array): ProposeResult;
  proposeBatch(datas: readonly Uint8Array[]): ProposeResult;
  proposeConfChange(change: ConfChange | ConfChangeV2): ProposeResult;
  applyConfChange(change: ConfChange | ConfChangeV2): ConfState;
  readIndex(context: Uint8Array): ReadResult;
  transferLeader(to: number): void;
  forgetLeader(): void;
  reportUnreachable(id: number): void;
  reportSnapshot(id: number, ok: boolean): void;
  hasReady(): boolean;
  ready(): Ready;
  advance(): void;
}
