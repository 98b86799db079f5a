/**
 * Command frames of the log of an execution cluster, version 1: one of every kind, and of every choice that a field has.
 */
import { isRaftoralError } from '../../../lib/errors/index.js';
import { readLogTimeStamp, stampLogTime } from '../../../lib/state-machine/index.js';
import { decodeCommand, encodeCommand } from '../../../lib/workflow/command-codec.js';
import { CODEC_LEVEL_MAX, CommandKind, type WorkflowCommand } from '../../../lib/workflow/command.js';
import { DECLINE_REASONS, FINISH_OUTCOMES, ON_PARENT_CLOSE, OWNER_POLICIES } from '../../../lib/workflow/record-codec.js';
import { SAMPLE_COMMANDS } from '../../support/workflow-samples.js';
import { codecFamily, type Sample } from '../family.js';
import { nameOf, type PlainObject } from '../plain.js';

const STAMP_MS = 1_700_000_000_123.25;

function frameOf(command: WorkflowCommand): Uint8Array {
  const frame = encodeCommand(command, CODEC_LEVEL_MAX);
  stampLogTime(frame, STAMP_MS);
  return frame;
}

/** Commands of this kind with each of the choices. */
function variants(): ReadonlyArray<readonly [string, WorkflowCommand]> {
  return SAMPLE_COMMANDS.flatMap<readonly [string, WorkflowCommand]>(([name, command]) => {
    const each = <T extends string>(choices: readonly T[], make: (choice: T) => WorkflowCommand) =>
      choices.map((choice) => [`${name} ${choice}`, make(choice)] as readonly [string, WorkflowCommand]);
    switch (command.kind) {
      case CommandKind.START:
        return each(OWNER_POLICIES, (ownerPolicy) => ({ ...command, ownerPolicy }));
      case CommandKind.START_CHILD:
        return each(ON_PARENT_CLOSE, (onClose) => ({ ...command, parent: { ...command.parent, onClose } }));
      case CommandKind.DECLINE:
        return each(DECLINE_REASONS, (reason) => ({ ...command, reason }));
      case CommandKind.FINISH:
        return each(FINISH_OUTCOMES, (outcome) => ({ ...command, outcome }));
      default:
        return [[name, command]];
    }
  });
}

function labels(value: PlainObject): string[] {
  const command = value['command'] as PlainObject;
  const found = [nameOf(CommandKind, command['kind'])];
  if ('ownerPolicy' in command) found.push(`owner policy ${String(command['ownerPolicy'])}`);
  if (command['kind'] === CommandKind.START_CHILD) found.push(`on close ${String((command['parent'] as PlainObject)['onClose'])}`);
  if (command['kind'] === CommandKind.DECLINE) found.push(`decline ${String(command['reason'])}`);
  if (command['kind'] === CommandKind.FINISH) found.push(`outcome ${String(command['outcome'])}`);
  return found;
}

/** A build of before the command's level refuses to make it. */
function samples(): Sample[] {
  return variants().flatMap(([name, command]) => {
    try {
      return [{ name, bytes: frameOf(command) }];
    } catch (error) {
      if (!isRaftoralError(error, 'MEMBERSHIP_REFUSED')) throw error;
      return [];
    }
  });
}

export const family = codecFamily({
  name: 'commands',
  remedy:
    'Frames of released commands stand in logs and are applied again at every start: keep the decoder as it was, and make what is new a new kind, or a new frame version (lib/workflow/command-codec.ts, B1).',
  samples,
  decode: (bytes) => ({ stampMs: readLogTimeStamp(bytes), command: decodeCommand(bytes) }),
  encode: (bytes) => {
    const again = encodeCommand(decodeCommand(bytes), CODEC_LEVEL_MAX);
    stampLogTime(again, readLogTimeStamp(bytes));
    return again;
  },
  labels,
  needed: () => [
    ...Object.keys(CommandKind),
    ...OWNER_POLICIES.map((choice) => `owner policy ${choice}`),
    ...DECLINE_REASONS.map((choice) => `decline ${choice}`),
    ...FINISH_OUTCOMES.map((choice) => `outcome ${choice}`),
    ...ON_PARENT_CLOSE.map((choice) => `on close ${choice}`),
  ],
});
