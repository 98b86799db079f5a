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
 * `raftoral workflow describe`, `explain`, `list`, `history`, `query` and `watch`: what changes nothing.
 */
import { Option, SubCommand } from 'nest-commander';
import { ClientCommand } from '../client-command.js';
import { Interrupted } from '../interrupted.js';
import { parseInstant, parseInteger, parseJson, parseList } from '../parse.js';
import { parseHistoryLines, renderDescription, renderExplanation, renderHistory, renderList, renderStreamItem } from '../render-run.js';
import { ReadCommand, RunCommand, consistencyOf, readOf, runOf } from './run-command.js';
const PAGE_SIZE_MAX = 1_000;
let WorkflowDescribeCommand = class WorkflowDescribeCommand extends ReadCommand {
    async run([workflowId], flags) {
        await this.show(flags, 'workflow.describe', readOf(workflowId, flags), renderDescription, true);
    }
};
WorkflowDescribeCommand = __decorate([
    SubCommand({ name: 'describe', arguments: '<workflow-id>', description: 'status, owner and times of a run' })
], WorkflowDescribeCommand);
export { WorkflowDescribeCommand };
let WorkflowExplainCommand = class WorkflowExplainCommand extends ReadCommand {
    async run([workflowId], flags) {
        await this.show(flags, 'workflow.explain', readOf(workflowId, flags), renderExplanation, true);
    }
};
WorkflowExplainCommand = __decorate([
    SubCommand({ name: 'explain', arguments: '<workflow-id>', description: 'why a run does not move: in one sentence, then in detail' })
], WorkflowExplainCommand);
export { WorkflowExplainCommand };
let WorkflowListCommand = class WorkflowListCommand extends ClientCommand {
    readName(text) {
        return text;
    }
    readWorkflowVersion(text) {
        return parseInteger(text, '--workflow-version');
    }
    readStatus(text, previous) {
        return parseList(text, '--status', previous);
    }
    readStartedAfter(text) {
        return parseInstant(text, '--started-after', this.environment.now());
    }
    readStartedBefore(text) {
        return parseInstant(text, '--started-before', this.environment.now());
    }
    readLimit(text) {
        return parseInteger(text, '--limit');
    }
    readCursor(text) {
        return text;
    }
    readAll() {
        return true;
    }
    readLocal() {
        return true;
    }
    async run(_params, flags) {
        const filter = { ...consistencyOf(flags) };
        for (const name of ['name', 'status', 'startedAfter', 'startedBefore', 'limit', 'cursor'])
            if (flags[name] !== undefined)
                filter[name] = flags[name];
        if (flags.workflowVersion !== undefined)
            filter['version'] = flags.workflowVersion;
        if (flags.all !== true)
            return this.show(flags, 'workflow.list', filter, renderList);
        const items = [];
        await this.connected(flags, async (client) => {
            for (let page = { ...filter, limit: flags.limit ?? PAGE_SIZE_MAX };;) {
                const answer = (await this.ask(client, flags, 'workflow.list', page));
                items.push(...answer.items);
                if (answer.next === null)
                    return;
                page = { ...page, cursor: answer.next };
            }
        });
        if (flags.json === true)
            this.printJson({ items, next: null });
        else
            this.print(renderList({ items, next: null }));
    }
};
__decorate([
    Option({ flags: '--name <name>', description: 'of this workflow' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], WorkflowListCommand.prototype, "readName", null);
__decorate([
    Option({ flags: '--workflow-version <number>', description: 'of this version' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Number)
], WorkflowListCommand.prototype, "readWorkflowVersion", null);
__decorate([
    Option({ flags: '--status <list>', description: 'running, blocked, completed, failed, cancelled, terminated, continued' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, Array]),
    __metadata("design:returntype", Array)
], WorkflowListCommand.prototype, "readStatus", null);
__decorate([
    Option({ flags: '--started-after <time>', description: 'ISO 8601, or how long ago: 30m, 2h, 1d' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], WorkflowListCommand.prototype, "readStartedAfter", null);
__decorate([
    Option({ flags: '--started-before <time>', description: 'the same' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], WorkflowListCommand.prototype, "readStartedBefore", null);
__decorate([
    Option({ flags: '--limit <number>', description: `page size, at most ${PAGE_SIZE_MAX} (default 100)` }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Number)
], WorkflowListCommand.prototype, "readLimit", null);
__decorate([
    Option({ flags: '--cursor <text>', description: 'as the page before gave it' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], WorkflowListCommand.prototype, "readCursor", null);
__decorate([
    Option({ flags: '--all', description: 'every page' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Boolean)
], WorkflowListCommand.prototype, "readAll", null);
__decorate([
    Option({ flags: '--local', description: 'what the node itself has applied: answers without a leader, and may be behind' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Boolean)
], WorkflowListCommand.prototype, "readLocal", null);
WorkflowListCommand = __decorate([
    SubCommand({ name: 'list', description: 'runs, open and retained, in the order in which they were started' })
], WorkflowListCommand);
export { WorkflowListCommand };
let WorkflowHistoryCommand = class WorkflowHistoryCommand extends ReadCommand {
    readRaw() {
        return true;
    }
    async run([workflowId], flags) {
        const answer = await this.connected(flags, (client) => this.ask(client, flags, 'workflow.history', readOf(workflowId, flags), true));
        const text = String(answer['history']);
        if (flags.raw === true)
            this.environment.out(text);
        else if (flags.json === true)
            this.printJson(parseHistoryLines(text));
        else
            this.print(renderHistory(parseHistoryLines(text)));
    }
};
__decorate([
    Option({ flags: '--raw', description: 'as the versioned JSON lines that a replay reads' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Boolean)
], WorkflowHistoryCommand.prototype, "readRaw", null);
WorkflowHistoryCommand = __decorate([
    SubCommand({ name: 'history', arguments: '<workflow-id>', description: 'every event of a run' })
], WorkflowHistoryCommand);
export { WorkflowHistoryCommand };
let WorkflowQueryCommand = class WorkflowQueryCommand extends ReadCommand {
    async run([workflowId, query, ...texts], flags) {
        const args = texts.map((text, index) => parseJson(text, `argument ${index + 1} of the query`));
        const request = { ...readOf(workflowId, flags), query: query, args };
        await this.show(flags, 'workflow.query', request, ({ result }) => JSON.stringify(result ?? null), true);
    }
};
WorkflowQueryCommand = __decorate([
    SubCommand({
        name: 'query',
        arguments: '<workflow-id> <query> [arguments...]',
        description: 'ask a run: calls a @WorkflowQuery method on a replica',
        argsDescription: { arguments: 'each a JSON value' },
    })
], WorkflowQueryCommand);
export { WorkflowQueryCommand };
let WorkflowWatchCommand = class WorkflowWatchCommand extends RunCommand {
    readAfter(text) {
        return parseInteger(text, '--after', 0);
    }
    async run([workflowId], flags) {
        const over = new AbortController();
        const isOne = workflowId !== undefined;
        const request = isOne ? { ...runOf(workflowId, flags), ...(flags.after === undefined ? {} : { after: flags.after }) } : {};
        const timer = flags.timeout === undefined ? undefined : setTimeout(() => over.abort(), flags.timeout);
        let isInterrupted = false;
        const forget = this.environment.onInterrupt(() => {
            isInterrupted = true;
            over.abort();
        });
        try {
            await this.connected(flags, async (client) => {
                for await (const item of client.stream(isOne ? 'workflow.events' : 'workflow.watch', request, over.signal)) {
                    if (flags.json === true)
                        this.printJson(item);
                    else
                        this.print(renderStreamItem(item, isOne));
                }
            });
        }
        finally {
            forget();
            clearTimeout(timer);
        }
        if (isInterrupted)
            throw new Interrupted('Stopped watching. The runs go on.');
    }
};
__decorate([
    Option({ flags: '--after <event>', description: 'only events after this one' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Number)
], WorkflowWatchCommand.prototype, "readAfter", null);
WorkflowWatchCommand = __decorate([
    SubCommand({
        name: 'watch',
        arguments: '[workflow-id]',
        description: 'events as they come: of one run from its first on until it has ended, or of all runs of the node from now on',
    })
], WorkflowWatchCommand);
export { WorkflowWatchCommand };
//# sourceMappingURL=workflow-read.js.map