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
 * The workflow of the disk benches, the same work as that of the peers: sequential durable steps of about 200 bytes of JSON each.
 */
import { CheckpointCompute, Workflow, context } from '../../lib/index.js';
/** What a bench wants to see of the steps that run in this process. */
export const watch = { onBody: null, onStep: null, onCommitted: null };
const PAD = 'x'.repeat(180);
let Steps = class Steps {
    async run({ steps, wait, pauseMs = 0 }) {
        for (let i = 0; i < steps; i++) {
            const began = performance.now(); // seen by the bench alone: it reaches no operation
            await this.step(i, pauseMs);
            watch.onStep?.(performance.now() - began);
            watch.onCommitted?.(context().info.runId);
        }
        if (wait === true)
            await context().waitForSignal('go');
        return { ok: steps };
    }
    async step(i, pauseMs) {
        watch.onBody?.(i);
        if (pauseMs > 0)
            await new Promise((resolve) => setTimeout(resolve, pauseMs));
        return { i, pad: PAD };
    }
};
__decorate([
    CheckpointCompute('step'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Number, Number]),
    __metadata("design:returntype", Promise)
], Steps.prototype, "step", null);
Steps = __decorate([
    Workflow('bench_steps', 1)
], Steps);
export { Steps };
//# sourceMappingURL=workflows.js.map