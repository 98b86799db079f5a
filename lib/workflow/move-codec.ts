/**
 * Bodies of the commands of a slot move (command.ts), to bytes and back. Pure. The rules are those of command-codec.ts.
 */
import type { BinaryReader, BinaryWriter } from '../state-machine/index.js';
import { CommandKind, type SlotMoveCommand } from './command.js';
import { readItems, writeItems } from './state-machine/import-items.js';
import { readRanges, writeRanges } from './state-machine/slots.js';

export function encodeMoveBody(writer: BinaryWriter, command: SlotMoveCommand): void {
  writer.uintFrom(1, command.moveId, 'moveId');
  switch (command.kind) {
    case CommandKind.FREEZE_SLOTS:
      writer.uint(command.to, 'to');
      writer.uint(command.oldestMoveId, 'oldestMoveId');
      return writeRanges(writer, command.ranges);
    case CommandKind.IMPORT_BEGIN:
      writer.uint(command.from, 'from');
      writer.uint(command.oldestMoveId, 'oldestMoveId');
      return writeRanges(writer, command.ranges);
    case CommandKind.IMPORT_PART:
      writer.ms(command.logTimeMs, 'logTimeMs');
      return writeItems(writer, command.items);
    case CommandKind.ACTIVATE_IMPORT:
      writer.ms(command.logTimeMs, 'logTimeMs');
      writer.uint(command.slotEpoch, 'slotEpoch');
      return writer.uint(command.openRuns, 'openRuns');
    case CommandKind.ABORT_IMPORT:
      return writer.uint(command.from, 'from');
    case CommandKind.UNFREEZE_SLOTS:
    case CommandKind.DROP_SLOTS:
      return;
  }
}

/** Null: the kind is none of a move. */
export function decodeMoveBody(reader: BinaryReader, kind: number): SlotMoveCommand | null {
  switch (kind) {
    case CommandKind.FREEZE_SLOTS: {
      const moveId = readMoveId(reader);
      const to = reader.uint('to');
      const oldestMoveId = reader.uint('oldestMoveId');
      return { kind, moveId, to, oldestMoveId, ranges: readRanges(reader) };
    }
    case CommandKind.IMPORT_BEGIN: {
      const moveId = readMoveId(reader);
      const from = reader.uint('from');
      const oldestMoveId = reader.uint('oldestMoveId');
      return { kind, moveId, from, oldestMoveId, ranges: readRanges(reader) };
    }
    case CommandKind.IMPORT_PART:
      return { kind, moveId: readMoveId(reader), logTimeMs: reader.ms('logTimeMs'), items: readItems(reader) };
    case CommandKind.ACTIVATE_IMPORT:
      return {
        kind,
        moveId: readMoveId(reader),
        logTimeMs: reader.ms('logTimeMs'),
        slotEpoch: reader.uint('slotEpoch'),
        openRuns: reader.uint('openRuns'),
      };
    case CommandKind.ABORT_IMPORT:
      return { kind, moveId: readMoveId(reader), from: reader.uint('from') };
    case CommandKind.UNFREEZE_SLOTS:
    case CommandKind.DROP_SLOTS:
      return { kind, moveId: readMoveId(reader) };
    default:
      return null;
  }
}

function readMoveId(reader: BinaryReader): number {
  return reader.uintFrom(1, 'moveId');
}
