/**
 * What travels from the source of a slot move to its target, in parts (R41): the forms, and their bytes. Pure.
 *
 *   events   u8 1 · identity of the run · events from a wseq on
 *   final    u8 2 · runId · events in all · the head as in a snapshot, as the frozen source has it, or of a closed run
 *   answer   u8 3 · a remembered answer, as in a snapshot
 *
 * I1. An item is a fact that stays one: a history only grows, a closed run, an answer and a frozen head never change. So it does no harm if it comes twice, or late, or from
 *     a mover that was replaced.
 * I2. The event that ends a run comes with its final item in the same part: no run stands anywhere with an end, and open.
 */
import { BinaryReader, BinaryWriter } from '../../state-machine/index.js';
import { EventKind, type RunEvent } from '../event.js';
import { readEvent, writeEvent } from '../event-codec.js';
import type { AnswerItem, EventsItem, FinalItem, ImportItem } from '../import-item.js';
import { ID_BYTES_MAX, NAME_BYTES_MAX } from '../record-codec.js';
import { slotOf, workflowIdProblem } from '../slot.js';
import type { RequestEntry } from './requests.js';
import type { RunHistory } from './run-history.js';
import type { RunRecord } from './run-record.js';
import { readRequest, writeRequest } from './snapshot-request.js';
import { readRunHead } from './snapshot-run.js';

const Form = { EVENTS: 1, FINAL: 2, ANSWER: 3 } as const;
const ITEM_BYTES_MIN = 3;
const EVENT_BYTES_MIN = 10;
const ITEMS_MAX = 65_536;

export function writeItems(writer: BinaryWriter, items: readonly ImportItem[]): void {
  writer.uint(items.length, 'items');
  for (const item of items) writeItem(writer, item);
}

function writeItem(writer: BinaryWriter, item: ImportItem): void {
  switch (item.type) {
    case 'events':
      writer.u8(Form.EVENTS);
      writeIdentity(writer, item.run);
      writer.uint(item.events.length, 'events');
      for (const event of item.events) writeEvent(writer, event);
      return;
    case 'final':
      writer.u8(Form.FINAL);
      writer.id(item.runId, 'runId', ID_BYTES_MAX);
      writer.uintFrom(1, item.events, 'events');
      return writer.bytes(item.head);
    case 'answer':
      writer.u8(Form.ANSWER);
      return writer.bytes(item.entry);
  }
}

/** Throws MALFORMED_FRAME. Payloads and heads are views. */
export function readItems(reader: BinaryReader): readonly ImportItem[] {
  const items: ImportItem[] = [];
  /** Runs whose end has come, and whose final head has not → its wseq. */
  const ended = new Map<string, number>();
  for (let left = reader.count('items', ITEM_BYTES_MIN, ITEMS_MAX); left > 0; left--) {
    const item = readItem(reader);
    items.push(item);
    const last = item.type === 'events' ? item.events.at(-1)! : null;
    if (item.type === 'events' && last!.kind === EventKind.FINISHED) ended.set(item.run.runId, last!.wseq);
    if (item.type !== 'final') continue;
    const end = ended.get(item.runId);
    if (headOf(item).isOpen ? end !== undefined : end !== item.events) reader.fail('final', `run ${item.runId} and its end do not agree`);
    ended.delete(item.runId);
  }
  for (const runId of ended.keys()) reader.fail('items', `the end of run ${runId} comes without its head`);
  return items;
}

function readItem(reader: BinaryReader): ImportItem {
  const form = reader.u8('item');
  switch (form) {
    case Form.EVENTS: {
      const run = readIdentity(reader);
      const events: RunEvent[] = [];
      for (let left = reader.count('events', EVENT_BYTES_MIN); left > 0; left--) {
        const event = readEvent(reader);
        const last = events.at(-1);
        if (last !== undefined && (event.wseq !== last.wseq + 1 || last.kind === EventKind.FINISHED))
          reader.fail('wseq', `event ${event.wseq} follows ${last.wseq}`);
        events.push(event);
      }
      if (events.length === 0) reader.fail('events', 'there are none');
      return { type: 'events', run, events };
    }
    case Form.FINAL: {
      const runId = reader.id('runId', ID_BYTES_MAX);
      const events = reader.uintFrom(1, 'events');
      const head = reader.bytes('head');
      checkHead(reader, runId, head);
      return { type: 'final', runId, events, head };
    }
    case Form.ANSWER: {
      const item = { type: 'answer', entry: reader.bytes('answer') } as const;
      answerOf(item);
      return item;
    }
    default:
      return reader.fail('item', `${form} stands for nothing`);
  }
}

/** As the source remembers it. */
export function answerOf({ entry }: AnswerItem): RequestEntry {
  const own = new BinaryReader('answer that is imported').open(entry);
  const answer = readRequest(own);
  own.end();
  return answer;
}

export function answerItemOf(entry: RequestEntry): AnswerItem {
  const writer = new BinaryWriter();
  writeRequest(writer, entry);
  return { type: 'answer', entry: writer.finish() };
}

/** As it stands at the source, without its history. */
export function headOf({ head }: FinalItem, order = 0, history?: RunHistory): RunRecord {
  return readRunHead(new BinaryReader('head of an imported run').open(head), order, history);
}

function checkHead(reader: BinaryReader, runId: string, head: Uint8Array): void {
  const own = new BinaryReader('head of an imported run').open(head);
  const run = readRunHead(own, 0);
  own.end();
  if (run.runId !== runId) reader.fail('head', `it is of run ${run.runId}, not of ${runId}`);
  if (run.isPartial) reader.fail('head', `run ${runId} is not whole where it comes from`);
}

/** Its parent comes with its head. */
function writeIdentity(writer: BinaryWriter, run: EventsItem['run']): void {
  writer.id(run.workflowId, 'workflowId', ID_BYTES_MAX);
  writer.id(run.runId, 'runId', ID_BYTES_MAX);
  writer.text(run.name, 'name', NAME_BYTES_MAX);
  writer.uint(run.version, 'version');
  writer.u53(run.inputDigest, 'inputDigest');
  writer.u53(run.originDigest, 'originDigest');
  writer.ms(run.startedMs, 'startedMs');
}

function readIdentity(reader: BinaryReader): EventsItem['run'] {
  const workflowId = reader.id('workflowId', ID_BYTES_MAX);
  const problem = workflowIdProblem(workflowId);
  if (problem !== null) reader.fail('workflowId', problem);
  const runId = reader.id('runId', ID_BYTES_MAX);
  const name = reader.text('name', NAME_BYTES_MAX);
  const version = reader.uint('version');
  const inputDigest = reader.u53('inputDigest');
  const originDigest = reader.u53('originDigest');
  return {
    slot: slotOf(workflowId),
    workflowId,
    runId,
    name,
    version,
    inputDigest,
    originDigest,
    startedMs: reader.ms('startedMs'),
  };
}
