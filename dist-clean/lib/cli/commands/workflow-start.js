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
 * `raftoral workflow start` and `workflow wait`.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option, SubCommand } from 'nest-commander';
import { RaftoralError, isRaftoralError } from '../../errors/index.js';
import { parseInteger, parseJson } from '../parse.js';
import { waitForRun } from '../run-waiter.js';
import { visible } from '../text-table.js';
import { UsageError } from '../usage-error.js';
import { RunCommand, requestIdOf, runOf } from './run-command.js';
import { ClientCommand } from '../client-command.js';
let WorkflowStartCommand = class WorkflowStartCommand extends ClientCommand {
    readId(text) {
        return text;
    }
    readWorkflowVersion(text) {
        return parseInteger(text, '--workflow-version');
    }
    readInputFile(text) {
        return text;
    }
    readAttach() {
        return true;
    }
    readWait() {
        return true;
    }
    readRequestId(text) {
        return text;
    }
    async run([name, inputText], flags) {
        const input = await this.readInput(inputText, flags.inputFile);
        const request = {
            name: name,
            requestId: requestIdOf(flags),
            ...(input === undefined ? {} : { input }),
            ...(flags.id === undefined ? {} : { workflowId: flags.id }),
            ...(flags.workflowVersion === undefined ? {} : { version: flags.workflowVersion }),
            ...(flags.attach === true ? { onExisting: 'attach' } : {}),
        };
        await this.connected(flags, async (client) => {
            const beganMs = this.environment.now();
            const started = (await this.ask(client, flags, 'workflow.start', request, true));
            const { workflowId, runId, existing } = started;
            if (flags.wait !== true) {
                if (flags.json === true)
                    return this.printJson(started);
                return this.print(`${existing ? 'Was there' : 'Started'}: workflow id ${visible(workflowId)}, run ${runId}`);
            }
            const progress = this.progress(flags);
            progress.say(`started: workflow id ${workflowId}, run ${runId}`);
            const timeoutMs = flags.timeout === undefined ? undefined : Math.max(1, Math.floor(flags.timeout - (this.environment.now() - beganMs)));
            try {
                const { result = null } = await waitForRun({
                    environment: this.environment,
                    client,
                    run: { workflowId, runId },
                    timeoutMs,
                    progress,
                });
                this.printJson(flags.json === true ? { ...started, result } : result);
            }
            catch (error) {
                if (!isRaftoralError(error) || error.requestId !== undefined)
                    throw error;
                throw new RaftoralError(error.code, error.message, {
                    cause: error.cause,
                    requestId: started.requestId,
                    details: { workflowId, runId, ...error.details },
                });
            }
        });
    }
    async readInput(text, file) {
        if (text !== undefined && file !== undefined)
            throw new UsageError('the input: give it as an argument or with --input-file, not both.');
        if (text !== undefined)
            return parseJson(text, 'the input');
        if (file === undefined)
            return undefined;
        if (file === '-')
            return parseJson(await this.environment.readInput(), 'the input');
        return parseJson(await readFileNamed(resolve(this.environment.folder, file), '--input-file'), 'the input');
    }
};
__decorate([
    Option({ flags: '--id <workflow-id>', description: 'default: one is minted' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], WorkflowStartCommand.prototype, "readId", null);
__decorate([
    Option({ flags: '--workflow-version <number>', description: 'default: the highest that every voter has' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Number)
], WorkflowStartCommand.prototype, "readWorkflowVersion", null);
__decorate([
    Option({ flags: '--input-file <file>', description: 'file with the input as JSON; - reads standard input' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], WorkflowStartCommand.prototype, "readInputFile", null);
__decorate([
    Option({ flags: '--attach', description: 'a run of the same id, name and input that is there is no error' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Boolean)
], WorkflowStartCommand.prototype, "readAttach", null);
__decorate([
    Option({ flags: '--wait', description: 'wait for the result, and print it (--timeout is then of the whole; default no end)' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Boolean)
], WorkflowStartCommand.prototype, "readWait", null);
__decorate([
    Option({ flags: '--request-id <id>', description: 'of an earlier attempt whose outcome is unknown: nothing is done twice' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], WorkflowStartCommand.prototype, "readRequestId", null);
WorkflowStartCommand = __decorate([
    SubCommand({
        name: 'start',
        arguments: '<name> [input]',
        description: 'start a workflow; answers once the start is committed',
        argsDescription: { name: 'name of the workflow', input: `its input as JSON: '{"item":"lamp"}'` },
    })
], WorkflowStartCommand);
export { WorkflowStartCommand };
async function readFileNamed(path, flag) {
    try {
        return await readFile(path, 'utf8');
    }
    catch (error) {
        throw new UsageError(`${flag}: ${error.message}`);
    }
}
let WorkflowWaitCommand = class WorkflowWaitCommand extends RunCommand {
    async run([workflowId], flags) {
        const { environment } = this;
        const answer = await this.connected(flags, (client) => waitForRun({ environment, client, run: runOf(workflowId, flags), timeoutMs: flags.timeout, progress: this.progress(flags) }));
        this.printJson(flags.json === true ? answer : (answer['result'] ?? null));
    }
};
WorkflowWaitCommand = __decorate([
    SubCommand({
        name: 'wait',
        arguments: '<workflow-id>',
        description: 'wait until a run has ended, and print its result; exit code 5 if it did not complete',
    })
], WorkflowWaitCommand);
export { WorkflowWaitCommand };
//# sourceMappingURL=workflow-start.js.map