/**
 * What a replica is given, step by step, as bytes: entries of a log, and snapshots. And a machine under test that writes it down.
 */
import { stampLogTime } from '../../../lib/state-machine/index.js';
import type { ConfState } from '../../../lib/raft/types.js';
import { encodeCommand } from '../../../lib/workflow/command-codec.js';
import { CODEC_LEVEL_MAX, type WorkflowCommand } from '../../../lib/workflow/command.js';
import type { CommandAnswer } from '../../../lib/workflow/state.js';
import { MachineUnderTest } from '../../support/workflow-machine.js';
import { bytesOf, hexOf } from '../plain.js';

/** In the order of the log; the index of a step is its place, from 1. */
export type Step =
  | { readonly type: 'membership'; readonly membership: ConfState }
  | { readonly type: 'command'; readonly frame: string }
  /** A snapshot takes the place of everything. */
  | { readonly type: 'restore'; readonly snapshot: string };

const NOT_ANSWERED: CommandAnswer = { ok: false, ignored: true, reason: 'the replica halted' };

export class Recorder extends MachineUnderTest {
  /** Not a field of its own: the constructor above records already. */
  declare private recorded: Step[] | undefined;

  get steps(): Step[] {
    return (this.recorded ??= []);
  }

  override apply(command: WorkflowCommand): CommandAnswer {
    const frame = encodeCommand(command, CODEC_LEVEL_MAX);
    stampLogTime(frame, this.nowMs);
    this.steps.push({ type: 'command', frame: hexOf(frame) });
    return this.machine.apply(++this.index, 1, frame);
  }

  override membership(membership: ConfState): void {
    this.steps.push({ type: 'membership', membership });
    super.membership(membership);
  }

  /** A frame as it stands, on which the replica halts: nothing follows it. */
  halts(frame: Uint8Array): void {
    this.steps.push({ type: 'command', frame: hexOf(frame) });
  }

  /** The same of a command. */
  haltsOn(command: WorkflowCommand): CommandAnswer {
    const frame = encodeCommand(command, CODEC_LEVEL_MAX);
    stampLogTime(frame, this.nowMs);
    this.halts(frame);
    return NOT_ANSWERED;
  }

  restore(snapshot: string): void {
    this.steps.push({ type: 'restore', snapshot });
    this.machine.restore(++this.index, bytesOf(snapshot));
  }
}
