/**
 * Clients of the whole deployment: each takes one job after the other to any node, whatever that hosts, sends again with the same request id until it has an answer, and
 * knows the one right result.
 *
 * C1. P1: what was acknowledged is there at the end, at every node: starts, signals (each once), results.
 * C2. P6: a linearizable query sees every signal that was acknowledged before it was asked; and in the end there is, for each id, one order of its calls that explains
 *     every answer, wherever the slot was meanwhile.
 * C3. What a node answers is a value or a typed error.
 */
import { isDeepStrictEqual } from 'node:util';
import { isRaftoralError, type RaftoralErrorCode } from '../../../lib/errors/index.js';
import type { SeededRandom } from '../../../lib/testing/seeded-random.js';
import { EventKind } from '../../../lib/workflow/event.js';
import type { ListPage, WorkflowService } from '../../../lib/workflow/service.js';
import { workflowModel, type WorkflowInput, type WorkflowOutput } from '../../support/linearizability-models.js';
import { HistoryRecorder } from '../../support/linearizability-recorder.js';
import { checkByKey, explain } from '../../support/linearizability.js';
import { Violation } from '../violation.js';
import { burstJob, planJob, type Expected, type Job } from './jobs.js';
import type { TopologyProcess } from './process.js';
import type { TopologyWorld } from './world.js';

const PATIENCE_MS = 1_500;
/** A call that has had no answer for so long is given up: its process may have died. */
const GIVE_UP_MS = 2 * PATIENCE_MS;
const BURST_STARTS = 24;
/** Runs that are asked for at every node in the end; of the others each is, at one. */
const ASKED_EVERYWHERE = 8;
const FINALS: readonly RaftoralErrorCode[] = ['WORKFLOW_FAILED', 'WORKFLOW_CANCELLED', 'WORKFLOW_TERMINATED', 'WORKFLOW_BLOCKED'];

interface Acknowledged {
  readonly runId: string;
  readonly name: string;
  /** Request ids of signals. */
  readonly signals: string[];
  result: Expected | null;
}

export class TopologyClients {
  readonly counts = {
    starts: 0,
    families: 0,
    signals: 0,
    queries: 0,
    results: 0,
    retries: 0,
    resets: 0,
    listed: 0,
    lists: 0,
    descriptions: 0,
    forwarded: 0,
    undecided: 0,
    bursts: 0,
  };
  private readonly history = new HistoryRecorder<WorkflowInput, WorkflowOutput>();
  private readonly acknowledged = new Map<string, Acknowledged>();
  /** Collector runs: numbers whose signal was acknowledged. */
  private readonly known = new Map<string, number>();
  private readonly working: Array<Promise<void>> = [];
  private stopping = false;
  private idleUntilMs = 0;

  constructor(private readonly world: TopologyWorld) {}

  async run(): Promise<void> {
    const { world, working } = this;
    for (let id = 1; id <= world.plan.clients; id++) working.push(this.client(id));
    working.push(this.lister());
    // Bursts may come meanwhile.
    for (let count = -1; count !== working.length;) {
      count = working.length;
      await Promise.all(working);
    }
  }

  stop(): void {
    this.stopping = true;
  }

  /** Many workflows at once, then nothing for a while: what makes a cluster split makes two merge later. */
  burst(random: SeededRandom): void {
    const number = ++this.counts.bursts;
    this.idleUntilMs = this.world.time.nowMs + random.between(0, 4000);
    for (let i = 0; i < BURST_STARTS; i++) {
      const way = random.fork(`${i}`);
      this.working.push(this.do(burstJob(`b/${number}/${i}`, way.fork('job')), way));
    }
  }

  // --- one job ------------------------------------------------------------------------------------------------------------------

  private async client(id: number): Promise<void> {
    const { world } = this;
    const random = world.random.fork(`client/${id}`);
    for (let number = 1; !this.stopping; number++) {
      await this.do(planJob(`w/${id}/${number}`, random.fork(`job/${number}`)), random.fork(`way/${number}`));
      await world.sleep(random.between(0, world.plan.thinkMsMax));
      while (!this.stopping && world.time.nowMs < this.idleUntilMs) await world.sleep(100);
    }
  }

  private async do(job: Job, random: SeededRandom): Promise<void> {
    const { workflowId, name, input } = job;
    const options = { workflowId, requestId: `start/${workflowId}`, version: 1, timeoutMs: PATIENCE_MS };
    const call = this.history.invoke(`start of ${name}`, { workflowId, call: 'start' });
    this.history.invoke('its end', { workflowId, call: 'end' });
    const looks = random.fork('looks');
    const { runId } = await this.retry(`start of ${workflowId}`, random, workflowId, (service) => service.start(name, input, options));
    this.history.returned(call, runId);
    const acknowledged: Acknowledged = { runId, name, signals: [], result: null };
    this.acknowledged.set(workflowId, acknowledged);
    this.counts.starts++;
    if (looks.chance(0.3)) await this.describe(workflowId, looks);
    const { between } = job;
    if (between === 'cancel') await this.cancel(workflowId, runId, random);
    else if (between === 'confirm') await this.confirm(workflowId, runId, random);
    else if (between !== null) {
      this.known.set(workflowId, 0);
      const { numbers } = between;
      await Promise.all([
        this.sendAll(workflowId, runId, numbers, random),
        this.lookOn(workflowId, runId, numbers.length, looks.fork('on')),
      ]);
    }
    acknowledged.result = await this.awaitResult(job, runId, random);
    if (job.left !== null) await this.untilGone(job.left, random);
    if (looks.chance(0.3)) await this.describe(workflowId, looks);
  }

  private async awaitResult(job: Job, runId: string, random: SeededRandom): Promise<Expected> {
    const { workflowId, expected } = job;
    const call = this.history.invoke('result', { workflowId, call: 'result' });
    const outcome = await this.retry(`result of ${workflowId}`, random, workflowId, async (service, process): Promise<Expected> => {
      try {
        return { value: await service.result({ workflowId, runId }, { timeoutMs: PATIENCE_MS }) };
      } catch (error) {
        await this.resetIfSuspected(service, workflowId, error);
        for (const child of job.children) await this.resetChild(process, child);
        if (FINALS.some((code) => isRaftoralError(error, code))) return { code: (error as { code: RaftoralErrorCode }).code };
        throw error;
      }
    });
    if (!isDeepStrictEqual(outcome, expected)) {
      throw new Violation(
        'P1',
        `'${workflowId}' (${job.name}) ended with ${JSON.stringify(outcome)}, expected ${JSON.stringify(expected)}`,
      );
    }
    this.history.returned(call, 'closed');
    this.counts.results++;
    return outcome;
  }

  /** The child that is left behind is cancelled, whatever became of its parent's owners, and wherever it lives. */
  private async untilGone(workflowId: string, random: SeededRandom): Promise<void> {
    await this.retry(`end of ${workflowId}`, random, workflowId, async (service) => {
      try {
        await service.result({ workflowId }, { timeoutMs: PATIENCE_MS });
      } catch (error) {
        await this.resetIfSuspected(service, workflowId, error);
        if (isRaftoralError(error, 'WORKFLOW_CANCELLED')) return;
        throw error;
      }
      throw new Violation('P5', `child '${workflowId}' ended, and only a cancel ends it`);
    });
    this.counts.families++;
  }

  private async cancel(workflowId: string, runId: string, random: SeededRandom): Promise<void> {
    await this.world.sleep(random.between(0, 400));
    const options = { requestId: `cancel/${workflowId}`, timeoutMs: PATIENCE_MS };
    await this.retry(`cancel of ${workflowId}`, random, workflowId, (service) => service.cancel({ workflowId, runId }, 'enough', options));
  }

  private async confirm(workflowId: string, runId: string, random: SeededRandom): Promise<void> {
    await this.world.sleep(random.between(0, 300));
    const requestId = `confirm/${workflowId}`;
    await this.retry(`confirmation of ${workflowId}`, random, workflowId, async (service) => {
      try {
        await service.signal({ workflowId, runId }, 'confirm', { by: 'client' }, { requestId, timeoutMs: PATIENCE_MS });
        this.acknowledged.get(workflowId)!.signals.push(requestId);
      } catch (error) {
        // It did not wait for that.
        if (!isRaftoralError(error, 'WORKFLOW_CLOSED')) throw error;
      }
    });
  }

  private async sendAll(workflowId: string, runId: string, numbers: readonly number[], random: SeededRandom): Promise<void> {
    for (const number of numbers) {
      const requestId = `signal/${workflowId}/${number}`;
      const call = this.history.invoke(`signal ${number}`, { workflowId, call: 'signal' });
      const options = { requestId, timeoutMs: PATIENCE_MS };
      await this.retry(`signal ${number} of ${workflowId}`, random, workflowId, (service) =>
        service.signal({ workflowId, runId }, 'add', { number }, options),
      );
      this.history.returned(call, 'recorded');
      this.acknowledged.get(workflowId)!.signals.push(requestId);
      this.known.set(workflowId, this.known.get(workflowId)! + 1);
      this.counts.signals++;
      await this.world.sleep(random.between(0, 200));
    }
  }

  private async lookOn(workflowId: string, runId: string, count: number, random: SeededRandom): Promise<void> {
    while (this.known.get(workflowId)! < count) {
      const floor = this.known.get(workflowId)!;
      const call = this.history.invoke('query', { workflowId, call: 'seen' });
      const seen = await this.once(`query of ${workflowId}`, random, workflowId, (service) =>
        service.query({ workflowId, runId }, 'seen', [], { timeoutMs: PATIENCE_MS }),
      );
      if (typeof seen === 'number') {
        this.history.returned(call, seen);
        if (seen < floor) throw new Violation('P6', `a query of '${workflowId}' saw ${seen} signals of ${floor} acknowledged ones`);
        this.counts.queries++;
      } else {
        this.history.hadNoEffect(call);
        if (isRaftoralError(seen, 'WORKFLOW_NOT_FOUND')) throw new Violation('P1', `a query of '${workflowId}': ${String(seen)}`);
        if (isRaftoralError(seen, 'WORKFLOW_CLOSED')) return;
      }
      await this.world.sleep(random.between(20, 150));
    }
  }

  /** Once, at any node: it may fail. */
  private async describe(workflowId: string, random: SeededRandom): Promise<void> {
    const call = this.history.invoke('description', { workflowId, call: 'describe' });
    const answer = await this.once(`description of ${workflowId}`, random, workflowId, (service) =>
      service.describe({ workflowId }, { timeoutMs: PATIENCE_MS }),
    );
    if (!(answer instanceof Error)) {
      this.history.returned(call, answer.status === 'running' || answer.status === 'blocked' ? 'open' : 'closed');
      this.counts.descriptions++;
    } else if (isRaftoralError(answer, 'WORKFLOW_NOT_FOUND')) this.history.returned(call, 'absent');
    else this.history.hadNoEffect(call);
  }

  /** Lists all that there is, again and again: pages are in order, and no run stands there twice. */
  private async lister(): Promise<void> {
    const random = this.world.random.fork('lister');
    while (!this.stopping) {
      await this.world.sleep(random.between(500, 3000));
      const process = await this.world.pickAnswering(random);
      try {
        await this.list(process, 'local');
      } catch (error) {
        if (error instanceof Violation) throw error;
        this.unanswered(`list at ${process.name}`, process, error);
      }
    }
  }

  /** Run ids, of all clusters. Null: some cluster did not answer. */
  private async list(process: TopologyProcess, consistency: 'local' | 'linearizable'): Promise<Set<string> | null> {
    const runIds = new Set<string>();
    let isWhole = true;
    for (let cursor: string | null = ''; cursor !== null;) {
      const filter = { limit: 40, consistency, ...(cursor === '' ? {} : { cursor }) };
      const page: ListPage = await this.world.within(process.forwarder.list(filter), GIVE_UP_MS);
      for (const { runId } of page.items) {
        if (runIds.has(runId) && consistency === 'linearizable') throw new Violation('P5', `${process.name} lists run ${runId} twice`);
        runIds.add(runId);
      }
      if (page.incomplete !== undefined) isWhole = false;
      cursor = page.next;
    }
    this.counts.lists++;
    this.counts.listed += runIds.size;
    return isWhole ? runIds : null;
  }

  // --- the end ------------------------------------------------------------------------------------------------------------------

  /** C1, C2, once everything has settled. */
  async verify(): Promise<void> {
    const { world } = this;
    const random = world.random.fork('verify');
    const everywhere = new Set(random.shuffle([...this.acknowledged.keys()]).slice(0, ASKED_EVERYWHERE));
    for (const [workflowId, acknowledged] of this.acknowledged) {
      await this.verifyReplicas(workflowId, acknowledged);
      const processes = everywhere.has(workflowId) ? world.answering : [random.pick(world.answering)];
      await Promise.all(processes.map((process) => this.verifyAt(process, workflowId, acknowledged)));
    }
    for (const process of world.answering) {
      const listed = await this.list(process, 'linearizable');
      if (listed === null) throw new Violation('routing', `a list at ${process.name} is incomplete, and everything has settled`);
      for (const [workflowId, { runId }] of this.acknowledged)
        if (!listed.has(runId)) throw new Violation('P1', `acknowledged start of '${workflowId}' is not in the list of ${process.name}`);
    }
    this.verifyEffects();
    const verdict = checkByKey(workflowModel, this.history.operations, ({ workflowId }) => workflowId);
    if (verdict.verdict === 'violated') throw new Violation('P6', explain(verdict));
    if (verdict.verdict === 'not decided') this.counts.undecided++;
  }

  /** Any node answers, at once. */
  private async verifyAt(process: TopologyProcess, workflowId: string, { runId, name, result }: Acknowledged): Promise<void> {
    try {
      const service = process.forwarder.forWorkflow(workflowId);
      const { status } = await this.world.within(service.describe({ workflowId, runId }, { timeoutMs: 10_000 }), 20_000);
      if (status === 'running' || status === 'blocked')
        throw new Violation('P1', `'${workflowId}' (${name}) is ${status} again, as ${process.name} has it`);
      const again = await this.world.within(service.result({ workflowId, runId }, { timeoutMs: 10_000 }), 20_000).then(
        (value): Expected => ({ value }),
        (error: unknown): Expected => ({ code: (error as { code: RaftoralErrorCode }).code }),
      );
      if (!isDeepStrictEqual(again, result))
        throw new Violation(
          'P1',
          `the result of '${workflowId}' (${name}) was ${JSON.stringify(result)}, and is ${JSON.stringify(again)} at ${process.name}`,
        );
    } catch (error) {
      if (error instanceof Violation) throw error;
      throw new Violation(
        'routing',
        `${process.name} does not answer for '${workflowId}' (${name}), and everything has settled: ${String(error)}`,
      );
    }
  }

  /** Every replica of the cluster that owns the slot has the whole history, as it was seen while it was made. */
  private async verifyReplicas(workflowId: string, { runId, name, signals }: Acknowledged): Promise<void> {
    const model = this.world.oracle.workflows.runs.get(runId);
    let replicas = 0;
    for (const process of this.world.live) {
      for (const [groupId, { state }] of process.executions) {
        if (!state.ownsSlotOf(workflowId)) continue;
        replicas++;
        const where = `on ${process.name}, cluster ${groupId}`;
        const run = await state.fetch({ workflowId, runId }, 'all events');
        if (run === undefined) throw new Violation('P1', `acknowledged start of '${workflowId}' (${name}) is lost ${where}`);
        const events = run.history.events();
        if (events.length !== model?.events.length)
          throw new Violation('P1', `'${workflowId}' (${name}) has ${events.length} of ${model?.events.length ?? 0} events ${where}`);
        for (const requestId of signals) {
          const recorded = events.filter((event) => event.kind === EventKind.SIGNAL && event.requestId === requestId).length;
          if (recorded !== 1)
            throw new Violation('P1', `signal ${requestId} of '${workflowId}' stands ${recorded} times in its history ${where}`);
        }
      }
    }
    if (replicas === 0) throw new Violation('P1', `no node has the slot of '${workflowId}' (${name})`);
  }

  /** An operation has one idempotency key, whoever runs its body, in whatever cluster; no key belongs to two operations (R21). */
  private verifyEffects(): void {
    const keys = new Map<string, string>();
    const operations = new Map<string, string>();
    for (const { runId, operation, key } of this.world.inventory.calls) {
      const name = `${runId}/${operation}`;
      if ((keys.get(name) ?? key) !== key) throw new Violation('P3', `${name} was given two idempotency keys`);
      if ((operations.get(key) ?? name) !== name)
        throw new Violation('P3', `${name} and ${operations.get(key)} were given one idempotency key`);
      keys.set(name, key);
      operations.set(key, name);
    }
  }

  // --- calls --------------------------------------------------------------------------------------------------------------------

  /** R20: when owners kept dying under it, a run is set aside, and goes on when an operator says so. */
  private async resetIfSuspected(service: WorkflowService, workflowId: string, error: unknown): Promise<void> {
    if (!isRaftoralError(error, 'WORKFLOW_BLOCKED') || error.details['blockedReason'] !== 'crash-suspect') return;
    await service.reset({ workflowId }, { requestId: `reset/${workflowId}/${++this.counts.resets}`, timeoutMs: PATIENCE_MS });
    throw new Error('the run was suspected and has been reset', { cause: error });
  }

  private async resetChild(process: TopologyProcess, workflowId: string): Promise<void> {
    try {
      const service = process.forwarder.forWorkflow(workflowId);
      const { status, blockedReason } = await service.describe({ workflowId }, { consistency: 'local', timeoutMs: PATIENCE_MS });
      if (status !== 'blocked' || blockedReason !== 'crash-suspect') return;
      await service.reset({ workflowId }, { requestId: `reset/${workflowId}/${++this.counts.resets}`, timeoutMs: PATIENCE_MS });
    } catch (error) {
      if (!isRaftoralError(error)) throw error;
    }
  }

  /** Asks any node until one answers. What no later attempt can change is thrown. */
  private async retry<T>(
    what: string,
    random: SeededRandom,
    workflowId: string,
    call: (service: WorkflowService, process: TopologyProcess) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const answer = await this.once(what, random, workflowId, call);
      if (!(answer instanceof Error)) return answer;
      this.counts.retries++;
      if (isRaftoralError(answer, 'ALREADY_EXISTS') || isRaftoralError(answer, 'CONFLICT'))
        throw new Violation('R26', `${what}: the same request id was answered with ${String(answer)}`);
      // It was acknowledged, and nothing is forgotten in so short a time.
      if (isRaftoralError(answer, 'WORKFLOW_NOT_FOUND') && this.acknowledged.has(workflowId))
        throw new Violation('P1', `${what}: ${String(answer)}`);
      await this.world.sleep(random.between(1, 120));
    }
  }

  /** One attempt, at one node; what it fails with is the answer. */
  private async once<T>(
    what: string,
    random: SeededRandom,
    workflowId: string,
    call: (service: WorkflowService, process: TopologyProcess) => Promise<T>,
  ): Promise<T | Error> {
    const process = await this.world.pickAnswering(random);
    const isHosted = process.executions.some(([, { state }]) => state.ownsSlotOf(workflowId));
    try {
      const made = async (): Promise<T> => call(process.forwarder.forWorkflow(workflowId), process);
      const answer = await this.world.within(made(), GIVE_UP_MS);
      if (!isHosted) this.counts.forwarded++;
      return answer;
    } catch (error) {
      if (error instanceof Violation) throw error;
      return this.unanswered(what, process, error);
    }
  }

  /** C3. */
  private unanswered(what: string, process: TopologyProcess, error: unknown): Error {
    this.world.journal.write(() => `${what} at ${process.name}: ${String(error)}`);
    const isOurs = error instanceof Error && /^(no answer within|the run was suspected)/.test(error.message);
    if (!isRaftoralError(error) && !isOurs && process.virtual.alive)
      throw new Violation('P8', `${what} at ${process.name} ended with ${String(error)}`);
    return error as Error;
  }
}
