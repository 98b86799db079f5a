/** That the oracle of profile `topology` can fail. */
import { describe, expect, it } from '@jest/globals';
import { stampLogTime, type StateMachine } from '../../../lib/state-machine/index.js';
import { encodeCommand } from '../../../lib/workflow/command-codec.js';
import { CODEC_LEVEL_MAX, CommandKind, type WorkflowCommand } from '../../../lib/workflow/command.js';
import { WorkflowStateMachine } from '../../../lib/workflow/state-machine.js';
import { conf, fateOf } from '../../support/workflow-machine.js';
import { Journal } from '../journal.js';
import { TopologyOracle } from './oracle.js';
import { runTopologySeed } from './run-topology-seed.js';

/** One replica of a group of one node, at the level of moves. */
class Group {
  private index = 1;
  private readonly observed: StateMachine<unknown>;

  constructor(oracle: TopologyOracle, groupId: number) {
    this.observed = oracle.observe<unknown>(groupId, 1, new WorkflowStateMachine({ groupId }));
    this.observed.applyMembership(++this.index, conf([1]));
    const hello = { node: 1, incarnation: 1, workflows: [], codecLevelMax: CODEC_LEVEL_MAX, buildId: 'b', draining: false };
    this.apply({ kind: CommandKind.MEMBER_HELLO, ...hello });
    this.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: CODEC_LEVEL_MAX });
  }

  apply(command: WorkflowCommand): string {
    const frame = encodeCommand(command, CODEC_LEVEL_MAX);
    stampLogTime(frame, 1_000_000);
    return fateOf(this.observed.apply(++this.index, 1, frame) as Parameters<typeof fateOf>[0]);
  }
}

const moveId = 1;
const ranges = [{ first: 0, count: 2 }];
const STEPS = {
  freeze: { kind: CommandKind.FREEZE_SLOTS, moveId, to: 2, ranges, oldestMoveId: 1 },
  unfreeze: { kind: CommandKind.UNFREEZE_SLOTS, moveId },
  drop: { kind: CommandKind.DROP_SLOTS, moveId },
  begin: { kind: CommandKind.IMPORT_BEGIN, moveId, from: 1, ranges, oldestMoveId: 1 },
  activate: { kind: CommandKind.ACTIVATE_IMPORT, moveId, logTimeMs: 0, slotEpoch: 1, openRuns: 0 },
} as const;

/** Source and target of a move, which does these steps: each is carried out. */
function moved(...steps: ReadonlyArray<keyof typeof STEPS>): TopologyOracle {
  const oracle = new TopologyOracle(new Journal(() => 0, 0));
  const groups = [new Group(oracle, 1), new Group(oracle, 2)];
  for (const step of steps)
    expect([step, groups[step === 'begin' || step === 'activate' ? 1 : 0]!.apply(STEPS[step])]).toEqual([step, 'ok']);
  return oracle;
}

const byTopology = (slot: number): number => (slot < 2 ? 2 : 1);

describe('who owns a slot, by the logs', () => {
  it('is content with a move in its order, also where steps are said twice', () => {
    const oracle = moved('begin', 'freeze', 'freeze', 'activate', 'activate', 'drop', 'drop');
    oracle.verifySlots(byTopology);
    expect(() => oracle.check()).not.toThrow();
  });

  it('notices a target that owns what the source has not frozen', () => {
    expect(() => moved('begin', 'activate').check()).toThrow(/P5: slot 0 is owned by groups 1 and 2/);
  });

  it('notices a source that takes back what the target has activated', () => {
    expect(() => moved('begin', 'freeze', 'activate', 'unfreeze').check()).toThrow(/P5: slot 0 is owned by groups 2 and 1/);
  });

  it('notices slots that nobody owns in the end, and a topology that says otherwise', () => {
    const frozen = moved('begin', 'freeze');
    frozen.verifySlots(byTopology);
    expect(() => frozen.check()).toThrow(/R40: slot 0 is owned by cluster 2 in the topology, and by group none by their logs/);
    const unmoved = moved();
    unmoved.verifySlots(byTopology);
    expect(() => unmoved.check()).toThrow(/R40: slot 0 is owned by cluster 2 in the topology, and by group 1 by their logs/);
  });
});

describe('seeds of profile topology', () => {
  it('a source that goes on with what it has frozen is noticed', async () => {
    const sabotage = (machine: WorkflowStateMachine): void => {
      const apply = machine.apply.bind(machine);
      machine.apply = (index, term, frame) => {
        const answer = apply(index, term, frame);
        const { slots } = (machine as unknown as { state: { slots: { states: Uint8Array } } }).state;
        for (let slot = 0; slot < slots.states.length; slot++) if (slots.states[slot] === 2) slots.states[slot] = 1;
        return answer;
      };
    };
    let failure: string | null = null;
    for (let seed = 2; seed <= 4 && failure === null; seed++) ({ failure } = await runTopologySeed({ seed, sabotage }));
    expect(failure).toMatch(/^(states equal|P\d|R\d+|history|state hash)/);
  }, 300_000);
});
