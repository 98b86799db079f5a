import { describe, expect, it } from '@jest/globals';
import { TopologyKind, type MovePhase } from './command.js';
import { recordOf } from './move-runner.js';

const NAMES = { [TopologyKind.ADVANCE_MOVE]: 'advance', [TopologyKind.ABORT_MOVE]: 'abort', [TopologyKind.FINISH_MOVE]: 'finish' } as const;

function recorded(known: MovePhase, phase: MovePhase, isFinished: boolean): string[] {
  return recordOf(7, known, { phase, isFinished }).map((command) => {
    const name = NAMES[command.kind as keyof typeof NAMES];
    return command.kind === TopologyKind.ADVANCE_MOVE ? `${name} ${command.phase}` : name;
  });
}

describe('what is recorded of a move', () => {
  it.each([
    ['copying', 'copying', false, []],
    ['copying', 'frozen', false, ['advance frozen']],
    ['copying', 'activated', true, ['advance frozen', 'advance imported', 'advance activated', 'finish']],
    ['imported', 'activated', false, ['advance activated']],
    ['activated', 'activated', true, ['finish']],
    ['activated', 'copying', false, []],
    ['imported', 'frozen', false, []],
    ['frozen', 'aborted', true, ['abort', 'advance aborted', 'finish']],
    ['aborting', 'aborted', true, ['advance aborted', 'finish']],
    ['aborting', 'frozen', false, []],
    ['aborting', 'activated', true, ['advance activated', 'finish']],
    ['aborted', 'aborted', true, ['finish']],
  ] as ReadonlyArray<[MovePhase, MovePhase, boolean, string[]]>)(
    'known %s, reported %s (finished: %s): %j',
    (known, phase, isFinished, commands) => {
      expect(recorded(known, phase, isFinished)).toEqual(commands);
    },
  );
});
