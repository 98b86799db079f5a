var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/** What a compute body may throw and see, imported as a user does. */
import { expect, it } from '@jest/globals';
import { CheckpointCompute, NonRetryableError, WorkAborted, Workflow, WorkflowClient, context } from '../../lib/index.js';
import { RaftoralTestingModule } from '../../lib/testing/index.js';
let attempts = 0;
let reason;
let Charge = class Charge {
    async run() {
        return this.charge().catch((error) => error.message);
    }
    async charge() {
        attempts++;
        throw new NonRetryableError('card declined');
    }
};
__decorate([
    CheckpointCompute('charge', { retry: { maxAttempts: 5 } }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Promise)
], Charge.prototype, "charge", null);
Charge = __decorate([
    Workflow('charge', 1)
], Charge);
let Slow = class Slow {
    async run() {
        await this.wait();
    }
    async wait() {
        const signal = context().abortSignal;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        reason = signal.reason;
    }
};
__decorate([
    CheckpointCompute('wait', { timeout: '1s' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Promise)
], Slow.prototype, "wait", null);
Slow = __decorate([
    Workflow('slow', 1)
], Slow);
it('a NonRetryableError ends the attempts, and a signal says by WorkAborted why it fired', async () => {
    const cluster = await RaftoralTestingModule.forTest({ nodes: 3, providers: [Charge, Slow] });
    try {
        const client = cluster.node(1).get(WorkflowClient);
        expect(await cluster.settle(client.execute(Charge, undefined))).toContain('card declined');
        expect(attempts).toBe(1);
        await expect(cluster.settle(client.execute(Slow, undefined))).rejects.toMatchObject({ code: 'WORKFLOW_FAILED' });
        expect(reason).toBeInstanceOf(WorkAborted);
    }
    finally {
        await cluster.close();
    }
});
//# sourceMappingURL=retry.spec.js.map