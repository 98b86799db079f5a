/**
 * Commands of slot moves (R41, docs/adr/0063). Pure.
 *
 * V1. Each is idempotent by moveId: what is so already, or was decided before, is answered again and changes nothing.
 * V2. The target decides: activate and abort exclude each other, the first one in its log wins. The source drops or unfreezes when it is told so, and only from frozen.
 * V3. What a move takes away or brings has no owner here meanwhile: frozen and imported runs stand in no index of owners, blocked runs or timers, so that no command of the
 *     whole group (a death, a hello, a membership) changes them.
 * V4. An imported part is seen by nobody before the move is activated. Closed runs and answers of a move that is aborted stay, unseen, until their time is over: they are true.
 */
import {
  CommandKind,
  MOVES_LEVEL,
  type AbortImportCommand,
  type ActivateImportCommand,
  type DropSlotsCommand,
  type FreezeSlotsCommand,
  type ImportBeginCommand,
  type ImportPartCommand,
  type SlotMoveCommand,
  type UnfreezeSlotsCommand,
} from '../command.js';
import type { EventsItem, FinalItem, ImportItem } from '../import-item.js';
import { isInRanges, slotOf, type SlotRange } from '../slot.js';
import type { CommandAnswer } from '../state.js';
import { GROUP_OK, IGNORED } from './answers.js';
import type { GroupState } from './group-state.js';
import { answerOf, headOf } from './import-items.js';
import type { GroupMovePhase } from './moves.js';
import { changeOwner, isEligible, reassign } from './ownership.js';
import type { RequestEntry } from './requests.js';
import { RunRecord } from './run-record.js';
import { withOwnBytes } from './snapshot-run.js';
import { SlotState } from './slots.js';

export function applyMove(state: GroupState, command: SlotMoveCommand): CommandAnswer {
  switch (command.kind) {
    case CommandKind.FREEZE_SLOTS:
      return freezeSlots(state, command);
    case CommandKind.UNFREEZE_SLOTS:
      return unfreezeSlots(state, command);
    case CommandKind.DROP_SLOTS:
      return dropSlots(state, command);
    case CommandKind.IMPORT_BEGIN:
      return importBegin(state, command);
    case CommandKind.IMPORT_PART:
      return importPart(state, command);
    case CommandKind.ACTIVATE_IMPORT:
      return activateImport(state, command);
    case CommandKind.ABORT_IMPORT:
      return abortImport(state, command);
  }
}

/** What a command that asks for `wanted` is answered by, when the move is there already; null: it is not. */
function decidedBefore(state: GroupState, moveId: number, wanted: readonly GroupMovePhase[]): CommandAnswer | null {
  const move = state.moves.find(moveId);
  if (move === undefined) return null;
  if (wanted.includes(move.phase)) return GROUP_OK;
  return MOVE_IS[move.phase];
}

const MOVE_IS: Readonly<Record<GroupMovePhase, CommandAnswer>> = {
  frozen: IGNORED.moveOpen,
  importing: IGNORED.moveOpen,
  dropped: IGNORED.moveActivated,
  activated: IGNORED.moveActivated,
  unfrozen: IGNORED.moveAborted,
  aborted: IGNORED.moveAborted,
};

/** Null: the move may begin here. */
function beginRefusal(
  state: GroupState,
  { moveId, oldestMoveId }: { readonly moveId: number; readonly oldestMoveId: number },
  wanted: readonly GroupMovePhase[],
): CommandAnswer | null {
  if (state.codecLevel < MOVES_LEVEL) return IGNORED.codecLevel;
  const before = decidedBefore(state, moveId, wanted);
  if (before !== null) return before;
  state.moves.forgetBelow(Math.min(oldestMoveId, moveId));
  return moveId < state.moves.oldest ? IGNORED.moveOver : null;
}

// --- at the source ----------------------------------------------------------------------------------------------------------------

function freezeSlots(state: GroupState, command: FreezeSlotsCommand): CommandAnswer {
  const { moveId, to: peer, ranges } = command;
  const refusal = beginRefusal(state, command, ['frozen']);
  if (refusal !== null) return refusal;
  if (!state.slots.all(ranges, SlotState.OWNED)) return IGNORED.slotsElsewhere;
  for (const run of openIn(state, ranges)) state.park(run);
  state.slots.set(ranges, SlotState.FROZEN, peer);
  state.moves.put({ moveId, peer, ranges, phase: 'frozen' });
  return GROUP_OK;
}

/** What owners proposed meanwhile was refused: under a new epoch each proposes again what is open (R17). */
function unfreezeSlots(state: GroupState, { moveId }: UnfreezeSlotsCommand): CommandAnswer {
  const move = state.moves.find(moveId);
  if (move === undefined) return IGNORED.moveOver;
  if (move.phase !== 'frozen') return decidedBefore(state, moveId, ['unfrozen'])!;
  const { ranges, peer } = move;
  state.slots.set(ranges, SlotState.OWNED);
  state.moves.put({ moveId, peer, ranges: [], phase: 'unfrozen' });
  for (const run of openIn(state, ranges)) takeUp(state, run);
  return GROUP_OK;
}

function dropSlots(state: GroupState, { moveId }: DropSlotsCommand): CommandAnswer {
  const move = state.moves.find(moveId);
  if (move === undefined) return IGNORED.moveOver;
  if (move.phase !== 'frozen') return decidedBefore(state, moveId, ['dropped'])!;
  const { ranges, peer } = move;
  for (const run of openIn(state, ranges)) state.leave(run);
  // Closed ones stay, unseen, and serve again if the slot comes back.
  state.currentAgain(membershipOf(ranges));
  state.slots.set(ranges, SlotState.ABSENT, peer);
  state.slots.setEpoch(ranges, state.slots.epochMax(ranges) + 1);
  state.moves.put({ moveId, peer, ranges: [], phase: 'dropped' });
  return GROUP_OK;
}

/** In the order of their start. */
function openIn(state: GroupState, ranges: readonly SlotRange[]): RunRecord[] {
  const isMoving = membershipOf(ranges);
  return [...state.open].filter((run) => isMoving(run.slot)).sort((a, b) => a.order - b.order);
}

/** For many questions. */
function membershipOf(ranges: readonly SlotRange[]): (slot: number) => boolean {
  const slots = new Set<number>();
  for (const { first, count } of ranges) for (let slot = first; slot < first + count; slot++) slots.add(slot);
  return (slot) => slots.has(slot);
}

// --- at the target ----------------------------------------------------------------------------------------------------------------

function importBegin(state: GroupState, command: ImportBeginCommand): CommandAnswer {
  const { moveId, from: peer, ranges } = command;
  const refusal = beginRefusal(state, command, ['importing', 'activated']);
  if (refusal !== null) return refusal;
  if (!state.slots.all(ranges, SlotState.ABSENT)) return IGNORED.slotsElsewhere;
  state.slots.set(ranges, SlotState.IMPORTING, peer);
  state.moves.put({ moveId, peer, ranges, phase: 'importing' });
  return GROUP_OK;
}

/**
 * What is here already is skipped. A gap is answered where the beginning of a history has not come; also where it was skipped, since the run stood here closed from an earlier
 * time, and a sweep took that run before its next part: all is sent again then. Each time a run less stands here from before, so it ends.
 */
function importPart(state: GroupState, command: ImportPartCommand): CommandAnswer {
  const { moveId, logTimeMs, items } = command;
  const move = state.moves.find(moveId);
  if (move === undefined) return IGNORED.moveOver;
  if (move.phase !== 'importing') return decidedBefore(state, moveId, [])!;
  if (!items.every((item) => isInRanges(move.ranges, slotOfItem(item)))) return IGNORED.notOfMove;
  // Its closed runs and answers count from the log time of their source.
  state.advanceLogTime(logTimeMs);
  let hasGap = false;
  for (const item of items) if (!importItem(state, item)) hasGap = true;
  return hasGap ? IGNORED.importGap : GROUP_OK;
}

function slotOfItem(item: ImportItem): number {
  switch (item.type) {
    case 'events':
      return item.run.slot;
    case 'answer':
      return slotOf(answerOf(item).workflowId);
    case 'final':
      return headOf(item).slot;
  }
}

/** False: something before it is missing. */
function importItem(state: GroupState, item: ImportItem): boolean {
  switch (item.type) {
    case 'events':
      return importEvents(state, item);
    case 'final':
      return importHead(state, item);
    case 'answer': {
      const entry = answerOf(item);
      const known = state.requests.find(entry.requestId, state.logTimeMs);
      if (entry.expiryMs >= state.logTimeMs && (known === undefined || isLonger(entry, known))) state.requests.remember(entry);
      return true;
    }
  }
}

/** Of the same call, remembered for longer (an acknowledged child). */
function isLonger(entry: RequestEntry, known: RequestEntry): boolean {
  return entry.expiryMs > known.expiryMs && entry.kind === known.kind && entry.workflowId === known.workflowId;
}

function importEvents(state: GroupState, { run: identity, events }: EventsItem): boolean {
  let run = state.runOf(identity.runId);
  if (run !== undefined && !state.staged.has(run)) return true; // it came before, as a closed one
  if (run === undefined) {
    if (events[0]!.wseq !== 1) return false;
    run = new RunRecord({ ...identity, parent: null }, state.nextOrder());
    run.makePartial();
    state.stage(run);
  }
  if (events[0]!.wseq > run.nextWseq) return false;
  state.willChange(run);
  for (const event of events) if (event.wseq >= run.nextWseq) state.append(run, withOwnBytes(event), false);
  return true;
}

function importHead(state: GroupState, item: FinalItem): boolean {
  const run = state.runOf(item.runId);
  if (run === undefined) return false;
  if (!state.staged.has(run)) return true;
  if (run.history.length !== item.events) return false;
  state.willChange(run);
  run.become(headOf(item));
  state.touch(run);
  if (!run.isOpen) state.importClosed(run);
  return true;
}

/** The decision for the move. */
function activateImport(state: GroupState, command: ActivateImportCommand): CommandAnswer {
  const { moveId, logTimeMs, slotEpoch, openRuns } = command;
  const move = state.moves.find(moveId);
  if (move === undefined) return IGNORED.moveOver;
  if (move.phase !== 'importing') return decidedBefore(state, moveId, ['activated'])!;
  const { ranges, peer } = move;
  const staged = stagedIn(state, ranges);
  const whole = staged.filter((run) => !run.isPartial);
  if (whole.length !== openRuns) return IGNORED.importIncomplete;
  state.advanceLogTime(logTimeMs);
  state.slots.setEpoch(ranges, Math.max(slotEpoch, state.slots.epochMax(ranges)) + 1);
  state.slots.set(ranges, SlotState.OWNED);
  state.moves.put({ moveId, peer, ranges: [], phase: 'activated' });
  // One that is not whole was open at the source when it was copied, and was gone when all was frozen.
  for (const run of staged) if (run.isPartial) state.leave(run);
  for (const run of whole) {
    state.activate(run);
    takeUp(state, run);
  }
  return GROUP_OK;
}

function abortImport(state: GroupState, { moveId, from: peer }: AbortImportCommand): CommandAnswer {
  if (state.codecLevel < MOVES_LEVEL) return IGNORED.codecLevel;
  const move = state.moves.find(moveId);
  if (move === undefined && moveId < state.moves.oldest) return IGNORED.moveOver;
  if (move !== undefined && move.phase !== 'importing') return decidedBefore(state, moveId, ['aborted'])!;
  if (move !== undefined) {
    for (const run of stagedIn(state, move.ranges)) state.leave(run);
    state.slots.set(move.ranges, SlotState.ABSENT, peer);
  }
  // Also of a move that has not begun here: its beginning may be on its way.
  state.moves.put({ moveId, peer, ranges: [], phase: 'aborted' });
  return GROUP_OK;
}

function stagedIn(state: GroupState, ranges: readonly SlotRange[]): RunRecord[] {
  const isMoving = membershipOf(ranges);
  return [...state.staged].filter((run) => isMoving(run.slot)).sort((a, b) => a.order - b.order);
}

/** A run that stands in no index of owners gets one: the one that it had, if that may be, under a new epoch. */
function takeUp(state: GroupState, run: RunRecord): void {
  state.unpark(run);
  const { owner, blockedReason } = run;
  if (blockedReason === 'crash-suspect' || blockedReason === 'diverged') changeOwner(state, run, 0, 'move', blockedReason);
  else if (owner !== 0 && isEligible(state, run, owner)) changeOwner(state, run, owner, 'move', null);
  else reassign(state, run, 'move');
}
