/**
 * What is said of a move of slots: the leader of management to the node that leads the source, and the mover to a node that hosts the target.
 */
import type { RaftGroup, RequestHandler } from '../../../lib/cluster/group.js';
import { decodeError, encodeError } from '../../../lib/cluster/request-error.js';
import { isRaftoralError } from '../../../lib/errors/index.js';
import { decodeMoveReport, encodeMoveOrder, type MoveOrder } from '../../../lib/management/request-codec.js';
import { CommandKind, MOVES_LEVEL, type SlotMoveCommand } from '../../../lib/workflow/command.js';
import { decodeCommand } from '../../../lib/workflow/command-decoder.js';
import { IMPORT_METHOD, MOVE_METHOD, decodeOrder, encodeReport, type MoveReport } from '../../../lib/workflow/slot-move/move-port.js';
import { SlotMover } from '../../../lib/workflow/slot-move/mover.js';
import { IGNORED } from '../../../lib/workflow/state-machine/answers.js';
import type { CommandAnswer } from '../../../lib/workflow/state.js';
import type { WorkflowStateMachine } from '../../../lib/workflow/state-machine.js';
import { ManualClock } from '../../support/manual-clock.js';
import { bytesOfText, textOfBytes, type CallScript, type Reply } from './script.js';

const ORDER: MoveOrder = {
  moveId: 7,
  from: 1,
  to: 2,
  ranges: [
    { first: 0, count: 512 },
    { first: 4_000, count: 96 },
  ],
  targets: [5, 4],
  oldestMoveId: 6,
  isAborting: false,
  knownPhase: 'copying',
};

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOfHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

async function replyOf(work: Promise<Uint8Array>): Promise<Reply> {
  try {
    return { ok: true, text: textOfBytes(await work) };
  } catch (error) {
    return { ok: false, text: textOfBytes(encodeError(error)) };
  }
}

async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return { result: await work };
  } catch (error) {
    if (!isRaftoralError(error)) throw error;
    return { refused: error.code, details: error.details };
  }
}

interface Hosted {
  readonly group: RaftGroup<CommandAnswer>;
  readonly state: WorkflowStateMachine;
}

function moverOf(request: (body: Uint8Array) => Promise<Uint8Array>, hosted: Hosted | null = null) {
  const handlers = new Map<string, RequestHandler>();
  const node = {
    nodeId: 1,
    request: (_to: number, _method: string, body: Uint8Array) => request(body),
    handle: (method: string, handler: RequestHandler) => void handlers.set(method, handler),
  };
  return { mover: new SlotMover(node, new ManualClock(), () => hosted), handlers };
}

const asksNobody = (): Promise<Uint8Array> => Promise.reject(new Error('it asks nobody'));

function move(name: string, order: MoveOrder, report: MoveReport | null): CallScript {
  return {
    name: `${MOVE_METHOD} ${name}`,
    method: MOVE_METHOD,
    ask: (respond) =>
      outcomeOf(
        respond(textOfBytes(encodeMoveOrder(order))).then(({ ok, text }) => {
          if (!ok) throw decodeError(bytesOfText(text));
          return decodeMoveReport(bytesOfText(text));
        }),
      ),
    serve: async (request) => {
      const body = bytesOfText(request);
      const did = decodeOrder(body);
      if (report !== null) return { reply: { ok: true, text: textOfBytes(encodeReport(report)) }, did };
      return { reply: await replyOf(moverOf(asksNobody).handlers.get(MOVE_METHOD)!(3, body, 1_000)), did };
    },
  };
}

/** Binary: the cluster, and a command as it stands in a log; the answer is a word. */
function carry(name: string, command: SlotMoveCommand, answer: CommandAnswer | null, level = MOVES_LEVEL): CallScript {
  return {
    name: `${IMPORT_METHOD} ${name}`,
    method: IMPORT_METHOD,
    ask: (respond) => {
      const { mover } = moverOf(async (body) => {
        const { ok, text } = await respond(hexOf(body));
        if (!ok) throw decodeError(bytesOfText(text));
        return bytesOfText(text);
      });
      return outcomeOf(mover.toTarget({ to: 2, targets: [5] }, command));
    },
    serve: async (request) => {
      const did: unknown[] = [];
      const group = {
        groupId: 2,
        propose: async (frame: Uint8Array) => {
          did.push(decodeCommand(frame));
          return { index: 1, term: 1, result: answer };
        },
      } as unknown as RaftGroup<CommandAnswer>;
      const hosted = answer === null ? null : { group, state: { codecLevel: level } as WorkflowStateMachine };
      const reply = await replyOf(moverOf(asksNobody, hosted).handlers.get(IMPORT_METHOD)!(1, bytesOfHex(request), 1_000));
      return { reply, did };
    },
  };
}

const BEGIN: SlotMoveCommand = {
  kind: CommandKind.IMPORT_BEGIN,
  moveId: 7,
  oldestMoveId: 6,
  from: 1,
  ranges: [{ first: 0, count: 512 }],
};
const ABORT: SlotMoveCommand = { kind: CommandKind.ABORT_IMPORT, moveId: 7, from: 1 };
const DONE: CommandAnswer = { ok: true, runId: '', wseq: 0, existing: false };

export const moveScripts: readonly CallScript[] = [
  move('copying', ORDER, { phase: 'copying', isFinished: false, problem: '', pauseMs: 0 }),
  move(
    'finished, asked for its end',
    { ...ORDER, isAborting: true, knownPhase: 'aborting' },
    { phase: 'aborted', isFinished: true, problem: '', pauseMs: 12 },
  ),
  move('a problem', ORDER, { phase: 'frozen', isFinished: false, problem: 'cluster 2 has no leader', pauseMs: 0 }),
  move('not led here', ORDER, null),
  carry('begin', BEGIN, DONE),
  carry('abort, activated before', ABORT, IGNORED.moveActivated),
  carry('an older build', BEGIN, DONE, MOVES_LEVEL - 1),
  carry('not hosted', BEGIN, null),
];
