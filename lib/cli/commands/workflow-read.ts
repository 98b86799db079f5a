/**
 * `raftoral workflow describe`, `explain`, `list`, `history`, `query` and `watch`: what changes nothing.
 */
import { Option, SubCommand } from 'nest-commander';
import type { Json, JsonObject, ListPage, RunDescription, WorkflowStreamView } from '../../index.js';
import { ClientCommand, type ClientFlags } from '../client-command.js';
import { Interrupted } from '../interrupted.js';
import { parseInstant, parseInteger, parseJson, parseList } from '../parse.js';
import { parseHistoryLines, renderDescription, renderExplanation, renderHistory, renderList, renderStreamItem } from '../render-run.js';
import { ReadCommand, RunCommand, consistencyOf, readOf, runOf, type ReadFlags, type RunFlags } from './run-command.js';

const PAGE_SIZE_MAX = 1_000;

@SubCommand({ name: 'describe', arguments: '<workflow-id>', description: 'status, owner and times of a run' })
export class WorkflowDescribeCommand extends ReadCommand {
  override async run([workflowId]: string[], flags: ReadFlags): Promise<void> {
    await this.show(flags, 'workflow.describe', readOf(workflowId!, flags), renderDescription, true);
  }
}

@SubCommand({ name: 'explain', arguments: '<workflow-id>', description: 'why a run does not move: in one sentence, then in detail' })
export class WorkflowExplainCommand extends ReadCommand {
  override async run([workflowId]: string[], flags: ReadFlags): Promise<void> {
    await this.show(flags, 'workflow.explain', readOf(workflowId!, flags), renderExplanation, true);
  }
}

interface ListFlags extends ClientFlags {
  readonly name?: string;
  readonly workflowVersion?: number;
  readonly status?: readonly string[];
  readonly startedAfter?: string;
  readonly startedBefore?: string;
  readonly limit?: number;
  readonly cursor?: string;
  readonly all?: boolean;
  readonly local?: boolean;
}

@SubCommand({ name: 'list', description: 'runs, open and retained, in the order in which they were started' })
export class WorkflowListCommand extends ClientCommand<ListFlags> {
  @Option({ flags: '--name <name>', description: 'of this workflow' })
  readName(text: string): string {
    return text;
  }

  @Option({ flags: '--workflow-version <number>', description: 'of this version' })
  readWorkflowVersion(text: string): number {
    return parseInteger(text, '--workflow-version');
  }

  @Option({ flags: '--status <list>', description: 'running, blocked, completed, failed, cancelled, terminated, continued' })
  readStatus(text: string, previous?: readonly string[]): readonly string[] {
    return parseList(text, '--status', previous);
  }

  @Option({ flags: '--started-after <time>', description: 'ISO 8601, or how long ago: 30m, 2h, 1d' })
  readStartedAfter(text: string): string {
    return parseInstant(text, '--started-after', this.environment.now());
  }

  @Option({ flags: '--started-before <time>', description: 'the same' })
  readStartedBefore(text: string): string {
    return parseInstant(text, '--started-before', this.environment.now());
  }

  @Option({ flags: '--limit <number>', description: `page size, at most ${PAGE_SIZE_MAX} (default 100)` })
  readLimit(text: string): number {
    return parseInteger(text, '--limit');
  }

  @Option({ flags: '--cursor <text>', description: 'as the page before gave it' })
  readCursor(text: string): string {
    return text;
  }

  @Option({ flags: '--all', description: 'every page' })
  readAll(): boolean {
    return true;
  }

  @Option({ flags: '--local', description: 'what the node itself has applied: answers without a leader, and may be behind' })
  readLocal(): boolean {
    return true;
  }

  override async run(_params: string[], flags: ListFlags): Promise<void> {
    const filter: Record<string, Json> = { ...consistencyOf(flags) };
    for (const name of ['name', 'status', 'startedAfter', 'startedBefore', 'limit', 'cursor'] as const)
      if (flags[name] !== undefined) filter[name] = flags[name];
    if (flags.workflowVersion !== undefined) filter['version'] = flags.workflowVersion;
    if (flags.all !== true) return this.show(flags, 'workflow.list', filter, renderList);
    const items: RunDescription[] = [];
    await this.connected(flags, async (client) => {
      for (let page: JsonObject = { ...filter, limit: flags.limit ?? PAGE_SIZE_MAX }; ;) {
        const answer = (await this.ask(client, flags, 'workflow.list', page)) as unknown as ListPage;
        items.push(...answer.items);
        if (answer.next === null) return;
        page = { ...page, cursor: answer.next };
      }
    });
    if (flags.json === true) this.printJson({ items, next: null });
    else this.print(renderList({ items, next: null }));
  }
}

interface HistoryFlags extends ReadFlags {
  readonly raw?: boolean;
}

@SubCommand({ name: 'history', arguments: '<workflow-id>', description: 'every event of a run' })
export class WorkflowHistoryCommand extends ReadCommand {
  @Option({ flags: '--raw', description: 'as the versioned JSON lines that a replay reads' })
  readRaw(): boolean {
    return true;
  }

  override async run([workflowId]: string[], flags: HistoryFlags): Promise<void> {
    const answer = await this.connected(flags, (client) => this.ask(client, flags, 'workflow.history', readOf(workflowId!, flags), true));
    const text = String(answer['history']);
    if (flags.raw === true) this.environment.out(text);
    else if (flags.json === true) this.printJson(parseHistoryLines(text));
    else this.print(renderHistory(parseHistoryLines(text)));
  }
}

@SubCommand({
  name: 'query',
  arguments: '<workflow-id> <query> [arguments...]',
  description: 'ask a run: calls a @WorkflowQuery method on a replica',
  argsDescription: { arguments: 'each a JSON value' },
})
export class WorkflowQueryCommand extends ReadCommand {
  override async run([workflowId, query, ...texts]: string[], flags: ReadFlags): Promise<void> {
    const args = texts.map((text, index) => parseJson(text, `argument ${index + 1} of the query`));
    const request = { ...readOf(workflowId!, flags), query: query!, args };
    await this.show<{ readonly result: Json }>(flags, 'workflow.query', request, ({ result }) => JSON.stringify(result ?? null), true);
  }
}

interface WatchFlags extends RunFlags {
  readonly after?: number;
}

@SubCommand({
  name: 'watch',
  arguments: '[workflow-id]',
  description: 'events as they come: of one run from its first on until it has ended, or of all runs of the node from now on',
})
export class WorkflowWatchCommand extends RunCommand<WatchFlags> {
  @Option({ flags: '--after <event>', description: 'only events after this one' })
  readAfter(text: string): number {
    return parseInteger(text, '--after', 0);
  }

  override async run([workflowId]: string[], flags: WatchFlags): Promise<void> {
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
          if (flags.json === true) this.printJson(item);
          else this.print(renderStreamItem(item as unknown as WorkflowStreamView, isOne));
        }
      });
    } finally {
      forget();
      clearTimeout(timer);
    }
    if (isInterrupted) throw new Interrupted('Stopped watching. The runs go on.');
  }
}
