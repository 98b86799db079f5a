var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/** The workflow that is tortured: side effects that leave a trace outside the disk, deterministic checkpoints, a durable timer, signals. */
import { appendFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Checkpoint, CheckpointCompute, Workflow, context, idempotencyKey } from '../../lib/index.js';
/** What the bodies did, on a disk that is not tested: one line an execution. */
let EffectsFile = class EffectsFile {
    path;
    constructor(path) {
        this.path = path;
    }
    append(...words) {
        appendFileSync(this.path, `${words.join(' ')}\n`);
    }
};
EffectsFile = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [String])
], EffectsFile);
export { EffectsFile };
let Steps = class Steps {
    effects;
    constructor(effects) {
        this.effects = effects;
    }
    async run({ steps, padBytes, sleepMs, signals }) {
        const values = [];
        const notes = [];
        const received = [];
        for (let step = 0; step < steps; step++) {
            values.push(await this.work(context().info.runId, step, padBytes));
            if (step % 3 === 0)
                notes.push(await this.note(`${step} of ${steps}`));
        }
        if (sleepMs > 0)
            await context().sleep(sleepMs);
        while (received.length < signals)
            received.push(await context().waitForSignal('poke'));
        return { values, notes, received };
    }
    /** Every execution gives another value: a history that holds one of them twice, or one that nobody made, gives itself away. */
    async work(runId, step, padBytes) {
        const value = randomUUID();
        this.effects.append(runId, 'work', String(step), value, idempotencyKey());
        return value + '.'.repeat(padBytes);
    }
    async note(text) {
        return text;
    }
};
__decorate([
    CheckpointCompute('work', { timeout: '20s', retry: { maxAttempts: 3, initialDelay: '10ms' } }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, Number, Number]),
    __metadata("design:returntype", Promise)
], Steps.prototype, "work", null);
__decorate([
    Checkpoint('note'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Promise)
], Steps.prototype, "note", null);
Steps = __decorate([
    Workflow('fault_steps', 1),
    __metadata("design:paramtypes", [EffectsFile])
], Steps);
export { Steps };
//# sourceMappingURL=workflows.js.map