/** What the leader does for children whose parents' clusters answer, or do not (docs/adr/0065): over the real state of a group, with a clock that stands still. */
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/manual-clock.js';
import { MachineUnderTest } from '../../test/support/workflow-machine.js';
import { RaftoralError } from '../errors/index.js';
import { ChildrenService } from './children-service.js';
import { CommandKind, type WorkflowCommand } from './command.js';
import type { OperationStanding, ServiceOf } from './service.js';

/** A group with one open child and one that is held; what became of their parent is `answer`. */
function leading(answer: { of: () => OperationStanding }): {
  readonly asked: string[];
  readonly submitted: WorkflowCommand[];
  review(): Promise<void>;
} {
  const m = new MachineUnderTest();
  m.raise();
  m.startChild('open');
  m.startChild('held');
  m.finish('run-held');
  const clock = new ManualClock(m.nowMs);
  const asked: string[] = [];
  const submitted: WorkflowCommand[] = [];
  const operationStanding = async (): Promise<OperationStanding> => answer.of();
  const serviceOf = ((workflowId: string): Partial<ReturnType<ServiceOf>> => {
    asked.push(workflowId);
    return { operationStanding };
  }) as ServiceOf;
  const service = new ChildrenService({ state: m.machine, clock, serviceOf, submit: (command) => void submitted.push(command) });
  service.leadership(true);
  const review = async (): Promise<void> => {
    clock.step(clock.now() + 1_000);
    for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
  };
  return { asked, submitted, review };
}

describe('children whose parent is asked about', () => {
  it('D2: no answer is no answer: nothing is cancelled or released, and it is asked again', async () => {
    const answer = {
      of: (): OperationStanding => {
        throw new RaftoralError('NO_LEADER', 'its cluster has no majority');
      },
    };
    const { asked, submitted, review } = leading(answer);
    for (let reviews = 0; reviews < 3; reviews++) await review();
    expect([asked.length, submitted]).toEqual([6, []]);
    answer.of = () => 'open';
    await review();
    expect([asked.length, submitted]).toEqual([8, []]);
    answer.of = () => 'settled';
    await review();
    expect(submitted).toMatchObject([
      { kind: CommandKind.ACKNOWLEDGE_CHILD, runIds: ['run-held'] },
      { kind: CommandKind.CANCEL, workflowId: 'open', runId: 'run-open' },
    ]);
  });
});
