import { expect, it } from '@jest/globals';
import { Scope, SetMetadata } from '@nestjs/common';
import { Checkpoint, CheckpointCompute } from './decorators/checkpoint.decorator.js';
import { WorkflowQuery } from './decorators/workflow-query.decorator.js';
import { WorkflowSignal } from './decorators/workflow-signal.decorator.js';
import { Workflow } from './decorators/workflow.decorator.js';
import { isWorkflowClass, readWorkflowClass } from './raftoral.metadata-accessor.js';

class Base {
  async run(_input: unknown): Promise<unknown> {
    return this.step();
  }
  @Checkpoint('step')
  protected async step(): Promise<number> {
    return 1;
  }
  @WorkflowQuery('state')
  current(): number {
    return 1;
  }
}

it('reads name, version, queries, signals and whether an input is taken, base classes included', () => {
  @Workflow('good', 3, { owner: 'spread' })
  class Good extends Base {
    @WorkflowSignal()
    poke(_payload: unknown): void {}
  }
  const { definition, problems } = readWorkflowClass(Good);
  expect(problems).toEqual([]);
  expect(definition).toMatchObject({ name: 'good', version: 3, target: Good, options: { owner: 'spread' }, takesInput: true });
  expect([...definition!.queries]).toEqual([['state', 'current']]);
  expect([...definition!.signals]).toEqual([['poke', 'poke']]);
  expect(isWorkflowClass(Base)).toBe(false);
  expect(Reflect.getMetadata('scope:options', Good)).toMatchObject({ scope: Scope.TRANSIENT });
});

function problemsOf(target: new () => object, name: unknown = 'bad', version: unknown = 1): readonly string[] {
  Workflow(name as string, version as number)(target as never);
  return readWorkflowClass(target).problems;
}

it('a class without run() is refused', () => {
  class NoRun {}
  expect(problemsOf(NoRun)).toEqual([expect.stringContaining('NoRun has no method run()')]);
});

it.each([[0], [1.5], ['1'], [Number.NaN]])('version %j is refused', (version) => {
  class Versioned extends Base {}
  expect(problemsOf(Versioned, 'x', version)).toEqual([expect.stringContaining('whole number ≥ 1')]);
});

it('two methods with one key are refused, and a key that begins with $', () => {
  class TwoKeys extends Base {
    @CheckpointCompute('step')
    async other(): Promise<void> {}
    @Checkpoint('$sleep')
    async engine(): Promise<void> {}
  }
  expect(problemsOf(TwoKeys)).toEqual([
    expect.stringContaining("does not begin with '$'"),
    expect.stringContaining("other() and step() have the same checkpoint key 'step'"),
  ]);
});

it('an override that lost its decorator is refused; one that repeats it is not', () => {
  class Lost extends Base {
    protected override async step(): Promise<number> {
      return 2;
    }
  }
  class Kept extends Base {
    @Checkpoint('step')
    protected override async step(): Promise<number> {
      return 2;
    }
  }
  expect(problemsOf(Lost)).toEqual([expect.stringContaining('Lost.step overrides a method that is decorated with @Checkpoint')]);
  expect(problemsOf(Kept)).toEqual([]);
});

it('wrong compute options are told with the class and method, all problems at once', () => {
  class Many {
    @CheckpointCompute('a', { timeout: 'soon' })
    async first(): Promise<void> {}
    @CheckpointCompute('a', { retry: { maxAttempts: 0 } })
    async second(): Promise<void> {}
  }
  const problems = problemsOf(Many, '', -1);
  expect(problems).toHaveLength(6);
  expect(problems.join('\n')).toMatch(/Many\.first: timeout of compute 'a' \(first\) is "soon"/);
});

it('the replaced method keeps name, length and metadata of the original', () => {
  const key = 'other:metadata';
  class Meta {
    @Checkpoint()
    @SetMetadata(key, 'kept')
    async step(_a: number, _b: number): Promise<void> {}
  }
  const step = Meta.prototype.step;
  expect([step.name, step.length, Reflect.getMetadata(key, step)]).toEqual(['step', 2, 'kept']);
});

it('an owner policy that does not exist is refused', () => {
  class Owned extends Base {}
  Workflow('owned', 1, { owner: 'nobody' as never })(Owned as never);
  expect(readWorkflowClass(Owned).problems).toEqual([expect.stringContaining("give 'starter', 'leader' or 'spread'")]);
});
