var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/**
 * Child process of the test of R6: workflow code that leaves rejections behind, and after it a rejection that is nobody's.
 * Prints one JSON line; the argument `foreign` adds the foreign rejection, which has to end the process as it always would.
 */
import { Checkpoint, CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { context } from '../../lib/workflow/context.js';
import { definitionOf } from './definition.js';
import { LocalCluster } from './local-cluster.js';
let Careless = class Careless {
    async run() {
        const late = this.fail('late');
        void this.wrapped();
        await this.mark();
        await context().sleep(10);
        return late.then(() => 'no failure', (error) => error.message);
    }
    async wrapped() {
        await this.fail('never handled');
    }
    async fail(why) {
        throw new Error(why);
    }
    async mark() {
        return 1;
    }
};
__decorate([
    CheckpointCompute('fail'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Promise)
], Careless.prototype, "fail", null);
__decorate([
    Checkpoint('mark'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Promise)
], Careless.prototype, "mark", null);
Careless = __decorate([
    Workflow('careless', 1)
], Careless);
const cluster = await LocalCluster.start(3, { workflows: [definitionOf(Careless)] });
await cluster.node(1).service.start('careless', undefined, { workflowId: 'w' });
await cluster.settle();
await cluster.advance(20);
const view = cluster.node(1).state.current('w');
const reports = [...cluster.nodes.values()].map((node) => node.reports.map(({ type, run, text }) => ({ type, workflowId: run?.workflowId, text })));
process.stdout.write(`${JSON.stringify({ outcome: view.outcome, result: Buffer.from(view.result).toString(), reports })}\n`);
if (process.argv[2] === 'foreign') {
    void Promise.reject(new Error('nobody handles this one'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.stdout.write('still here\n');
}
cluster.stop();
//# sourceMappingURL=careless-workflow.js.map