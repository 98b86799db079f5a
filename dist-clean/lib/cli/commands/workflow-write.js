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
 * `raftoral workflow signal`, `cancel`, `terminate` and `reset`: what is recorded in the history of a run.
 */
import { Option, SubCommand } from 'nest-commander';
import { parseJson } from '../parse.js';
import { visible } from '../text-table.js';
import { WriteCommand, runOf } from './run-command.js';
let WorkflowSignalCommand = class WorkflowSignalCommand extends WriteCommand {
    async run([workflowId, signal, text], flags) {
        const payload = text === undefined ? {} : { payload: parseJson(text, 'the payload') };
        const request = { ...runOf(workflowId, flags), signal: signal, ...payload };
        await this.write(flags, 'workflow.signal', request, `Recorded: signal ${visible(signal)} of workflow ${visible(workflowId)}`);
    }
};
WorkflowSignalCommand = __decorate([
    SubCommand({
        name: 'signal',
        arguments: '<workflow-id> <signal> [payload]',
        description: 'record a signal; answers once it is committed, not when it is handled',
        argsDescription: { payload: 'a JSON value' },
    })
], WorkflowSignalCommand);
export { WorkflowSignalCommand };
let WorkflowCancelCommand = class WorkflowCancelCommand extends WriteCommand {
    readReason(text) {
        return text;
    }
    async run([workflowId], flags) {
        const reason = flags.reason === undefined ? {} : { reason: flags.reason };
        await this.write(flags, 'workflow.cancel', { ...runOf(workflowId, flags), ...reason }, `Asked workflow ${visible(workflowId)} to end`);
    }
};
__decorate([
    Option({ flags: '--reason <text>', description: 'for the history' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], WorkflowCancelCommand.prototype, "readReason", null);
WorkflowCancelCommand = __decorate([
    SubCommand({ name: 'cancel', arguments: '<workflow-id>', description: 'ask a run to end: it may clean up first' })
], WorkflowCancelCommand);
export { WorkflowCancelCommand };
let WorkflowTerminateCommand = class WorkflowTerminateCommand extends WriteCommand {
    async run([workflowId], flags) {
        await this.write(flags, 'workflow.terminate', runOf(workflowId, flags), `Terminated: workflow ${visible(workflowId)}`);
    }
};
WorkflowTerminateCommand = __decorate([
    SubCommand({ name: 'terminate', arguments: '<workflow-id>', description: 'end a run at once: no more of its code runs' })
], WorkflowTerminateCommand);
export { WorkflowTerminateCommand };
let WorkflowResetCommand = class WorkflowResetCommand extends WriteCommand {
    async run([workflowId], flags) {
        await this.write(flags, 'workflow.reset', runOf(workflowId, flags), `Reset: workflow ${visible(workflowId)} goes on`);
    }
};
WorkflowResetCommand = __decorate([
    SubCommand({ name: 'reset', arguments: '<workflow-id>', description: 'let a blocked run go on, once its reason is gone' })
], WorkflowResetCommand);
export { WorkflowResetCommand };
//# sourceMappingURL=workflow-write.js.map