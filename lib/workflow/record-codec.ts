/**
 * Binary form of the parts that commands, events and snapshots share: call position, error record, enumerations. Pure.
 *
 * Field limits are part of the format (W1 of binary.ts): a writer refuses what a reader would. Payloads are bounded by the replicated
 * limits of the group instead (R30), and prose by the frame.
 */
import { RaftoralError } from '../errors/index.js';
import type { BinaryReader, BinaryWriter } from '../state-machine/index.js';
import type { DeclineReason, FinishCommand, OnParentClose, OwnerPolicy, ParentRef } from './command.js';
import type { CallPosition, ErrorRecord } from './event.js';

/** More than a workflow id may have: apply refuses the rest with INVALID_WORKFLOW_ID, which is an answer and not a halt. */
export const ID_BYTES_MAX = 1024;
export const KEY_BYTES_MAX = 1024;
export const NAME_BYTES_MAX = 1024;
/** An error's chain of causes; what is deeper is not encoded. */
export const ERROR_CAUSES_MAX = 16;

/** In the order of their numbers in a frame: append only. */
export const OWNER_POLICIES: readonly OwnerPolicy[] = ['starter', 'leader', 'spread'];
export const DECLINE_REASONS: readonly DeclineReason[] = ['diverged', 'foreign-await', 'instantiation-failed', 'over-budget', 'draining'];
export const FINISH_OUTCOMES: readonly FinishCommand['outcome'][] = ['completed', 'failed', 'cancelled'];

export const ON_PARENT_CLOSE: readonly OnParentClose[] = ['cancel', 'abandon'];

export function writeParent(writer: BinaryWriter, parent: ParentRef): void {
  writer.id(parent.workflowId, 'parent.workflowId', ID_BYTES_MAX);
  writer.id(parent.runId, 'parent.runId', ID_BYTES_MAX);
  writer.text(parent.key, 'parent.key', KEY_BYTES_MAX);
  writer.uintFrom(1, parent.occurrence, 'parent.occurrence');
  writer.id(parent.token, 'parent.token', ID_BYTES_MAX);
  writeChoice(writer, ON_PARENT_CLOSE, parent.onClose, 'parent.onClose');
}

export function readParent(reader: BinaryReader): ParentRef {
  const workflowId = reader.id('parent.workflowId', ID_BYTES_MAX);
  const runId = reader.id('parent.runId', ID_BYTES_MAX);
  const key = reader.text('parent.key', KEY_BYTES_MAX);
  const occurrence = reader.uintFrom(1, 'parent.occurrence');
  const token = reader.id('parent.token', ID_BYTES_MAX);
  return { workflowId, runId, key, occurrence, token, onClose: readChoice(reader, ON_PARENT_CLOSE, 'parent.onClose') };
}

export function writePosition(writer: BinaryWriter, position: CallPosition): void {
  writer.uint(position.wseq, 'position.wseq');
  writer.uint(position.ordinal, 'position.ordinal');
}

export function readPosition(reader: BinaryReader): CallPosition {
  return { wseq: reader.uint('position.wseq'), ordinal: reader.uint('position.ordinal') };
}

export function writeError(writer: BinaryWriter, error: ErrorRecord | null, causesLeft: number = ERROR_CAUSES_MAX): void {
  writer.boolean(error !== null);
  if (error === null) return;
  writer.prose(error.name);
  writer.prose(error.message);
  writer.prose(error.code);
  writer.prose(error.stack);
  writeError(writer, causesLeft === 0 ? null : error.cause, causesLeft - 1);
}

export function readError(reader: BinaryReader, causesLeft: number = ERROR_CAUSES_MAX): ErrorRecord | null {
  if (!reader.boolean('error')) return null;
  if (causesLeft < 0) reader.fail('error.cause', `more than ${ERROR_CAUSES_MAX} causes in a chain`);
  const name = reader.prose('error.name');
  const message = reader.prose('error.message');
  const code = reader.prose('error.code');
  const stack = reader.prose('error.stack');
  return { name, message, code, stack, cause: readError(reader, causesLeft - 1) };
}

/** An error where the format demands one. */
export function readErrorRequired(reader: BinaryReader): ErrorRecord {
  return readError(reader) ?? reader.fail('error', 'there must be one');
}

export function writeChoice<T extends string>(writer: BinaryWriter, choices: readonly T[], value: T, field: string): void {
  const index = choices.indexOf(value);
  if (index < 0) {
    throw new RaftoralError('INVALID_ARGUMENT', `${field} can not be encoded: '${value}' is none of ${choices.join(', ')}.`, {
      details: { field },
    });
  }
  writer.u8(index);
}

export function readChoice<T extends string>(reader: BinaryReader, choices: readonly T[], field: string): T {
  const index = reader.u8(field);
  return choices[index] ?? reader.fail(field, `${index} stands for nothing`);
}

/** Bytes of an error's texts, causes included: what the payload limit counts (R30). */
export function errorBytes(error: ErrorRecord): number {
  let bytes = 0;
  for (let at: ErrorRecord | null = error; at !== null; at = at.cause) {
    bytes += utf8Length(at.name) + utf8Length(at.message) + utf8Length(at.code) + utf8Length(at.stack);
  }
  return bytes;
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Each half of a surrogate pair counts two of its four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return bytes;
}
