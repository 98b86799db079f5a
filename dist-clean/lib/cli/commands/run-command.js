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
 * Commands about one run, or a request that is written: their flags.
 */
import { randomUUID } from 'node:crypto';
import { Option } from 'nest-commander';
import { ClientCommand } from '../client-command.js';
export class RunCommand extends ClientCommand {
    readRunId(text) {
        return text;
    }
}
__decorate([
    Option({ flags: '--run-id <id>', description: 'this run of the workflow id; default the current one' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], RunCommand.prototype, "readRunId", null);
export class ReadCommand extends RunCommand {
    readLocal() {
        return true;
    }
}
__decorate([
    Option({ flags: '--local', description: 'what the node itself has applied: answers without a leader, and may be behind' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Boolean)
], ReadCommand.prototype, "readLocal", null);
export class WriteCommand extends RunCommand {
    readRequestId(text) {
        return text;
    }
    /** Sends, and says in one line that it is done. */
    async write(flags, method, request, done) {
        await this.show(flags, method, { ...request, requestId: requestIdOf(flags) }, () => done, true);
    }
}
__decorate([
    Option({ flags: '--request-id <id>', description: 'of an earlier attempt whose outcome is unknown: nothing is done twice' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], WriteCommand.prototype, "readRequestId", null);
export function runOf(workflowId, flags) {
    return { workflowId, ...(flags.runId === undefined ? {} : { runId: flags.runId }) };
}
export function readOf(workflowId, flags) {
    return { ...runOf(workflowId, flags), ...consistencyOf(flags) };
}
export function consistencyOf({ local }) {
    return local === true ? { consistency: 'local' } : {};
}
/** Minted before anything is sent, so that every error can name it. */
export function requestIdOf({ requestId }) {
    return requestId ?? randomUUID();
}
//# sourceMappingURL=run-command.js.map