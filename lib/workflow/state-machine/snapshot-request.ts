/**
 * One remembered answer, as a part of a snapshot or of a row of answers. Pure.
 */
import { ERROR_CODES, invariant, type RaftoralErrorCode } from '../../errors/index.js';
import type { BinaryReader, BinaryWriter } from '../../state-machine/index.js';
import { CommandKind } from '../command.js';
import { ID_BYTES_MAX, NAME_BYTES_MAX } from '../record-codec.js';
import type { CommandAnswer } from '../state.js';
import { done, doneBefore, refused } from './answers.js';
import { RequestEntry } from './requests.js';

const KINDS: ReadonlySet<number> = new Set([
  CommandKind.START,
  CommandKind.START_CHILD,
  CommandKind.SIGNAL,
  CommandKind.CANCEL,
  CommandKind.TERMINATE,
  CommandKind.RESET,
]);

const Form = { DONE: 0, DONE_BEFORE: 1, REFUSED: 2 } as const;

export function writeRequest(writer: BinaryWriter, entry: RequestEntry): void {
  writer.id(entry.requestId, 'requestId', ID_BYTES_MAX);
  writer.ms(entry.expiryMs, 'expiryMs');
  writer.u8(entry.kind);
  writer.id(entry.workflowId, 'workflowId', ID_BYTES_MAX);
  const { answer } = entry;
  if (answer.ok) {
    writer.u8(answer.existing ? Form.DONE_BEFORE : Form.DONE);
    writer.id(answer.runId, 'runId', ID_BYTES_MAX);
    writer.uint(answer.wseq, 'wseq');
    return;
  }
  invariant(!answer.ignored, () => `request ${entry.requestId} has an ignored answer`);
  writer.u8(Form.REFUSED);
  writer.text(answer.code, 'code', NAME_BYTES_MAX);
  writer.prose(answer.message);
  writer.id(answer.runId, 'runId', ID_BYTES_MAX);
}

export function readRequest(reader: BinaryReader): RequestEntry {
  const requestId = reader.id('requestId', ID_BYTES_MAX);
  const expiryMs = reader.ms('expiryMs');
  const kind = reader.u8('request.kind');
  if (!KINDS.has(kind)) reader.fail('request.kind', `kind ${kind} is no command of a client`);
  const workflowId = reader.id('workflowId', ID_BYTES_MAX);
  const answer = readAnswer(reader);
  return new RequestEntry(requestId, expiryMs, kind as CommandKind, workflowId, answer);
}

function readAnswer(reader: BinaryReader): CommandAnswer {
  const form = reader.u8('answer');
  if (form === Form.REFUSED) {
    const code = reader.text('code', NAME_BYTES_MAX);
    if (!Object.hasOwn(ERROR_CODES, code)) reader.fail('code', `'${code}' is no error code of this build`);
    const message = reader.prose('message');
    return refused(code as RaftoralErrorCode, message, reader.id('runId', ID_BYTES_MAX));
  }
  if (form > Form.REFUSED) reader.fail('answer', `${form} stands for nothing`);
  const runId = reader.id('runId', ID_BYTES_MAX);
  const wseq = reader.uint('wseq');
  return form === Form.DONE ? done(runId, wseq) : doneBefore(runId, wseq);
}
