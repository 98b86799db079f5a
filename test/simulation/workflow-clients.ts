/**
 * Clients of the workflow engine: each takes one job after the other to random nodes, sends again with the same request id until it has an
 * answer, and knows the one right result.
 *
 * C1. P1: what was acknowledged is there at the end: starts, signals (each once), results.
 * C2. P6: a linearizable query sees every signal that was acknowledged before it was asked; and in the end there is, for each id, one order of its starts,
 *     signals, queries, descriptions and results that explains every answer.
 */
import { isDeepStrictEqual } from 'node:util';
import { isRaftoralError, type RaftoralErrorCode } from '../../lib/errors/index.js';
import type { SeededRandom } from '../../lib/testing/seeded-random.js';
import { EventKind } from '../../lib/workflow/event.js';
import type { ListPage, RunDescription, WorkflowService } from '../../lib/workflow/service.js';
import { workflowModel, type WorkflowInput, type WorkflowOutput } from '../support/linearizability-models.js';
import { HistoryRecorder } from '../support/linearizability-recorder.js';
import { checkByKey, explain } from '../support/linearizability.js';
import { Violation } from './violation.js';
import type { WorkflowNode, WorkflowTenant } from './workflow-tenant.js';
import type { SimulatedNode, World } from './world.js';

const PATIENCE_MS = 800;

/** What must become of a start. */
type Expected = { readonly value: unknown } | { readonly code: RaftoralErrorCode };

interface Job {
  readonly workflowId: string;
  readonly name: string;
  readonly input: unknown;
  /** A function where it follows from the version that was chosen. */
  readonly expected: Expected | ((runId: string) => Expected);
  /** Default 1; null: what the group takes by default. */
  readonly version?: number | null;
  /** What the client does between start and result. */
  readonly between?: (runId: string, random: SeededRandom) => Promise<void>;
  /** Its children: one that was set aside is reset, as the run itself is. */
  readonly children?: readonly string[];
  /** What the client does once it has the result. */
  readonly after?: (random: SeededRandom) => Promise<void>;
}

interface Acknowledged {
  readonly runId: string;
  readonly name: string;
  /** Request ids of signals. */
  readonly signals: string[];
}

export class WorkflowClients {
  readonly counts = {
    starts: 0,
    families: 0,
    signals: 0,
    queries: 0,
    results: 0,
    retries: 0,
    divergent: 0,
    resets: 0,
    damagedReads: 0,
    listed: 0,
    reservedIds: 0,
    refusedByLevel: 0,
    refused: 0,
    descriptions: 0,
    undecided: 0,
  };
  private readonly history = new HistoryRecorder<WorkflowInput, WorkflowOutput>();
  private readonly acknowledged = new Map<string, Acknowledged>();
  private bursts = 0;
  private stopping = false;
  /** Collector runs: numbers whose signal was acknowledged. */
  private readonly known = new Map<string, number>();

  constructor(
    private readonly world: World<WorkflowNode>,
    private readonly tenant: WorkflowTenant,
  ) {}

  async run(): Promise<void> {
    const { world } = this;
    const clients = Array.from({ length: world.plan.clients }, (_, i) => this.client(i + 1));
    if (world.plan.upgrade !== null) clients.push(this.joiner());
    world.onBurst = (node) => clients.push(this.burst(node, ++this.bursts));
    if (this.world.plan.oddNode !== 0) clients.push(this.divergentClient());
    // Bursts may come meanwhile.
    for (let count = -1; count !== clients.length;) {
      count = clients.length;
      await Promise.all(clients);
    }
  }

  stop(): void {
    this.stopping = true;
  }

  /** Acknowledged, and open on a live node by what it has applied. */
  open(): string[] {
    const ids = [...this.acknowledged.keys()];
    return this.world.live.flatMap(({ id, service: { state } }) =>
      ids.filter((workflowId) => state.current(workflowId)?.outcome === null).map((workflowId) => `${workflowId} on node ${id}`),
    );
  }

  /** C1, on every node. */
  async verify(): Promise<void> {
    for (const node of this.world.live) {
      for (const [workflowId, acknowledged] of this.acknowledged) {
        try {
          await this.verifyRun(node, workflowId, acknowledged);
        } catch (error) {
          // It is named, and that is all that was promised; the others have it.
          if (!isRaftoralError(error, 'STORAGE_DAMAGED') || !this.world.disks.damaged.has(node.id)) throw error;
          this.counts.damagedReads++;
        }
      }
      await this.verifyList(node);
    }
    this.verifyEffects();
    this.verifyHistory();
  }

  /** Far more at once than the queue of one node takes: each is acknowledged and kept, or refused by a typed error, or its outcome is unknown and said to be. */
  private async burst(node: SimulatedNode<WorkflowNode>, number: number): Promise<void> {
    const { world } = this;
    const count = Math.min(60, 2 * world.plan.queueLengthMax);
    this.world.journal.write(`burst ${number}: ${count} starts at node ${node.id}`);
    const starts = Array.from({ length: count }, async (_, i) => {
      const workflowId = `b/${number}/${i}`;
      const options = { workflowId, requestId: `start/${workflowId}`, version: 1, timeoutMs: PATIENCE_MS };
      try {
        const { runId } = await world.within(node.service.service.start('chain', { left: 0, done: 0 }, options), 2 * PATIENCE_MS);
        this.acknowledged.set(workflowId, { runId, name: 'chain', signals: [] });
        this.counts.starts++;
      } catch (error) {
        const isAnswered = node.virtual.alive && !(error instanceof Error && error.message.startsWith('no answer within'));
        if (isAnswered && !isRaftoralError(error))
          throw new Violation('P8', `a start in a burst at node ${node.id} ended with ${String(error)}`);
        if (!isRaftoralError(error, 'OVERLOADED')) return;
        this.tenant.oracle.onRefusedStart(workflowId);
        this.counts.refused++;
      }
    });
    await Promise.all(starts);
  }

  /** Asks for node ids, as processes that join do. */
  private async joiner(): Promise<void> {
    const { world, counts } = this;
    const random = world.random.fork('joiner');
    for (let number = 1; !this.stopping; number++) {
      const token = `token ${number}`;
      for (let given = 0; given < 2 && !this.stopping;) {
        const node = await world.pickLive(random);
        try {
          const nodeId = await world.within(node.service.reserve({ token, above: 1000, isClient: false }, PATIENCE_MS), 2 * PATIENCE_MS);
          this.tenant.oracle.onNodeId(token, 1000, nodeId);
          counts.reservedIds++;
          given++;
        } catch (error) {
          if (isRaftoralError(error) && error.details['reason'] === 'codec-level') counts.refusedByLevel++;
          world.journal.write(() => `node id for ${token} at node ${node.id}: ${String(error)}`);
        }
        await world.sleep(random.between(20, 150));
      }
    }
  }

  /** C2. */
  private verifyHistory(): void {
    const verdict = checkByKey(workflowModel, this.history.operations, ({ workflowId }) => workflowId);
    if (verdict.verdict === 'violated') throw new Violation('P6', explain(verdict));
    if (verdict.verdict === 'not decided') this.counts.undecided++;
  }

  /** Once, at any node: it may fail. */
  private async describe(workflowId: string, random: SeededRandom): Promise<void> {
    const node = await this.world.pickLive(random);
    const call = this.history.invoke(`description on node ${node.id}`, { workflowId, call: 'describe' });
    try {
      const { status } = await this.world.within(
        node.service.service.describe({ workflowId }, { timeoutMs: PATIENCE_MS }),
        2 * PATIENCE_MS,
      );
      this.history.returned(call, status === 'running' || status === 'blocked' ? 'open' : 'closed');
      this.counts.descriptions++;
    } catch (error) {
      if (isRaftoralError(error, 'WORKFLOW_NOT_FOUND')) return this.history.returned(call, 'absent');
      this.history.hadNoEffect(call);
      this.world.journal.write(() => `description of ${workflowId} on node ${node.id}: ${String(error)}`);
    }
  }

  /** Lists merge disk and memory: each run once, in order, and every one that was acknowledged and is retained. */
  private async verifyList(node: SimulatedNode<WorkflowNode>): Promise<void> {
    const listed: RunDescription[] = [];
    try {
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: ListPage = await node.service.service.list({ limit: 7, consistency: 'local', ...(cursor === '' ? {} : { cursor }) });
        listed.push(...page.items);
        cursor = page.next;
      }
    } catch (error) {
      if (!isRaftoralError(error, 'STORAGE_DAMAGED') || !this.world.disks.damaged.has(node.id)) throw error;
      this.counts.damagedReads++;
      return;
    }
    // Log time of a simulated node has fractions of a ms, which this text has not: within a ms any order will do.
    const times = listed.map(({ startedAt }) => startedAt);
    if (!isDeepStrictEqual(times, [...times].sort())) throw new Violation('list', `node ${node.id} lists out of order: ${times.join()}`);
    const runIds = new Set(listed.map(({ runId }) => runId));
    if (runIds.size !== listed.length) throw new Violation('list', `node ${node.id} lists a run twice`);
    for (const [workflowId, { runId }] of this.acknowledged) {
      if (!runIds.has(runId) && !this.tenant.isSwept(runId))
        throw new Violation('P1', `acknowledged start of '${workflowId}' is not in the list of node ${node.id}`);
    }
    this.counts.listed += listed.length;
  }

  private async verifyRun(node: SimulatedNode<WorkflowNode>, workflowId: string, { runId, signals, name }: Acknowledged): Promise<void> {
    const { state } = node.service;
    const run = await state.fetch({ workflowId, runId }, 'all events');
    if (run === undefined && this.tenant.isSwept(runId)) return;
    if (run === undefined) throw new Violation('P1', `acknowledged start of '${workflowId}' (${name}) is lost on node ${node.id}`);
    const current = await state.fetch({ workflowId }, 'last event');
    if (current === undefined && this.tenant.isSwept(runId)) return;
    if (current === undefined) throw new Violation('P1', `'${workflowId}' (${name}) has no current run on node ${node.id}`);
    if (current.outcome === null) throw new Violation('P1', `'${workflowId}' (${name}) is still open on node ${node.id}`);
    for (const requestId of signals) {
      const recorded = run.history.events().filter((event) => event.kind === EventKind.SIGNAL && event.requestId === requestId).length;
      if (recorded !== 1)
        throw new Violation('P1', `acknowledged signal ${requestId} of '${workflowId}' stands ${recorded} times in history`);
    }
  }

  /** An operation has one idempotency key, whoever runs its body; no key belongs to two operations (R21). */
  private verifyEffects(): void {
    const keys = new Map<string, string>();
    const operations = new Map<string, string>();
    for (const { runId, operation, key } of this.tenant.inventory.calls) {
      const name = `${runId}/${operation}`;
      const known = keys.get(name);
      if (known !== undefined && known !== key) throw new Violation('P3', `${name} was given two idempotency keys`);
      const owner = operations.get(key);
      if (owner !== undefined && owner !== name) throw new Violation('P3', `${name} and ${owner} were given one idempotency key`);
      keys.set(name, key);
      operations.set(key, name);
    }
  }

  private async client(id: number): Promise<void> {
    const random = this.world.random.fork(`client/${id}`);
    for (let number = 1; !this.stopping; number++) {
      await this.do(this.job(`w/${id}/${number}`, random.fork(`job/${number}`)), random.fork(`way/${number}`));
      await this.world.sleep(random.between(0, this.world.plan.thinkMsMax));
    }
  }

  private job(workflowId: string, random: SeededRandom): Job {
    const { upgrade, longJobs } = this.world.plan;
    if (upgrade !== null && random.chance(0.4)) return this.releaseJob(workflowId, random);
    const family = random.fork('family');
    // A group that is below the level starts no children, and its members may be of old builds to the end.
    if (upgrade === null && family.chance(0.12)) return this.familyJob(workflowId, family);
    const isLong = longJobs > 0 && random.chance(longJobs);
    switch (random.int(8)) {
      case 0:
      case 1:
      case 2: {
        const lines = Array.from({ length: isLong ? 30 : 1 + random.int(5) }, () => 1 + random.int(9));
        const input = {
          lines,
          failures: isLong ? 0 : random.pick([0, 0, 0, 1, 2]),
          bodyMs: random.pick(isLong ? [0, 1] : [0, 1, 20, 150]),
          pauseMs: isLong ? 0 : random.pick([0, 0, 5, 100]),
        };
        return { workflowId, name: 'order', input, expected: { value: { total: lines.reduce((a, b) => a + b, 0), status: 'done' } } };
      }
      case 3:
        return this.collectorJob(workflowId, random, isLong);
      case 4: {
        const values = Array.from({ length: 2 + random.int(4) }, () => random.int(100));
        const input = { values, raceMs: 1 + random.int(60) };
        return { workflowId, name: 'fan', input, expected: { value: { sum: values.reduce((a, b) => a + b, 0), order: true } } };
      }
      case 5: {
        const left = random.int(4);
        return { workflowId, name: 'chain', input: { left, done: 0 }, expected: { value: { done: left + 1 } } };
      }
      case 6:
        return this.tripJob(workflowId, random);
      default:
        if (random.chance(0.4)) return { workflowId, name: 'doomed', input: undefined, expected: { code: 'WORKFLOW_FAILED' } };
        return {
          workflowId,
          name: 'waiter',
          input: undefined,
          expected: { code: 'WORKFLOW_CANCELLED' },
          between: (runId, way) => this.cancel(workflowId, runId, way),
        };
    }
  }

  /** The child that is left behind is cancelled, whatever became of its parent's owners: nobody is orphaned. */
  private familyJob(workflowId: string, random: SeededRandom): Job {
    const values = Array.from({ length: 1 + random.int(3) }, () => 1 + random.int(9));
    const input = { values, bodyMs: random.pick([0, 1, 30]), pauseMs: random.pick([0, 0, 20, 150]) };
    const left = { workflowId: `${workflowId}/left` };
    return {
      workflowId,
      name: 'family',
      input,
      expected: { value: { sum: values.reduce((a, b) => a + b, 0), done: 3, failed: 'CHILD_FAILED' } },
      children: [...values.keys(), 'collector', 'doomed'].map((name) => `${workflowId}/${name}`),
      after: async (way) => {
        await this.retry(`end of ${left.workflowId}`, way, async (service) => {
          try {
            await service.result(left, { timeoutMs: PATIENCE_MS });
          } catch (error) {
            await this.resetIfSuspected(service, left.workflowId, error);
            if (isRaftoralError(error, 'WORKFLOW_CANCELLED') || isRaftoralError(error, 'WORKFLOW_NOT_FOUND')) return;
            throw error;
          }
          throw new Violation('P5', `child '${left.workflowId}' ended, and only a cancel ends it`);
        });
        this.counts.families++;
      },
    };
  }

  /** One of two versions, or the one that the group takes by default; a second request for it gets the same answer. */
  private releaseJob(workflowId: string, random: SeededRandom): Job {
    const steps = 1 + random.int(4);
    const text = (letter: string): string => Array.from({ length: steps }, (_, step) => `${letter}${step}`).join('');
    const expected = (runId: string): Expected => {
      const { version } = this.tenant.oracle.runs.get(runId)!;
      return { value: { version, text: text(version === 1 ? 'a' : 'b') } };
    };
    return { workflowId, name: 'release', input: { steps }, version: random.pick([1, 2, null]), expected };
  }

  private tripJob(workflowId: string, random: SeededRandom): Job {
    const branches = Array.from({ length: 2 + random.int(4) }, () => ({
      value: 1 + random.int(9),
      failures: random.pick([0, 0, 1, 2, 3]),
    }));
    const succeeded = branches.filter(({ failures }) => failures < 3);
    const sum = succeeded.reduce((total, { value }) => total + value, 0);
    const input = { branches, patienceMs: random.pick([20, 200]) };
    const requestId = `confirm/${workflowId}`;
    return {
      workflowId,
      name: 'trip',
      input,
      expected: { value: { sum, failed: branches.length - succeeded.length } },
      between: async (runId, way) => {
        if (way.chance(0.3)) return;
        await this.world.sleep(way.between(0, 150));
        await this.retry(`confirmation of ${workflowId}`, way, async (service) => {
          try {
            await service.signal({ workflowId, runId }, 'confirm', { by: 'client' }, { requestId, timeoutMs: PATIENCE_MS });
            this.acknowledged.get(workflowId)!.signals.push(requestId);
          } catch (error) {
            // It did not wait for that.
            if (!isRaftoralError(error, 'WORKFLOW_CLOSED') && !isRaftoralError(error, 'WORKFLOW_NOT_FOUND')) throw error;
          }
        });
      },
    };
  }

  private collectorJob(workflowId: string, random: SeededRandom, isLong: boolean): Job {
    const numbers = random.shuffle(Array.from({ length: isLong ? 20 : 1 + random.int(5) }, (_, i) => i));
    return {
      workflowId,
      name: 'collector',
      input: { count: numbers.length },
      expected: { value: { seen: [...numbers].sort((a, b) => a - b) } },
      between: async (runId, way) => {
        this.known.set(workflowId, 0);
        await Promise.all([
          this.sendAll(workflowId, runId, numbers, way),
          this.lookOn(workflowId, runId, numbers.length, way.fork('queries')),
        ]);
      },
    };
  }

  private async do(job: Job, random: SeededRandom): Promise<void> {
    const { workflowId, name, input } = job;
    const requestId = `start/${workflowId}`;
    const version = job.version === undefined ? 1 : job.version;
    const options = { workflowId, requestId, timeoutMs: PATIENCE_MS, ...(version === null ? {} : { version }) };
    // Sent again with its request id it is one start; the run ends by itself, and a sweep makes it absent.
    const call = this.history.invoke(`start of ${name}`, { workflowId, call: 'start' });
    this.history.invoke('its end', { workflowId, call: 'end' });
    this.history.invoke('the sweep', { workflowId, call: 'sweep' });
    const looks = random.fork('looks');
    const early = looks.chance(0.2) ? this.describe(workflowId, looks) : Promise.resolve();
    const { runId } = await this.retry(`start of ${workflowId}`, random, (service) => service.start(name, input, options));
    this.history.returned(call, runId);
    this.acknowledged.set(workflowId, { runId, name, signals: [] });
    this.counts.starts++;
    if (looks.chance(0.2)) await this.describe(workflowId, looks);
    await job.between?.(runId, random);
    await this.awaitResult(job, runId, random);
    await job.after?.(random.fork('after'));
    if (looks.chance(0.2)) await this.describe(workflowId, looks);
    await early;
  }

  private async awaitResult(job: Job, runId: string, random: SeededRandom): Promise<void> {
    const { workflowId } = job;
    const expected = typeof job.expected === 'function' ? job.expected(runId) : job.expected;
    const finals: readonly RaftoralErrorCode[] = ['WORKFLOW_FAILED', 'WORKFLOW_CANCELLED', 'WORKFLOW_TERMINATED', 'WORKFLOW_BLOCKED'];
    const call = this.history.invoke('result', { workflowId, call: 'result' });
    let isForgotten = false;
    const outcome = await this.retry(`result of ${workflowId}`, random, async (service): Promise<Expected> => {
      try {
        return { value: await service.result({ workflowId, runId }, { timeoutMs: PATIENCE_MS }) };
      } catch (error) {
        await this.resetIfSuspected(service, workflowId, error);
        for (const child of job.children ?? []) await this.resetChild(service, child);
        isForgotten = isRaftoralError(error, 'WORKFLOW_NOT_FOUND') && this.tenant.isSwept(runId);
        if (isForgotten) return expected;
        if (finals.some((code) => isRaftoralError(error, code))) return { code: (error as { code: RaftoralErrorCode }).code };
        throw error;
      }
    });
    if (!isDeepStrictEqual(outcome, expected)) {
      throw new Violation(
        'P1',
        `'${workflowId}' (${job.name}) ended with ${JSON.stringify(outcome)}, expected ${JSON.stringify(expected)}`,
      );
    }
    // The first run of a chain may be forgotten while a later one is open: that says nothing of the workflow.
    if (isForgotten) this.history.hadNoEffect(call);
    else this.history.returned(call, 'closed');
    this.counts.results++;
  }

  private async resetChild(service: WorkflowService, workflowId: string): Promise<void> {
    try {
      const { status, blockedReason } = await service.describe({ workflowId }, { consistency: 'local' });
      if (status !== 'blocked' || blockedReason !== 'crash-suspect') return;
      await service.reset({ workflowId }, { requestId: `reset/${workflowId}/${++this.counts.resets}`, timeoutMs: PATIENCE_MS });
    } catch (error) {
      if (!isRaftoralError(error)) throw error;
    }
  }

  /** R20: when owners kept dying under it, a run is set aside, and goes on when an operator says so. The nemesis does kill that often. */
  private async resetIfSuspected(service: WorkflowService, workflowId: string, error: unknown): Promise<void> {
    if (!isRaftoralError(error, 'WORKFLOW_BLOCKED') || error.details['blockedReason'] !== 'crash-suspect') return;
    const requestId = `reset/${workflowId}/${++this.counts.resets}`;
    await service.reset({ workflowId }, { requestId, timeoutMs: PATIENCE_MS });
    throw new Error('the run was suspected and has been reset', { cause: error });
  }

  private async sendAll(workflowId: string, runId: string, numbers: readonly number[], random: SeededRandom): Promise<void> {
    for (const number of numbers) {
      const requestId = `signal/${workflowId}/${number}`;
      const call = this.history.invoke(`signal ${number}`, { workflowId, call: 'signal' });
      await this.retry(`signal ${number} of ${workflowId}`, random, (service) =>
        service.signal({ workflowId, runId }, 'add', { number }, { requestId, timeoutMs: PATIENCE_MS }),
      );
      this.history.returned(call, 'recorded');
      this.acknowledged.get(workflowId)!.signals.push(requestId);
      this.known.set(workflowId, this.known.get(workflowId)! + 1);
      this.counts.signals++;
      await this.world.sleep(random.between(0, 40));
    }
  }

  private async lookOn(workflowId: string, runId: string, count: number, random: SeededRandom): Promise<void> {
    while (this.known.get(workflowId)! < count) {
      const floor = this.known.get(workflowId)!;
      const node = await this.world.pickLive(random);
      const call = this.history.invoke(`query on node ${node.id}`, { workflowId, call: 'seen' });
      try {
        const seen = await this.world.within(
          node.service.service.query({ workflowId, runId }, 'seen', [], { timeoutMs: PATIENCE_MS }),
          2 * PATIENCE_MS,
        );
        this.history.returned(call, seen as number);
        if ((seen as number) < floor)
          throw new Violation(
            'P6',
            `query on '${workflowId}' at node ${node.id} saw ${String(seen)} signals of ${floor} acknowledged ones`,
          );
        this.counts.queries++;
      } catch (error) {
        if (error instanceof Violation) throw error;
        this.history.hadNoEffect(call);
        this.world.journal.write(() => `query of ${workflowId} on node ${node.id}: ${String(error)}`);
        if (isRaftoralError(error, 'WORKFLOW_CLOSED')) return;
      }
      await this.world.sleep(random.between(5, 60));
    }
  }

  private async cancel(workflowId: string, runId: string, random: SeededRandom): Promise<void> {
    await this.world.sleep(random.between(0, 100));
    const options = { requestId: `cancel/${workflowId}`, timeoutMs: PATIENCE_MS };
    await this.retry(`cancel of ${workflowId}`, random, (service) => service.cancel({ workflowId, runId }, 'enough', options));
  }

  /** P7: as long as the run is open and the odd node lives, a divergence must be named, there or on the others. Then the run is ended. */
  private async divergentClient(): Promise<void> {
    const { world, tenant } = this;
    const random = world.random.fork('divergent');
    await world.sleep(random.between(0, 1000));
    const workflowId = 'd/1';
    const options = { workflowId, requestId: 'start/d/1', version: 1, timeoutMs: PATIENCE_MS };
    const { runId } = await this.retry('start of d/1', random, (service) => service.start('divergent', undefined, options));
    this.acknowledged.set(workflowId, { runId, name: 'divergent', signals: [] });
    this.counts.starts++;
    // Alone, a node has nobody to differ from.
    const isCompared = (): boolean => world.nodes.has(world.plan.oddNode) && (world.nodes.size > 1 || world.changing.size > 0);
    while (isCompared() && tenant.oracle.diverged.get(runId) === undefined) await world.sleep(50);
    if (tenant.oracle.diverged.has(runId)) this.counts.divergent++;
    await this.retry('end of d/1', random, async (service) => {
      if (tenant.isSwept(runId)) return;
      const { status } = await service.describe({ workflowId, runId }, { timeoutMs: PATIENCE_MS });
      if (status === 'running')
        await service.signal({ workflowId, runId }, 'stop', null, { requestId: 'stop/d/1', timeoutMs: PATIENCE_MS });
      else if (status === 'blocked') await service.terminate({ workflowId, runId }, { requestId: 'terminate/d/1', timeoutMs: PATIENCE_MS });
      else return;
      throw new Error(`the run is ${status}`);
    });
  }

  /** Asks any node until one answers. What no later attempt can change is thrown. */
  private async retry<T>(what: string, random: SeededRandom, call: (service: WorkflowService) => Promise<T>): Promise<T> {
    for (;;) {
      const node = await this.world.pickLive(random);
      try {
        return await this.world.within(call(node.service.service), 2 * PATIENCE_MS);
      } catch (error) {
        if (error instanceof Violation) throw error;
        this.counts.retries++;
        this.world.journal.write(() => `${what} on node ${node.id}: ${String(error)}`);
        if (isRaftoralError(error, 'ALREADY_EXISTS') || isRaftoralError(error, 'CONFLICT')) {
          throw new Violation('R26', `${what}: the same request id was answered with ${String(error)}`);
        }
      }
      await this.world.sleep(random.between(1, 80));
    }
  }
}
