var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { expect, it } from '@jest/globals';
import { Scope, SetMetadata } from '@nestjs/common';
import { Checkpoint, CheckpointCompute } from './decorators/checkpoint.decorator.js';
import { WorkflowQuery } from './decorators/workflow-query.decorator.js';
import { WorkflowSignal } from './decorators/workflow-signal.decorator.js';
import { Workflow } from './decorators/workflow.decorator.js';
import { isWorkflowClass, readWorkflowClass } from './raftoral.metadata-accessor.js';
class Base {
    async run(_input) {
        return this.step();
    }
    async step() {
        return 1;
    }
    current() {
        return 1;
    }
}
__decorate([
    Checkpoint('step'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Promise)
], Base.prototype, "step", null);
__decorate([
    WorkflowQuery('state'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Number)
], Base.prototype, "current", null);
it('reads name, version, queries, signals and whether an input is taken, base classes included', () => {
    let Good = class Good extends Base {
        poke(_payload) { }
    };
    __decorate([
        WorkflowSignal(),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", [Object]),
        __metadata("design:returntype", void 0)
    ], Good.prototype, "poke", null);
    Good = __decorate([
        Workflow('good', 3, { owner: 'spread' })
    ], Good);
    const { definition, problems } = readWorkflowClass(Good);
    expect(problems).toEqual([]);
    expect(definition).toMatchObject({ name: 'good', version: 3, target: Good, options: { owner: 'spread' }, takesInput: true });
    expect([...definition.queries]).toEqual([['state', 'current']]);
    expect([...definition.signals]).toEqual([['poke', 'poke']]);
    expect(isWorkflowClass(Base)).toBe(false);
    expect(Reflect.getMetadata('scope:options', Good)).toMatchObject({ scope: Scope.TRANSIENT });
});
function problemsOf(target, name = 'bad', version = 1) {
    Workflow(name, version)(target);
    return readWorkflowClass(target).problems;
}
it('a class without run() is refused', () => {
    class NoRun {
    }
    expect(problemsOf(NoRun)).toEqual([expect.stringContaining('NoRun has no method run()')]);
});
it.each([[0], [1.5], ['1'], [Number.NaN]])('version %j is refused', (version) => {
    class Versioned extends Base {
    }
    expect(problemsOf(Versioned, 'x', version)).toEqual([expect.stringContaining('whole number ≥ 1')]);
});
it('two methods with one key are refused, and a key that begins with $', () => {
    class TwoKeys extends Base {
        async other() { }
        async engine() { }
    }
    __decorate([
        CheckpointCompute('step'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], TwoKeys.prototype, "other", null);
    __decorate([
        Checkpoint('$sleep'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], TwoKeys.prototype, "engine", null);
    expect(problemsOf(TwoKeys)).toEqual([
        expect.stringContaining("does not begin with '$'"),
        expect.stringContaining("other() and step() have the same checkpoint key 'step'"),
    ]);
});
it('an override that lost its decorator is refused; one that repeats it is not', () => {
    class Lost extends Base {
        async step() {
            return 2;
        }
    }
    class Kept extends Base {
        async step() {
            return 2;
        }
    }
    __decorate([
        Checkpoint('step'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Kept.prototype, "step", null);
    expect(problemsOf(Lost)).toEqual([expect.stringContaining('Lost.step overrides a method that is decorated with @Checkpoint')]);
    expect(problemsOf(Kept)).toEqual([]);
});
it('wrong compute options are told with the class and method, all problems at once', () => {
    class Many {
        async first() { }
        async second() { }
    }
    __decorate([
        CheckpointCompute('a', { timeout: 'soon' }),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Many.prototype, "first", null);
    __decorate([
        CheckpointCompute('a', { retry: { maxAttempts: 0 } }),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Many.prototype, "second", null);
    const problems = problemsOf(Many, '', -1);
    expect(problems).toHaveLength(6);
    expect(problems.join('\n')).toMatch(/Many\.first: timeout of compute 'a' \(first\) is "soon"/);
});
it('the replaced method keeps name, length and metadata of the original', () => {
    const key = 'other:metadata';
    class Meta {
        async step(_a, _b) { }
    }
    __decorate([
        Checkpoint(),
        SetMetadata(key, 'kept'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", [Number, Number]),
        __metadata("design:returntype", Promise)
    ], Meta.prototype, "step", null);
    const step = Meta.prototype.step;
    expect([step.name, step.length, Reflect.getMetadata(key, step)]).toEqual(['step', 2, 'kept']);
});
it('an owner policy that does not exist is refused', () => {
    class Owned extends Base {
    }
    Workflow('owned', 1, { owner: 'nobody' })(Owned);
    expect(readWorkflowClass(Owned).problems).toEqual([expect.stringContaining("give 'starter', 'leader' or 'spread'")]);
});
//# sourceMappingURL=raftoral.metadata-accessor.spec.js.map